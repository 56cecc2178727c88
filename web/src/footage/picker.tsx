/** A dialog of what was uploaded before, so that nothing needs to be sent twice. */

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { said } from "../api/client";
import { bytes, moment } from "../ui/format";
import { Icon } from "../ui/icon";
import type { Media } from "../workbench/attachment";
import { type Kept, keptFrom } from "./kept";
import { thumbnail } from "./strip";

interface Props {
  media: Media;
  onPick: (url: string) => void;
  onClose: () => void;
}

export function Picker({ media, onPick, onClose }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const files = useSignal<readonly Kept[]>([]);
  /** The page to go on with; null at the end. */
  const next = useSignal<number | null>(1);
  const busy = useSignal(false);
  const error = useSignal("");

  const more = async (): Promise<void> => {
    if (next.value === null || busy.value) return;
    busy.value = true;
    error.value = "";
    try {
      const told = await keptFrom(media, next.value);
      files.value = [...files.value, ...told.files];
      next.value = told.next;
    } catch (problem) {
      error.value = said(problem);
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => {
    dialog.current?.showModal();
    more();
  }, []);

  return (
    <dialog ref={dialog} class="dialog-large" aria-labelledby={`${id}-title`} onClose={onClose}>
      <div class="dialog-head">
        <h2 id={`${id}-title`}>{media === "video" ? "Videos" : "Images"} from this server</h2>
        <button
          class="button quiet square"
          type="button"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <ul class="kept-files">
        {files.value.map((one) => (
          <li key={one.url}>
            <button
              class="kept-file"
              type="button"
              onClick={() => {
                onPick(one.url);
                dialog.current?.close();
              }}
            >
              <img
                src={thumbnail(one.url, 0, 320)}
                alt=""
                loading="lazy"
                onError={({ currentTarget }) => currentTarget.removeAttribute("src")}
              />
              <span class="footage-name">{one.name}</span>
              <span class="hint">
                {moment(one.modified)} · {bytes(one.bytes)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" class="soft">
        {busy.value && "Looking…"}
        {!busy.value && !error.value && files.value.length === 0 && EMPTY[media]}
      </p>
      <p class="error" role="alert">
        {error}
      </p>
      {next.value !== null && !busy.value && (
        <button class="button slim" type="button" onClick={more}>
          {error.value ? "Try again" : "Show more"}
        </button>
      )}
    </dialog>
  );
}

const EMPTY: Readonly<Record<Media, string>> = {
  video: "No video was uploaded yet.",
  image: "No image was uploaded yet.",
};
