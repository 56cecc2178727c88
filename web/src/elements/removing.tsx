import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { said } from "../api/client";
import { type Element, pictureOf, remove } from "./library";

interface RemovingProps {
  one: Element;
  /** Whether the request that is being written has it. */
  used: boolean;
  /** null: it is still there. */
  onDone: (gone: Element | null) => void;
}

/** The question before an element goes. */
export function Removing({ one, used, onDone }: RemovingProps) {
  const error = useSignal("");
  const busy = useSignal(false);
  const keepIt = useRef<HTMLButtonElement>(null);
  useEffect(() => keepIt.current?.focus(), []);

  async function go(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      await remove(one);
      onDone(one);
    } catch (problem) {
      error.value = said(problem);
    } finally {
      busy.value = false;
    }
  }

  const images = one.files.length === 1 ? "its image" : `its ${one.files.length} images`;
  return (
    <div class="stack">
      <div class="element-question">
        <img src={pictureOf(one, one.files[0], 160)} alt="" />
        <p id="element-question">
          Delete <strong>{one.name}</strong> with {images}? This cannot be undone
          {used && "; it is taken out of this request, too"}. Videos that were made with it stay.
        </p>
      </div>
      <p class="error" role="alert">
        {error}
      </p>
      <div class="element-foot">
        <button
          ref={keepIt}
          class="button"
          type="button"
          aria-describedby="element-question"
          onClick={() => onDone(null)}
        >
          Keep
        </button>
        <button class="button bad" type="button" aria-disabled={busy.value} onClick={go}>
          {busy.value ? "Deleting…" : "Delete"}
        </button>
      </div>
    </div>
  );
}
