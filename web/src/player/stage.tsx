import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Divider } from "./divider";
import { heightFor } from "./layout";
import type { Loaded } from "./load";
import { draw, places, type View } from "./painter";
import type { Stills } from "./stills";
import type { ViewState } from "./view";

/** Pixels of the page between pictures. */
const GAP = 4;

interface StageProps {
  loaded: Loaded;
  /** The names of the clips, in the order of the pictures. */
  names: string[];
  state: ViewState;
  /** Whether more than two are shown, or one: no comparison of two. */
  plain: boolean;
  stills: Signal<Stills | null>;
  full: Signal<boolean>;
}

/** The one canvas, and what lies over it. */
export function Stage({ loaded, names, state, plain, stills, full }: StageProps) {
  const { deck } = loaded;
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal({ width: 0, height: 0 });

  /** How things are shown when the frame of a still is there, or not. */
  const viewOf = (withStill: boolean): View =>
    viewNow(loaded, state, plain, stills.value, withStill);
  const still = useSignal(false);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [size]);

  useEffect(() => {
    deck.paint = (number, frames) => {
      const one = stills.value?.at(number) ?? null;
      still.value = one !== null;
      if (canvas.current)
        draw(canvas.current, one ? [one, ...frames] : frames, scaled(viewOf(one !== null)));
    };
  });

  useSignalEffect(() => {
    const { width, height } = size.value;
    if (canvas.current && width > 0) fitCanvas(canvas.current, width, height);
    viewOf(still.value); // drawn anew whenever it changes
    deck.repaint();
  });

  const shapes = viewOf(still.value).shapes;
  const beside = useComputed(() => {
    const view = viewOf(still.value);
    return view.mode === "side" || view.mode === "grid" ? view.shapes.length : 1;
  });
  const most = full.value ? Number.POSITIVE_INFINITY : Math.max(240, innerHeight * 0.7);
  const shape = shapes[shapes.length - 1] ?? 1;
  const height = heightFor(size.value.width, most, beside.value, shape, GAP);
  const drag = useDrag(state, deck.toggle.bind(deck), () => {
    const view = viewOf(still.value);
    return view.mode === "wipe" ? places({ x: 0, y: 0, ...size.value }, view)[0] : undefined;
  });

  // Looked at as one text: the stage is not made anew for every frame.
  const over = useComputed(() => deck.sides.map((_, index) => deck.isOver(index)).join());
  const ended = over.value.split(",").map((text) => text === "true");
  const view = viewOf(still.value);
  const boxes = places({ x: 0, y: 0, ...size.value }, view);
  return (
    <div
      ref={host}
      class="player-stage"
      style={full.value ? {} : { height: `${height}px` }}
      {...drag}
    >
      <canvas ref={canvas} class="player-canvas" role="img" aria-label={described(view, names)} />
      {labels(view, names).map(({ name, index, right }) => (
        <span
          key={name}
          class={`player-label${right ? " right" : ""}`}
          style={corner(boxes[index], right, size.value.width)}
        >
          {name}
          {isOver(ended, view, index) && <em> · its last frame</em>}
        </span>
      ))}
      {view.mode === "wipe" && boxes[0] && (
        <Divider at={state.divider} box={boxes[0]} names={names} />
      )}
      {deck.waiting.value && <span class="player-waiting">Loading…</span>}
    </div>
  );
}

function viewNow(
  { shapes, deck }: Loaded,
  state: ViewState,
  plain: boolean,
  stills: Stills | null,
  withStill: boolean,
): View {
  const all = withStill && stills ? [shapes[0] ?? 1, ...shapes] : shapes;
  const mode = all.length === 1 ? "single" : plain ? "grid" : state.mode.value;
  const last = all.length - 1;
  return {
    mode,
    divider: state.divider.value,
    front: mode === "flicker" && state.held.value ? 0 : last,
    doublings: state.doublings.value,
    shapes: all,
    main: withStill ? last : deck.lead,
    gap: GAP,
  };
}

function scaled(view: View): View {
  return { ...view, gap: GAP * devicePixelRatio };
}

/** As many pixels as the screen has there. */
function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): void {
  const across = Math.max(1, Math.round(width * devicePixelRatio));
  const down = Math.max(1, Math.round(height * devicePixelRatio));
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
}

interface Label {
  name: string;
  index: number;
  right: boolean;
}

function labels({ mode, front, shapes, doublings }: View, names: string[]): Label[] {
  const name = (index: number): string => names[index + names.length - shapes.length] ?? "";
  if (mode === "single" && names.length < 2) return [];
  if (mode === "single" || mode === "flicker")
    return [{ name: name(front), index: front, right: false }];
  if (mode === "difference") {
    const gain = 2 ** doublings;
    return [{ name: gain > 1 ? `Difference × ${gain}` : "Difference", index: 0, right: false }];
  }
  return shapes.map((_, index) => ({
    name: name(index),
    index,
    right: mode === "wipe" && index === 1,
  }));
}

function described({ mode, front, shapes }: View, names: string[]): string {
  const shown = labels({ mode, front, shapes, doublings: 0 } as View, names).map(
    ({ name }) => name,
  );
  return shown.length ? shown.join(" and ") : (names[0] ?? "The video");
}

function isOver(ended: readonly boolean[], { mode, shapes }: View, index: number): boolean {
  const side = index - (shapes.length - ended.length);
  return mode !== "difference" && ended.length > 1 && ended[side] === true;
}

function corner(
  box: { x: number; y: number; width: number } | undefined,
  right: boolean,
  width: number,
) {
  if (!box) return {};
  const top = `${box.y}px`;
  return right ? { top, right: `${width - box.x - box.width}px` } : { top, left: `${box.x}px` };
}

/** A click plays or pauses; dragging over a wipe takes the divider along. */
function useDrag(
  state: ViewState,
  toggle: () => Promise<void>,
  boxNow: () => { x: number; width: number } | undefined,
) {
  const from = useRef<{ x: number; dragged: boolean } | null>(null);
  const along = (event: PointerEvent, host: HTMLElement): void => {
    const box = boxNow();
    if (!box) return;
    const x = event.clientX - host.getBoundingClientRect().left;
    state.divider.value = Math.min(1, Math.max(0, (x - box.x) / box.width));
  };
  return {
    onPointerDown(event: PointerEvent & { currentTarget: HTMLElement }) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const grip = (event.target as Element).closest(".player-divider") !== null;
      from.current = { x: event.clientX, dragged: grip };
    },
    onPointerMove(event: PointerEvent & { currentTarget: HTMLElement }) {
      const begun = from.current;
      if (!begun) return;
      if (Math.abs(event.clientX - begun.x) > 4) begun.dragged = true;
      if (begun.dragged) along(event, event.currentTarget);
    },
    onPointerUp() {
      const begun = from.current;
      from.current = null;
      if (begun && !begun.dragged) toggle().catch(() => undefined);
    },
    onPointerCancel() {
      from.current = null;
    },
  };
}
