/** The draft outlasts a reload: what was written, and the files that had arrived. */

import { effect } from "@preact/signals";
import { restore, type Saved, saved } from "../footage/saved";
import { stored } from "../ui/stored";
import { attachment } from "./attachment";
import { count, idsIn, model, modelId, parameters, type Values, values } from "./draft";

interface Kept {
  model: string;
  values: Values;
  count: number;
  attachments: readonly Saved[];
}

const kept = stored<Kept | null>("draft", null);

let taken = false;

/** Take up the draft that was left; once, for what is here afterwards is newer. */
export function takeUp(): void {
  if (taken) return;
  taken = true;
  const left = kept.get();
  if (!left || typeof left.values !== "object") return;
  for (const one of left.attachments ?? []) restore(one);
  modelId.value = String(left.model ?? "");
  values.value = left.values;
  count.value = Number(left.count) || 1;
}

/** Write the draft down at every change, until the function that is returned is called. */
export function keep(): () => void {
  return effect(() => {
    const of = model.value;
    if (!of) return; // the models are not there yet, so nobody knows what is an attachment
    const attachments = parameters(of)
      .flatMap(([name, schema]) => idsIn(schema, values.value[name]))
      .flatMap((id) => attachment(id)?.value ?? [])
      .map(saved);
    kept.set({ model: modelId.value, values: values.value, count: count.value, attachments });
  });
}
