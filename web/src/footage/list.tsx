/** The field of several images. */

import { useId, useRef } from "preact/hooks";
import type { Schema } from "../models/models";
import { Icon } from "../ui/icon";
import { attachment } from "../workbench/attachment";
import { Add } from "./add";
import { useArranging } from "./arranging";
import { useZone } from "./drop";
import { limitsTold } from "./fits";
import { limitsOf, mediaOf } from "./media";
import { Status } from "./status";
import { Tile } from "./tile";

interface Props {
  schema: Schema;
  /** Ids of attachments. */
  value: readonly string[];
  onChange: (ids: readonly string[]) => void;
  label: string;
  error?: string | undefined;
  hint?: string | undefined;
  /** How many more there is room for, where something besides `maxItems` takes up room. */
  room?: number | undefined;
  /** What the prompt calls one: `@Image1`. */
  mention?: ((index: number) => string) | undefined;
}

export function MediaList(props: Props) {
  const { schema, value, onChange, label, error, hint, mention } = props;
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const media = mediaOf(schema) ?? "image";
  const most = schema.maxItems ?? Number.POSITIVE_INFINITY;
  const room = Math.max(0, Math.min(most - value.length, props.room ?? most));

  const called = (index: number): string => mention?.(index) ?? `${index + 1}`;
  const { told, refused, bring, move, remove } = useArranging({ media, value, room, onChange });
  const { over, handlers } = useZone(bring);

  return (
    <fieldset class="footage" aria-describedby={`${id}-error`}>
      <legend>{label}</legend>
      <div class={`footage-zone ${over.value ? "over" : ""}`} {...handlers}>
        {value.length > 0 && (
          <ol class="footage-tiles" ref={list}>
            {value.map((each, index) => (
              <Tile
                key={each}
                one={attachment(each)?.value}
                index={index}
                count={value.length}
                name={called(index)}
                limits={limitsOf(schema)}
                onMove={move}
                onRemove={(at) => {
                  remove(at);
                  requestAnimationFrame(() => focusNear(list.current, at));
                }}
              />
            ))}
          </ol>
        )}
        {value.map((each, index) => {
          const one = attachment(each)?.value;
          return (
            one && <Status key={each} one={one} limits={limitsOf(schema)} name={called(index)} />
          );
        })}
        {value.length === 0 && (
          <p class="footage-invitation">
            <Icon name="image" />
            Drop images here, or paste them
          </p>
        )}
        {room > 0 && (
          <Add
            media={media}
            several={room > 1}
            label={label}
            onFiles={(files) => bring({ files, link: null })}
            onLink={(link) => bring({ files: [], link })}
          />
        )}
        <p class="hint">
          {hint && <>{hint} </>}
          {value.length
            ? roomTold(most, room)
            : [upTo(most), limitsTold(media, limitsOf(schema))].filter(Boolean).join(" · ")}
        </p>
      </div>
      <p class="hint footage-told" role="status">
        {told}
      </p>
      <p id={`${id}-error`} class="error" role="alert">
        {refused.value || error}
      </p>
    </fieldset>
  );
}

const upTo = (most: number): string => (Number.isFinite(most) ? `Up to ${most}` : "");

function roomTold(most: number, room: number): string {
  if (!Number.isFinite(most)) return "";
  return room === 0 ? "There is no room for more." : `Room for ${room} more.`;
}

/** Where the focus goes when the tile that had it is gone. */
function focusNear(list: HTMLElement | null, index: number): void {
  const tiles = list?.querySelectorAll<HTMLElement>("[data-handle]");
  tiles?.[Math.min(index, tiles.length - 1)]?.focus();
}
