/** The generations that the page knows of, kept true by the stream of events. */

import { computed, signal } from "@preact/signals";
import { ApiError, ask, type Schemas } from "../api/client";
import { listen, type News } from "../api/events";
import { lookAtMe } from "../session/session";
import { unique } from "../ui/unique";

/** Unix seconds, from and to. */
export interface Span {
  low: number;
  high: number;
}

/** A generation as the queue's rows show it, with the parameters of its request beside. */
export type Generation = Schemas["Generation"] & {
  batch_id?: string | null;
  deleted_at?: number | null;
  queue_position?: number | null;
  eta?: { start: Span; finish: Span } | null;
  preview_url?: string | null;
  [parameter: string]: unknown;
};

export const FINAL: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled"]);
export const isFinal = (one: Generation): boolean => FINAL.has(one.status);

const known = signal<ReadonlyMap<string, Generation>>(new Map());

/** What is queued or processing, oldest first. */
export const active = computed(() =>
  [...known.value.values()]
    .filter((one) => !isFinal(one))
    .sort((a, b) => a.enqueued_at - b.enqueued_at),
);

/** How many of those that are known have succeeded. */
export const succeeded = computed(
  () => [...known.value.values()].filter((one) => one.status === "succeeded").length,
);

/** Put rows among what is known, over what was known of them. */
export function know(rows: readonly Generation[]): void {
  const next = new Map(known.value);
  for (const row of rows) next.set(row.generation_id, row);
  known.value = next;
}

/** A generation that is known; reading it in a component keeps that true. */
export const generation = (id: string): Generation | undefined => known.value.get(id);

/** Fetch one, where it is not known in its final state. Throws ApiError. */
export async function look(id: string): Promise<Generation> {
  const row = await ask<Generation>(`api/ai/queue/${encodeURIComponent(id)}`);
  know([row]);
  return row;
}

/** Fetch what is queued and processing, and whatever we still believe to be. */
export async function lookAtActive(): Promise<void> {
  const before = active.value.map((one) => one.generation_id);
  const { generations } = await ask<{ generations: Generation[] }>("api/ai/queue");
  know(generations);
  const there = new Set(generations.map((one) => one.generation_id));
  await Promise.all(before.filter((id) => !there.has(id)).map((id) => look(id).catch(forgetIf404)));
}

/** Follow the stream until the function that is returned is called. */
export function follow(): () => void {
  const again = (): void => {
    lookAtActive().catch(() => undefined); // the stream tells when the server is there again
  };
  const stop = listen((news) => heard(news), again);
  // Positions in the queue move without an event of one's own.
  const timer = window.setInterval(() => {
    if (active.value.some((one) => one.status === "queued")) again();
  }, 5_000);
  return () => {
    clearInterval(timer);
    stop();
  };
}

function heard({ name, data }: News): void {
  const id = data.generation_id;
  if (name === "reset" || id === undefined) {
    lookAtActive().catch(() => undefined);
    return;
  }
  const row = known.value.get(id);
  if (name === "generation_progress" && row) {
    if (isFinal(row)) return; // an old event, told again
    const { progress = row.progress, preview_url } = data;
    know([{ ...row, status: "processing", progress, ...(preview_url ? { preview_url } : {}) }]);
    return;
  }
  look(id).catch(() => undefined);
  if (name !== "generation_progress") lookAtMe().catch(() => undefined);
}

function forgetIf404(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}

/** A request of which nobody knows whether it arrived, and the name that it went under. */
let unsure: { said: string; name: string } | null = null;

/**
 * Ask for generations; their ids. Throws ApiError.
 *
 * What is asked again after a connection broke goes under the same name, so that it is made and paid for once.
 */
export async function enqueue(body: Readonly<Record<string, unknown>>): Promise<string[]> {
  const said = JSON.stringify(body);
  const name = unsure?.said === said ? unsure.name : unique();
  unsure = { said, name };
  try {
    const { generations } = await ask<{ generations: { generation_id: string }[] }>(
      "api/ai/queue",
      { method: "POST", json: body, headers: { "Idempotency-Key": name } },
    );
    unsure = null;
    const ids = generations.map((one) => one.generation_id);
    // They are accepted, whether or not the next requests arrive; to fail here would have them asked for again.
    await Promise.all([...ids.map(look), lookAtMe()]).catch(() => undefined);
    return ids;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) unsure = null;
    throw error;
  }
}

/** Cancel one; its row follows by an event. Throws ApiError. */
export async function cancel(id: string): Promise<void> {
  await ask(`api/ai/queue/${encodeURIComponent(id)}`, { method: "DELETE" });
  await look(id);
}

/** Ask for the same again; the new one's id. Throws ApiError. */
export async function retry(id: string): Promise<string> {
  const told = await ask<{ generation_id: string }>(
    `api/ai/queue/${encodeURIComponent(id)}/retry`,
    { method: "POST" },
  );
  await look(told.generation_id);
  return told.generation_id;
}
