/** What the prompt can mention: the media that are attached where the model's schema says so. */

import { computed } from "@preact/signals";
import type { RequestSchema } from "../models/models";
import { attachment } from "../workbench/attachment";
import { type ElementValue, model, type Values, values } from "../workbench/draft";
import type { Counts, MentionKind, Reference } from "./mentions";

/** The items of one parameter, under one kind of mention. */
export interface Group {
  readonly kind: MentionKind;
  readonly field: string;
  /** Whether there may be several, so that there is a reason to say which. */
  readonly several: boolean;
  /** What identifies each of its items, in their order. */
  readonly ids: readonly string[];
}

/** A reference with the attachment that shows it. */
export interface Attached extends Reference {
  readonly field: string;
  readonly id: string;
  readonly several: boolean;
}

const KINDS: readonly string[] = ["image", "element", "video"] satisfies MentionKind[];

/** The groups of a model's prompt, filled from the values. */
export function groupsOf(schema: RequestSchema, from: Values): Group[] {
  const told = schema.properties?.["prompt"]?.["x-media-references"]?.groups ?? [];
  return told.flatMap(({ field, pattern }) => {
    const kind = pattern.replace("@", "").toLowerCase();
    if (!KINDS.includes(kind)) return [];
    const several = schema.properties?.[field]?.type === "array";
    return [{ kind: kind as MentionKind, field, several, ids: idsOf(from[field]) }];
  });
}

function idsOf(value: unknown): string[] {
  if (value === undefined || value === null || value === "") return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => (typeof one === "string" ? one : elementId(one as ElementValue)));
}

const elementId = ({ name, frontal }: ElementValue): string => frontal ?? `nameless:${name}`;

export const countsOf = (groups: readonly Group[]): Counts =>
  Object.fromEntries(groups.map(({ kind, ids }) => [kind, ids.length]));

export const groups = computed(() =>
  model.value ? groupsOf(model.value.request_schema, values.value) : [],
);

export const counts = computed(() => countsOf(groups.value));

/** Everything that can be mentioned now, in the order of the schema's groups. */
export const attached = computed<readonly Attached[]>(() =>
  groups.value.flatMap(({ kind, field, several, ids }) =>
    ids.map((id, index) => ({
      kind,
      number: index + 1,
      name: nameOf(field, id, index),
      field,
      several,
      id,
    })),
  ),
);

function nameOf(field: string, id: string, index: number): string {
  const item = [values.value[field]].flat()[index];
  if (typeof item === "object" && item !== null) return (item as ElementValue).name;
  return attachment(id)?.value.name ?? "";
}
