/** The field of one video or one image. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import type { Schema } from "../models/models";
import { Icon } from "../ui/icon";
import { later } from "../ui/later";
import { type Attachment, attachment, type Media } from "../workbench/attachment";
import { Add } from "./add";
import { type Brought, useZone } from "./drop";
import { facts } from "./facts";
import { limitsTold } from "./fits";
import { limitsOf, mediaOf } from "./media";
import { Picture } from "./picture";
import { wrongKind } from "./probe";
import { Status, useUpload } from "./status";
import { takeFile, takeLink } from "./take";
import { isWaiting, letGo } from "./uploads";

const Trim = later(() => import("./trim").then(({ Trim }) => Trim));

interface Props {
  schema: Schema;
  /** The id of an attachment, or null. */
  value: string | null;
  onChange: (id: string | null) => void;
  label: string;
  /** What the server found wrong with it. */
  error?: string | undefined;
  /** What it is for, where that is not plain. */
  hint?: string | undefined;
  required?: boolean | undefined;
}

export function MediaField({ schema, value, onChange, label, error, hint, required }: Props) {
  const id = useId();
  const media = mediaOf(schema) ?? "image";
  /** What was wrong with the file that was not taken. */
  const refused = useSignal<string | null>(null);
  const field = useRef<HTMLFieldSetElement>(null);
  const one = value === null ? undefined : attachment(value)?.value;
  const latest = useRef(value); // looking into a file takes a moment, in which another may come
  latest.current = value;
  const put = (next: Attachment | null): void => {
    if (latest.current !== null) letGo(latest.current);
    latest.current = next?.id ?? null;
    onChange(next?.id ?? null);
    requestAnimationFrame(() => refocus(field.current));
  };
  const bring = async ({ files, link }: Brought): Promise<void> => {
    const [file] = files;
    const wrong = file ? await wrongKind(file, media) : null;
    refused.value = wrong && `${file?.name}: ${wrong}`;
    if (wrong) return; // what is there stays
    if (file) put(takeFile(media, file));
    else if (link) put(takeLink(media, link));
  };
  const { over, handlers } = useZone(bring);
  const add = (
    <Add
      media={media}
      several={false}
      label={label}
      onFiles={(files) => bring({ files, link: null })}
      onLink={(link) => bring({ files: [], link })}
    />
  );
  return (
    <fieldset class="footage" ref={field} tabIndex={-1} aria-describedby={`${id}-error`}>
      <legend>
        {label}
        {required && <span class="soft"> (needed)</span>}
      </legend>
      <div class={`footage-zone ${over.value ? "over" : ""} ${one ? "filled" : ""}`} {...handlers}>
        {one ? (
          <Filled key={one.id} one={one} schema={schema} add={add} onRemove={() => put(null)} />
        ) : (
          <Empty media={media} schema={schema} hint={hint}>
            {add}
          </Empty>
        )}
      </div>
      <p id={`${id}-error`} class="error" role="alert">
        {refused.value ?? error}
      </p>
    </fieldset>
  );
}

/** Where the focus goes when the button that had it went with what it did. */
function refocus(field: HTMLElement | null): void {
  if (document.activeElement !== document.body) return;
  // Not the button that removes: whoever presses Enter twice would undo what the first one did.
  (field?.querySelector<HTMLElement>(".footage-add button") ?? field)?.focus({
    preventScroll: true,
  });
}

interface EmptyProps {
  media: Media;
  schema: Schema;
  hint: string | undefined;
  children: ComponentChildren;
}

function Empty({ media, schema, hint, children }: EmptyProps) {
  return (
    <>
      <p class="footage-invitation">
        <Icon name={media === "video" ? "film" : "image"} />
        {media === "video" ? "Drop a video here, or paste one" : "Drop an image here, or paste one"}
      </p>
      {children}
      <p class="hint">
        {hint && <>{hint} </>}
        {upper(limitsTold(media, limitsOf(schema)))}
      </p>
    </>
  );
}

interface FilledProps {
  one: Attachment;
  schema: Schema;
  /** Offered again where the file cannot be had any more. */
  add: ComponentChildren;
  onRemove: () => void;
}

function Filled({ one, schema, add, onRemove }: FilledProps) {
  const limits = limitsOf(schema);
  useUpload(one, limits);
  const shown =
    one.media === "video" && one.view !== null && (one.error === null || one.probe !== null);
  return (
    <>
      {shown && <Trim key={one.id} one={one} limits={limits} />}
      <div class="footage-file">
        {one.media === "image" && <Picture one={one} />}
        <div class="footage-words">
          <p class="footage-name">{one.name}</p>
          <p class="hint">{one.error ? "" : facts(one)}</p>
        </div>
        <button class="button quiet square" type="button" title="Remove" onClick={onRemove}>
          <Icon name="delete" />
          <span class="visually-hidden">Remove {one.name}</span>
        </button>
      </div>
      <Status one={one} limits={limits} />
      {one.error !== null && one.url === null && !isWaiting(one.id) && add}
    </>
  );
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
