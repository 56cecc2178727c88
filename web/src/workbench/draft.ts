/** The request that is being written: a model, and a value for each of its parameters. */

import { computed, signal } from "@preact/signals";
import { type Model, modelOf, models, type Schema } from "../models/models";
import { addressOf, attachment } from "./attachment";

/** A character as the form holds it: ids of attachments. */
export interface ElementValue {
  name: string;
  frontal: string | null;
  angles: readonly string[];
}

/**
 * By parameter. Media are ids of attachments: one, or a list where the parameter is a list; `elements`
 * are ElementValues; everything else is what the request will hold. A parameter that is missing is not sent.
 */
export type Values = Readonly<Record<string, unknown>>;

export const modelId = signal("");
export const values = signal<Values>({});
/** How many to ask for, 1 to 4. */
export const count = signal(1);
/** What the server, or the page, found wrong with a parameter, by its name; "" is of the whole. */
export const errors = signal<Readonly<Record<string, string>>>({});

export const model = computed<Model | undefined>(() => modelOf(modelId.value) ?? models.value?.[0]);

export const prompt = computed(() => String(values.value["prompt"] ?? ""));

export function set(parameter: string, value: unknown): void {
  values.value = { ...values.value, [parameter]: value };
  if (parameter in errors.value) {
    errors.value = Object.fromEntries(
      Object.entries(errors.value).filter(([name]) => name !== parameter),
    );
  }
}

/** The parameters of a model in the order of their form. */
export function parameters(of: Model): [string, Schema][] {
  return Object.entries(of.request_schema.properties ?? {}).sort(
    ([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0),
  );
}

/** The request's body. Media that are not there yet are left out; see `missing`. */
export function bodyOf(of: Model, from: Values, generations: number): Record<string, unknown> {
  const body: Record<string, unknown> = { model: of.id };
  for (const [name, schema] of parameters(of)) {
    const value = sent(schema, from[name]);
    if (value !== undefined) body[name] = value;
  }
  if (generations > 1) body["num_generations"] = generations;
  return body;
}

function sent(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null || value === "") return undefined;
  if (schema.renderType) return address(value);
  if (schema.items?.renderType) return some((value as string[]).map(address));
  if (schema.items?.properties?.["frontal_image_url"]) {
    return some((value as ElementValue[]).map(element));
  }
  return value;
}

function element({ frontal, angles }: ElementValue): object | undefined {
  const front = address(frontal);
  if (front === undefined) return undefined;
  const more = some(angles.map(address));
  return { frontal_image_url: front, ...(more ? { reference_image_urls: more } : {}) };
}

function address(id: unknown): string | undefined {
  const there = attachment(String(id))?.value;
  return (there && addressOf(there)) ?? undefined;
}

function some(list: readonly unknown[]): unknown[] | undefined {
  const there = list.filter((one) => one !== undefined);
  return there.length ? there : undefined;
}
