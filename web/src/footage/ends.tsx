/** The ends of a stretch as numbers. */

import { useSignal } from "@preact/signals";
import { type Line, type Move, put, type Stretch, typed } from "./stretch";

interface Props {
  line: Line;
  stretch: Stretch;
  onMove: (move: Move, shown: number) => void;
}

export function Ends({ line, stretch, onMove }: Props) {
  const { start, end } = stretch;
  return (
    <div class="trim-ends">
      <End
        label="Start"
        seconds={start / line.rate}
        onSeconds={(to) => {
          const move = put("start", stretch, to * line.rate, line);
          onMove(move, move.to.start);
        }}
      />
      <End
        label="End"
        seconds={end / line.rate}
        onSeconds={(to) => {
          const move = put("end", stretch, to * line.rate, line);
          onMove(move, move.to.end - 1);
        }}
      />
    </div>
  );
}

interface EndProps {
  label: string;
  seconds: number;
  onSeconds: (seconds: number) => void;
}

function End({ label, seconds, onSeconds }: EndProps) {
  /** What is being typed; null while nothing is. */
  const text = useSignal<string | null>(null);
  const take = (): void => {
    const to = text.value === null ? null : typed(text.value);
    text.value = null;
    if (to !== null) onSeconds(to);
  };
  return (
    <label class="trim-end">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        aria-label={`${label}, in seconds`}
        value={text.value ?? seconds.toFixed(2)}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === "Escape") text.value = null;
          if (event.key !== "Enter") return;
          event.preventDefault();
          take();
        }}
      />
      <span aria-hidden="true">s</span>
    </label>
  );
}
