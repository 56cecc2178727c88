/** Holding something on a line with the pointer, and dragging it. */

import { useRef } from "preact/hooks";

/** Pixels that a press may wander and still be a click. */
const WANDER = 4;

interface Held<T> {
  what: T;
  /** Where it was taken hold of, and where the pointer is, in pixels from the left of the window. */
  from: number;
  to: number;
}

interface Grip<T> {
  /** For an element that is held as `what`. */
  on: (what: T) => {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
  };
}

/** `onDrag` is called while it moves, `onClick` where it did not before it was let go. */
export function useGrip<T>(
  onDrag: (held: Held<T>) => void,
  onClick: (held: Held<T>) => void,
): Grip<T> {
  const held = useRef<(Held<T> & { moved: boolean }) | null>(null);
  const drag = (event: PointerEvent): void => {
    const now = held.current;
    if (!now) return;
    now.to = event.clientX;
    now.moved ||= Math.abs(now.to - now.from) >= WANDER;
    if (now.moved) onDrag(now);
  };
  const end = (event: PointerEvent): void => {
    const now = held.current;
    held.current = null;
    if (now && !now.moved && event.type === "pointerup") onClick(now);
  };
  return {
    on: (what) => ({
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.preventDefault();
        const on = event.currentTarget as HTMLElement;
        on.setPointerCapture(event.pointerId); // it goes on however fast and far the pointer goes
        on.focus({ preventScroll: true });
        held.current = { what, from: event.clientX, to: event.clientX, moved: false };
      },
      onPointerMove: drag,
      onPointerUp: end,
      onPointerCancel: end,
    }),
  };
}
