/** Mentions follow what they mean: when references change their places, every text is rewritten. */

import { effect } from "@preact/signals";
import { model, set, type Values, values } from "../workbench/draft";
import { type MentionKind, type Moves, moves, renumbering, type Splice, spliced } from "./mentions";
import { type Group, groupsOf } from "./references";

/** What to replace in a text so that its mentions follow. */
export type Rewriting = (text: string) => Splice[];

const listeners = new Set<(how: Rewriting) => void>();

/** Be told of each renumbering, before the texts change; the function that is returned ends it. */
export function onRenumbering(hear: (how: Rewriting) => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

let last: { model: string; values: Values; groups: readonly Group[] } | null = null;

effect(() => {
  const of = model.value;
  if (!of) return;
  const now = {
    model: of.id,
    values: values.value,
    groups: groupsOf(of.request_schema, values.value),
  };
  const before = last;
  last = now;
  // With another model, or texts that came together with their references, numbers mean what they say.
  if (before?.model !== now.model) return;
  if (texts(before.values).join("\0") !== texts(now.values).join("\0")) return;
  const moved = movesOf(before.groups, now.groups);
  if (!moved.length) return;
  const how: Rewriting = (text) =>
    moved.flatMap(([kind, to]) => renumbering(text, kind, to)).sort((a, b) => a.start - b.start);
  for (const hear of listeners) hear(how);
  rewrite((text) => spliced(text, how(text)));
});

function movesOf(before: readonly Group[], now: readonly Group[]): [MentionKind, Moves][] {
  return before.flatMap(({ kind, field, several, ids }) => {
    const after = now.find((one) => one.field === field)?.ids ?? [];
    // Of a single one there is never a doubt which is meant: the next takes its place.
    if (!several || ids.every((id, index) => after[index] === id)) return [];
    return [[kind, moves(ids, after)]];
  });
}

/** Every text that may mention media: the prompt, and those of the shots. */
export function texts(from: Values): string[] {
  const shots = Object.values(from).filter(Array.isArray).flat();
  return [from, ...shots].flatMap((one: unknown) => promptOf(one) ?? []);
}

const promptOf = (of: unknown): string | undefined => {
  const text = typeof of === "object" && of !== null && "prompt" in of ? of.prompt : undefined;
  return typeof text === "string" ? text : undefined;
};

function rewrite(how: (text: string) => string): void {
  for (const [name, value] of Object.entries(values.peek())) {
    if (name === "prompt" && typeof value === "string") put(name, value, how(value));
    if (!Array.isArray(value) || !value.some((one) => promptOf(one) !== undefined)) continue;
    const list = value.map((one: unknown) => {
      const text = promptOf(one);
      return text === undefined ? one : { ...(one as object), prompt: how(text) };
    });
    put(name, value, list);
  }
}

function put(name: string, from: unknown, to: unknown): void {
  if (JSON.stringify(from) !== JSON.stringify(to)) set(name, to);
}
