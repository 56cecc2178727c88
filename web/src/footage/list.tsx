/** The field of several images. */

import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { Schema } from "../models/models";
import { Icon } from "../ui/icon";
import { attachment } from "../workbench/attachment";
import { Add } from "./add";
import { type Brought, useZone } from "./drop";
import { limitsTold } from "./fits";
import { limitsOf, mediaOf } from "./media";
import { moved } from "./order";
import { wrongKind } from "./probe";
import { Status } from "./status";
import { takeFile, takeLink } from "./take";
import { Tile } from "./tile";
import { letGo } from "./uploads";

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
  const told = useSignal("");
  /** Why something was not taken. */
  const refused = useSignal("");
  const media = mediaOf(schema) ?? "image";
  const most = schema.maxItems ?? Number.POSITIVE_INFINITY;
  const room = Math.max(0, Math.min(most - value.length, props.room ?? most));

  const called = (index: number): string => mention?.(index) ?? `${index + 1}`;
  const bring = async ({ files, link }: Brought): Promise<void> => {
    const wrong = await Promise.all(files.map((file) => wrongKind(file, media)));
    const good = files.filter((_, index) => wrong[index] === null);
    const taken = good.slice(0, room).map((file) => takeFile(media, file));
    if (link && room > 0) taken.push(takeLink(media, link));
    const left = good.length + (link ? 1 : 0) - taken.length;
    told.value = "";
    refused.value = [
      ...files.flatMap(({ name }, index) => (wrong[index] ? [`${name}: ${wrong[index]}`] : [])),
      ...(left > 0 ? [noRoom(left, room)] : []),
    ].join(" ");
    if (taken.length) onChange([...value, ...taken.map((one) => one.id)]);
  };
  const move = (from: number, to: number): void => {
    const next = moved(value, from, to);
    if (next === value) return;
    onChange(next);
    told.value = `Moved to place ${to + 1} of ${value.length}.`;
  };
  const remove = (index: number): void => {
    const gone = value[index];
    if (gone === undefined) return;
    onChange(value.filter((_, at) => at !== index));
    letGo(gone);
    told.value = "Removed.";
    requestAnimationFrame(() => focusNear(list.current, index));
  };
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
                onRemove={remove}
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
          {roomTold(value.length, most, room)}
          {value.length === 0 && limitsTold(media, limitsOf(schema))}
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

function noRoom(left: number, room: number): string {
  const files = left === 1 ? "One file was left out" : `${left} files were left out`;
  return `${files}: there was room for ${room === 0 ? "none" : room}.`;
}

function roomTold(count: number, most: number, room: number): string {
  if (!Number.isFinite(most)) return "";
  if (count === 0) return `Up to ${most} · `;
  return room === 0 ? "There is no room for more." : `Room for ${room} more.`;
}

/** Where the focus goes when the tile that had it is gone. */
function focusNear(list: HTMLElement | null, index: number): void {
  const tiles = list?.querySelectorAll<HTMLElement>("[data-handle]");
  tiles?.[Math.min(index, tiles.length - 1)]?.focus();
}
