import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isOurs } from "../api/address";
import { said, send } from "../api/client";
import { MediaField } from "../footage/field";
import { problems } from "../footage/fits";
import { MediaList } from "../footage/list";
import { limitsOf } from "../footage/media";
import { letGo } from "../footage/uploads";
import type { Schema } from "../models/models";
import { type Attachment, attachment } from "../workbench/attachment";
import { type Element, elements, keep, pathIn } from "./library";
import { NameField } from "./name-field";
import { nameProblem } from "./names";

/** How many more angles there may be, where a schema does not say. */
const ANGLES = 3;

interface MakingProps {
  /** Of the parameter: it says what the images must be like. */
  schema: Schema;
  /** null: nothing was made. */
  onDone: (made: Element | null) => void;
}

/** Make an element: its name, its front, more angles of it. */
export function Making({ schema, onDone }: MakingProps) {
  const parts = schema.items?.properties ?? {};
  const front: Schema = parts["frontal_image_url"] ?? { renderType: "image-url" };
  const more: Schema = {
    ...(parts["reference_image_urls"] ?? { items: front }),
    maxItems: parts["reference_image_urls"]?.maxItems ?? ANGLES,
  };
  const name = useSignal("");
  const wrong = useSignal("");
  const frontal = useSignal<string | null>(null);
  const wrongFront = useSignal("");
  const angles = useSignal<readonly string[]>([]);
  const trouble = useSignal("");
  const busy = useSignal(false);
  /** The images as they were picked; what was uploaded for them is not needed once they are kept. */
  const ids = useRef<readonly string[]>([]);
  ids.current = [...(frontal.value ? [frontal.value] : []), ...angles.value];
  useEffect(() => () => ids.current.forEach(forget), []);

  const images = ids.current.flatMap((id) => attachment(id)?.value ?? []);
  const waiting = images.some((one) => one.url === null && one.error === null);

  async function save(): Promise<void> {
    wrong.value = nameProblem(name.value, elements.value?.map((one) => one.name) ?? []) ?? "";
    wrongFront.value = frontal.value ? "" : "An element needs its front.";
    const unfit = images.flatMap((one) => problems(one, limitsOf(front)));
    trouble.value = unfit[0] ?? "";
    if (wrong.value || wrongFront.value || unfit.length || busy.value || waiting) return;
    busy.value = true;
    try {
      onDone(await keep(name.value, images));
    } catch (error) {
      trouble.value = said(error);
    } finally {
      busy.value = false;
    }
  }

  return (
    <div class="stack">
      <NameField name={name} error={wrong} onEnter={save} />
      <MediaField
        schema={front}
        label="Front"
        required
        value={frontal.value}
        error={wrongFront.value || undefined}
        onChange={(to) => {
          frontal.value = to;
          wrongFront.value = "";
        }}
      />
      <MediaList
        schema={more}
        label="More angles"
        value={angles.value}
        onChange={(to) => {
          angles.value = to;
        }}
      />
      <p class="error" role="alert">
        {trouble}
      </p>
      <div class="element-foot">
        <button class="button" type="button" onClick={() => onDone(null)}>
          Back
        </button>
        <button
          class="button accent"
          type="button"
          aria-disabled={busy.value || waiting}
          onClick={save}
        >
          {busy.value ? "Saving…" : waiting ? "Uploading…" : "Save"}
        </button>
      </div>
    </div>
  );
}

/** Let go of an image, and of the copy that its upload left among the clips. */
function forget(id: string): void {
  const one = attachment(id)?.value;
  letGo(id);
  if (one && isCopy(one)) send(pathIn(one.url ?? ""), { method: "DELETE" }).catch(() => undefined);
}

/** Whether the file is on the server only because it was uploaded just now; a link's is somebody's own. */
const isCopy = ({ url, view }: Attachment): boolean =>
  url !== null && isOurs(url) && (view?.startsWith("blob:") ?? false);
