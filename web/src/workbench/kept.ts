/** The draft outlasts a reload: what was written, and the files that had arrived. */

import { effect } from "@preact/signals";
import { restore, type Saved, saved } from "../footage/saved";
import { stored } from "../ui/stored";
import { attachment } from "./attachment";
import { count, type ElementValue, modelId, type Values, values } from "./draft";

interface Kept {
  model: string;
  values: Values;
  count: number;
  attachments: readonly Saved[];
}

const kept = stored<Kept | null>("draft", null);

/** Ids of attachments, wherever they stand among values. */
export function idsIn(from: Values): string[] {
  return Object.values(from).flatMap((value) => {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value)) return [];
    return value.flatMap((one) => (typeof one === "string" ? [one] : partsOf(one)));
  });
}

function partsOf(one: unknown): string[] {
  const { frontal, angles } = (one ?? {}) as Partial<ElementValue>;
  return [frontal, ...(angles ?? [])].filter((id) => typeof id === "string");
}

/** Take up the draft that was left. */
export function takeUp(): void {
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
    const attachments = idsIn(values.value).flatMap((id) => {
      const one = attachment(id)?.value;
      return one ? [saved(one)] : [];
    });
    kept.set({ model: modelId.value, values: values.value, count: count.value, attachments });
  });
}
