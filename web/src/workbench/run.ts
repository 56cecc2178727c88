/** Asking for what the draft says. */

import { signal } from "@preact/signals";
import { ApiError, said } from "../api/client";
import { check, reveal } from "../form/form";
import { fieldsOf } from "../form/sentences";
import { enqueue } from "../generations/generations";
import { stored } from "../ui/stored";
import { bodyOf, count, model, values } from "./draft";

const kept = stored<readonly string[]>("shown", []);

/** The generations on the stage: those of the last request, or what was chosen since. */
export const shown = signal<readonly string[]>(kept.get());

export function show(ids: readonly string[]): void {
  shown.value = ids;
  kept.set(ids);
}

/** Whether a request is on its way. */
export const asking = signal(false);

/** Ask for what the draft says and put it on the stage; what is wrong is told beside its fields. */
export async function run(): Promise<void> {
  const of = model.value;
  if (!of || asking.value || !check()) return;
  asking.value = true;
  try {
    show(await enqueue(bodyOf(of, values.value, count.value)));
  } catch (error) {
    reveal(
      error instanceof ApiError && error.status === 400
        ? fieldsOf(error.detail, of.request_schema)
        : { "": said(error) },
    );
  } finally {
    asking.value = false;
  }
}
