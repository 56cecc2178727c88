/** A clip as a strip with two handles: what lies between them is used. */

import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useGrip } from "./grip";
import { type Line, type Move, type Stretch, slid, withEnd, withStart } from "./stretch";
import { drawStrip, fetchStrip } from "./strip";

interface Props {
  line: Line;
  stretch: Stretch;
  /** Its width by its height. */
  shape: number;
  /** What the strip is drawn from: something that the browser plays, or else a file that the server knows. */
  view: string | null;
  address: string | null;
  /** Seconds at which the player is; null where nothing plays. */
  time: ReadonlySignal<number> | null;
  onMove: (move: Move, shown: number) => void;
  onSeek: (seconds: number) => void;
}

/** What is held, and the stretch as it was then. */
interface Hold {
  part: "start" | "end" | "body";
  was: Stretch;
}

export function Timeline(props: Props) {
  const { line, stretch, time, onMove, onSeek } = props;
  const bar = useRef<HTMLDivElement>(null);
  const part = (frame: number): string => `${((frame / line.frames) * 100).toFixed(3)}%`;
  const frameAt = (x: number): number => {
    const box = bar.current?.getBoundingClientRect();
    return box ? ((x - box.left) / box.width) * line.frames : 0;
  };
  const move = (end: "start" | "end", to: number): void => {
    const done = end === "start" ? withStart(stretch, to, line) : withEnd(stretch, to, line);
    onMove(done, end === "start" ? done.to.start : done.to.end - 1);
  };
  const grip = useGrip<Hold>(
    ({ what: { part: held, was }, from, to }) => {
      const by = frameAt(to) - frameAt(from);
      if (held !== "body") return move(held, was[held] + by);
      const there = slid(was, by, line);
      onMove({ to: there, because: null }, there.start);
    },
    ({ what, to }) => {
      if (what.part === "body") onSeek(frameAt(to) / line.rate);
    },
  );

  return (
    <div class="trim-line" ref={bar}>
      <Strip {...props} />
      <div class="trim-out" style={{ left: 0, width: part(stretch.start) }} />
      <div class="trim-out" style={{ left: part(stretch.end), right: 0 }} />
      <div
        class="trim-body"
        style={{ left: part(stretch.start), width: part(stretch.end - stretch.start) }}
        {...grip.on({ part: "body", was: stretch })}
      />
      {time && <Now time={time} line={line} />}
      {(["start", "end"] as const).map((end) => (
        <Handle
          key={end}
          end={end}
          at={part(stretch[end])}
          line={line}
          stretch={stretch}
          onTo={(to) => move(end, to)}
          {...grip.on({ part: end, was: stretch })}
        />
      ))}
    </div>
  );
}

/** Where the player is; by itself, for it changes sixty times a second. */
function Now({ time, line }: { time: ReadonlySignal<number>; line: Line }) {
  const part = Math.min(1, (time.value * line.rate) / line.frames);
  return <div class="trim-now" style={{ left: `${(part * 100).toFixed(3)}%` }} />;
}

interface HandleProps {
  end: "start" | "end";
  at: string;
  line: Line;
  stretch: Stretch;
  onTo: (frame: number) => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onPointerCancel: (event: PointerEvent) => void;
}

function Handle({ end, at, line, stretch, onTo, ...pointer }: HandleProps) {
  const frame = stretch[end];
  const move = end === "start" ? withStart : withEnd;
  return (
    <div
      class={`trim-handle ${end}`}
      style={{ left: at }}
      role="slider"
      tabIndex={0}
      aria-label={end === "start" ? "Start of the stretch" : "End of the stretch"}
      aria-orientation="horizontal"
      aria-valuemin={move(stretch, 0, line).to[end]}
      aria-valuemax={move(stretch, line.frames, line).to[end]}
      aria-valuenow={frame}
      aria-valuetext={`${(frame / line.rate).toFixed(2)} s, frame ${frame}`}
      onKeyDown={(event) => {
        const to = keyed(event, frame, line);
        if (to === null) return;
        event.preventDefault();
        onTo(to);
      }}
      {...pointer}
    />
  );
}

/** The frame that a key moves a handle to; null for keys of others. */
function keyed(event: KeyboardEvent, frame: number, line: Line): number | null {
  const step = event.shiftKey ? line.rate : 1;
  switch (event.key) {
    case "ArrowLeft":
    case "ArrowDown":
      return frame - step;
    case "ArrowRight":
    case "ArrowUp":
      return frame + step;
    case "PageDown":
      return frame - line.rate;
    case "PageUp":
      return frame + line.rate;
    case "Home":
      return 0;
    case "End":
      return line.frames;
    default:
      return null;
  }
}

/** Drawn once it is seen, and again when it is drawn from something else. */
function Strip({ line, shape, view, address }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const length = line.frames / line.rate;
  useEffect(() => {
    const on = canvas.current;
    if (!on) return;
    const over = new AbortController();
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      on.width = Math.round(on.clientWidth * devicePixelRatio);
      on.height = Math.round(on.clientHeight * devicePixelRatio);
      if (view) drawStrip(on, view, length, over.signal);
      else if (address) fetchStrip(on, address, length, shape, over.signal);
    });
    seen.observe(on);
    return () => {
      seen.disconnect();
      over.abort();
    };
  }, [view, address, length, shape]);
  return <canvas class="trim-strip" ref={canvas} />;
}
