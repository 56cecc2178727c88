/** The ways to bring a file: choose, paste, drop, link. */

import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { Icon } from "../ui/icon";
import type { Media } from "../workbench/attachment";
import { ACCEPT } from "./media";
import { linkIn } from "./names";
import { Picker } from "./picker";

interface Props {
  media: Media;
  several: boolean;
  /** What is added to, for those who do not see it. */
  label: string;
  onFiles: (files: File[]) => void;
  onLink: (url: string) => void;
}

export function Add({ media, several, label, onFiles, onLink }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const linking = useSignal(false);
  const picking = useSignal(false);
  return (
    <div class="footage-add">
      <div class="row">
        <button class="button slim" type="button" onClick={() => input.current?.click()}>
          <Icon name={media === "video" ? "film" : "image"} />
          {several ? "Choose files" : "Choose a file"}
          <span class="visually-hidden">: {label}</span>
        </button>
        <button
          class="button slim quiet"
          type="button"
          aria-expanded={linking.value}
          onClick={() => {
            linking.value = !linking.value;
          }}
        >
          <Icon name="link" />
          Link
          <span class="visually-hidden">: {label}</span>
        </button>
        <button
          class="button slim quiet"
          type="button"
          aria-haspopup="dialog"
          onClick={() => {
            picking.value = true;
          }}
        >
          <Icon name="server" />
          From this server
          <span class="visually-hidden">: {label}</span>
        </button>
      </div>
      {picking.value && (
        <Picker
          media={media}
          onPick={onLink}
          onClose={() => {
            picking.value = false;
          }}
        />
      )}
      <input
        ref={input}
        class="footage-input"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        accept={ACCEPT[media]}
        multiple={several}
        onCancel={(event) => event.stopPropagation()} // or a dialog around would think it was meant
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
      {linking.value && (
        <Link
          media={media}
          onLink={(url) => {
            linking.value = false;
            onLink(url);
          }}
        />
      )}
    </div>
  );
}

function Link({ media, onLink }: { media: Media; onLink: (url: string) => void }) {
  const text = useSignal("");
  const error = useSignal("");
  const id = useId();
  const use = (): void => {
    const url = linkIn(text.value);
    if (url) onLink(url);
    else error.value = "This is no web address: it begins with https:// and has no spaces.";
  };
  return (
    <div class="field">
      <label for={id}>Address of {media === "video" ? "a video" : "an image"}</label>
      <div class="footage-link">
        <input
          id={id}
          type="url"
          autocomplete="off"
          placeholder="https://…"
          value={text}
          ref={(field) => field?.focus()}
          aria-invalid={error.value !== ""}
          aria-describedby={`${id}-error`}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            error.value = "";
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.isComposing) return;
            event.preventDefault(); // the form around it is not to be sent
            use();
          }}
        />
        <button class="button" type="button" onClick={use}>
          Use
        </button>
      </div>
      <p id={`${id}-error`} class="error" role="alert">
        {error}
      </p>
    </div>
  );
}
