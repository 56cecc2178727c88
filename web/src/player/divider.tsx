import type { Signal } from "@preact/signals";
import type { Box } from "./layout";

/** The line between the two pictures of a wipe: dragged, or moved by keys. */
export function Divider({ at, box, names }: { at: Signal<number>; box: Box; names: string[] }) {
  const part = Math.round(at.value * 100);
  function key(event: KeyboardEvent): void {
    const by = event.shiftKey ? 0.1 : 0.01;
    const to = {
      ArrowLeft: at.value - by,
      ArrowDown: at.value - by,
      ArrowRight: at.value + by,
      ArrowUp: at.value + by,
      PageDown: at.value - 0.1,
      PageUp: at.value + 0.1,
      Home: 0,
      End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    at.value = Math.min(1, Math.max(0, to));
  }
  return (
    <div
      class="player-divider"
      role="slider"
      tabIndex={0}
      aria-label="Divider"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part}
      aria-valuetext={`${part}% ${names[0]}, ${100 - part}% ${names[1]}`}
      style={{
        left: `${box.x + box.width * at.value}px`,
        top: `${box.y}px`,
        height: `${box.height}px`,
      }}
      onKeyDown={key}
    >
      <span class="player-grip" />
    </div>
  );
}
