import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { said, send } from "../api/client";
import { type Generation, look as lookAt } from "../generations/generations";
import { notice } from "../shell/notices";
import { look } from "./search";

const asked = signal<Generation | null>(null);

/** Ask whether a result should be removed, and remove it then. */
export function askToDelete(row: Generation): void {
  asked.value = row;
}

/** The question; it stands once in the page. */
export function DeleteDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const row = asked.value;
  useEffect(() => {
    if (row) dialog.current?.showModal();
  }, [row]);
  // At once, not with the next frame: what lies behind an open dialog takes no words.
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={() => (asked.value = null)}>
      {row && (
        <div class="stack">
          <h2 id="delete-title">Delete this video?</h2>
          <p>“{row.prompt || row.model}”</p>
          <p class="soft">
            The file is removed and cannot be brought back. What was asked for and what it cost
            stays in the history.
          </p>
          <div class="row">
            <button class="button bad" type="button" onClick={() => remove(row).finally(close)}>
              Delete
            </button>
            <button class="button" type="button" onClick={close}>
              Keep
            </button>
          </div>
        </div>
      )}
    </dialog>
  );
}

async function remove(row: Generation): Promise<void> {
  try {
    await send(`v1/videos/${encodeURIComponent(row.generation_id)}`, { method: "DELETE" });
    await lookAt(row.generation_id);
    notice("done", "The video was deleted.");
    await look();
  } catch (error) {
    notice("error", said(error));
  }
}
