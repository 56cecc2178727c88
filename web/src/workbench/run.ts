/** Asking for what the draft says. */

import { signal } from "@preact/signals";
import { ApiError, ask, said } from "../api/client";
import { check, reveal } from "../form/form";
import { fieldsOf } from "../form/sentences";
import { look } from "../generations/generations";
import { lookAtMe } from "../session/session";
import { stored } from "../ui/stored";
import { unique } from "../ui/unique";
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
    const { generations } = await ask<{ generations: { generation_id: string }[] }>(
      "api/ai/queue",
      {
        method: "POST",
        json: bodyOf(of, values.value, count.value),
        // A connection that breaks is asked again by some browsers; that must not cost twice.
        headers: { "Idempotency-Key": unique() },
      },
    );
    const ids = generations.map((one) => one.generation_id);
    await Promise.all(ids.map(look));
    show(ids);
    await lookAtMe();
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
