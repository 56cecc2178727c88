/** What the request would come to, asked again whenever it changes and nobody types. */

import { computed, effect, signal } from "@preact/signals";
import { address } from "../api/address";
import { type Answer, ApiError, ask } from "../api/client";
import { letters } from "../form/checks";
import { succeeded } from "../generations/generations";
import type { Model } from "../models/models";
import { namespace } from "../session/session";
import { attachment } from "./attachment";
import { bodyOf, model, parameters, prompt, values } from "./draft";

export type Planned = Answer<"/api/ai/plan", "post">;

/** null: not asked yet, or there is nothing to ask about. */
export const planned = signal<Planned | null>(null);
/** What the server would refuse at once, in its words. */
export const unplanned = signal<string | null>(null);
export const planning = signal(false);

/** Milliseconds without a change after which it is asked. */
const QUIET = 450;

/** The request as the plan is asked about it: media that are still to come are stood in for. */
export const question = computed(() => {
  const of = model.value;
  return of ? questionOf(of) : null;
});

function questionOf(of: Model): Record<string, unknown> | null {
  // A text that is too long is told beside its field.
  if (letters(prompt.value) > (of.request_schema.properties?.["prompt"]?.maxLength ?? Infinity))
    return null;
  const body = bodyOf(of, values.value, 1);
  const shots = body["multi_prompt"];
  if (!String(body["prompt"] ?? "").trim() && !Array.isArray(shots)) return null;
  for (const [name, schema] of parameters(of)) {
    const wanted = of.request_schema.required?.includes(name) || values.value[name];
    if (body[name] === undefined && schema.renderType && wanted) body[name] = standIn(name);
  }
  return body;
}

// Planning fetches nothing; the address only says that there will be a file.
const standIn = (name: string): string =>
  address(`api/repos/${encodeURIComponent(namespace() || "default")}/clips/file/main/${name}`);

/** Follow the draft until the function that is returned is called. */
export function followDraft(): () => void {
  let timer = 0;
  let call: AbortController | undefined;
  const stop = effect(() => {
    const body = question.value;
    void succeeded.value; // one more run, from which the pace is told
    clearTimeout(timer);
    call?.abort();
    planning.value = body !== null;
    if (body === null) {
      planned.value = null;
      unplanned.value = null;
      return;
    }
    timer = window.setTimeout(() => {
      call = new AbortController();
      void plan(body, call.signal);
    }, QUIET);
  });
  return () => {
    clearTimeout(timer);
    call?.abort();
    stop();
  };
}

async function plan(body: Record<string, unknown>, signal: AbortSignal): Promise<void> {
  try {
    planned.value = await ask<Planned>("api/ai/plan", { method: "POST", json: body, signal });
    unplanned.value = null;
  } catch (error) {
    if (signal.aborted) return;
    planned.value = null;
    unplanned.value = error instanceof ApiError ? error.detail : String(error);
  }
  planning.value = false;
}

/** Seconds that one result will have, where that can be told from the request and the clip. */
export const resultLength = computed<number | null>(() => {
  const told = planned.value;
  if (!told) return null;
  if (told.cost.seconds !== null) return told.cost.seconds;
  const input = clipLength();
  const change = told.plan?.length ?? { times: 1, plus: 0 };
  return input === null ? null : input * change.times + change.plus;
});

/** Seconds of the input video that are used. */
function clipLength(): number | null {
  const one = attachment(String(values.value["input_video"] ?? ""))?.value;
  if (!one) return null;
  return one.trim ? one.trim.end - one.trim.start : (one.probe?.length ?? null);
}

/** Dollars that one result will cost, most likely and at most. */
export const price = computed<{ likely: number | null; most: number } | null>(() => {
  const cost = planned.value?.cost;
  if (!cost) return null;
  const most = Number(cost.at_most);
  const length = resultLength.value;
  return {
    most,
    likely: length === null ? null : Math.min(length * Number(cost.per_second), most),
  };
});

/** Seconds that one will take from when it begins; null without data. */
export const duration = computed<number | null>(() => {
  const pace = planned.value?.pace;
  const length = resultLength.value;
  return pace && length !== null ? pace.per_second * length : null;
});
