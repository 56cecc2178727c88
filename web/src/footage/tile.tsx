/** One image of a list: it can be moved by dragging and by the arrow keys. */

import { useSignal } from "@preact/signals";
import type { MediaLimits } from "../models/models";
import { Icon } from "../ui/icon";
import type { Attachment } from "../workbench/attachment";
import { problems } from "./fits";
import { Picture } from "./picture";
import { useUpload } from "./status";

interface Props {
  one: Attachment | undefined;
  index: number;
  count: number;
  /** What it is called here. */
  name: string;
  limits: MediaLimits | undefined;
  onMove: (from: number, to: number) => void;
  onRemove: (index: number) => void;
}

/** What a tile that is dragged carries: its place. */
const TYPE = "application/x-cutroom-place";
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
};

export function Tile({ one, ...rest }: Props) {
  return one ? <There one={one} {...rest} /> : null;
}

function There(props: Props & { one: Attachment }) {
  const { one, index, count, name, limits, onMove, onRemove } = props;
  const over = useSignal(false);
  useUpload(one, limits);
  return (
    <li
      class={`footage-tile ${over.value ? "over" : ""} ${problems(one, limits).length ? "bad" : ""}`}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes(TYPE)) return;
        event.preventDefault();
        event.stopPropagation();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        over.value = false;
        const from = event.dataTransfer?.getData(TYPE);
        if (!from) return;
        event.preventDefault();
        event.stopPropagation();
        onMove(Number(from), index);
      }}
    >
      <button
        class="footage-handle"
        type="button"
        data-handle
        draggable={count > 1}
        aria-label={`${name}: ${one.name}, place ${index + 1} of ${count}${count > 1 ? ". The arrow keys move it" : ""}`}
        title={count > 1 ? `${one.name}: drag it, or use the arrow keys` : one.name}
        onDragStart={(event) => event.dataTransfer?.setData(TYPE, String(index))}
        onKeyDown={(event) => {
          if (event.key === "Delete" || event.key === "Backspace") return onRemove(index);
          const step = STEPS[event.key];
          if (!step) return;
          event.preventDefault();
          onMove(index, index + step);
        }}
      >
        <Picture one={one} />
        <span class="tag">{name}</span>
      </button>
      <button
        class="button quiet footage-remove"
        type="button"
        aria-label={`Remove ${name}, ${one.name}`}
        title="Remove"
        onClick={() => onRemove(index)}
      >
        <Icon name="close" />
      </button>
      {one.upload !== null && <progress value={one.upload} aria-label={`Upload of ${one.name}`} />}
    </li>
  );
}
