/** Asking for what the draft says. */

import { signal } from "@preact/signals";
import { ApiError, ask, said } from "../api/client";
import { look } from "../generations/generations";
import { lookAtMe } from "../session/session";
import { stored } from "../ui/stored";
import { attachment } from "./attachment";
import { bodyOf, count, errors, model, parameters, values } from "./draft";

const kept = stored<readonly string[]>("shown", []);

/** The generations on the stage: those of the last request, or what was chosen since. */
export const shown = signal<readonly string[]>(kept.get());

export function show(ids: readonly string[]): void {
  shown.value = ids;
  kept.set(ids);
}

/** Whether a request is on its way. */
export const asking = signal(false);

/** What keeps the request from being sent, by parameter, in words. */
export function missing(): Record<string, string> {
  const of = model.value;
  if (!of) return {};
  const wrong: Record<string, string> = {};
  for (const [name, schema] of parameters(of)) {
    const value = values.value[name];
    const ids = schema.renderType ? [value] : schema.items?.renderType ? (value as unknown[]) : [];
    for (const id of ids ?? []) {
      const one = attachment(String(id ?? ""))?.value;
      if (one?.error) wrong[name] = one.error;
      else if (one && one.url === null) wrong[name] = `${one.name} is still being uploaded.`;
    }
    if (of.request_schema.required?.includes(name) && !filled(value)) {
      wrong[name] ??= name === "prompt" ? "Say what should change." : "This is needed.";
    }
  }
  return wrong;
}

const filled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : String(value ?? "").trim() !== "";

/**
 * Ask for what the draft says and put it on the stage. What is wrong is told in `errors`.
 *
 * `fieldsOf` maps the server's sentence to parameters.
 */
export async function run(
  fieldsOf: (detail: string) => Readonly<Record<string, string>>,
): Promise<void> {
  const of = model.value;
  if (!of || asking.value) return;
  errors.value = missing();
  if (Object.keys(errors.value).length) return;
  asking.value = true;
  try {
    const { generations } = await ask<{ generations: { generation_id: string }[] }>(
      "api/ai/queue",
      {
        method: "POST",
        json: bodyOf(of, values.value, count.value),
        // A connection that breaks is asked again by some browsers; that must not cost twice.
        headers: { "Idempotency-Key": crypto.randomUUID() },
      },
    );
    const ids = generations.map((one) => one.generation_id);
    await Promise.all(ids.map(look));
    show(ids);
    await lookAtMe();
  } catch (error) {
    errors.value =
      error instanceof ApiError && error.status === 400
        ? fieldsOf(error.detail)
        : { "": said(error) };
  } finally {
    asking.value = false;
  }
}
