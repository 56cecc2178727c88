/** The request that is being written: a model, and a value for each of its parameters. */

import { batch, computed, signal } from "@preact/signals";
import { fits, kindOf } from "../form/kind";
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

/** By parameter, or by a place within one such as `multi_prompt[1].prompt`; "" is of the whole. */
export type Errors = Readonly<Record<string, string>>;

export const modelId = signal("");
export const values = signal<Values>({});
/** How many to ask for, 1 to 4. */
export const count = signal(1);
/** What the server, or the page, found wrong. */
export const errors = signal<Errors>({});

export const model = computed<Model | undefined>(() => modelOf(modelId.value) ?? models.value?.[0]);

export const prompt = computed(() => String(values.value["prompt"] ?? ""));

export function set(parameter: string, value: unknown): void {
  batch(() => {
    values.value = { ...values.value, [parameter]: value };
    if (Object.keys(errors.value).some((at) => isOf(at, parameter))) {
      errors.value = Object.fromEntries(
        Object.entries(errors.value).filter(([at]) => !isOf(at, parameter)),
      );
    }
  });
}

/** Whether the place of an error is that parameter, or within it. */
export const isOf = (place: string, parameter: string): boolean =>
  place === parameter || place.startsWith(`${parameter}[`) || place.startsWith(`${parameter}.`);

/** Another request altogether: nothing of the last one stays, and its mentions mean what comes with it. */
export const fill = (id: string, from: Values, generations = 1): void =>
  batch(() => {
    modelId.value = id;
    values.value = from;
    count.value = generations;
    errors.value = {};
  });

/** Another model. What it has a place for stays, an image too where the other took a list of them. */
export function choose(id: string): void {
  const from = model.value?.request_schema.properties ?? {};
  const to = modelOf(id)?.request_schema.properties ?? {};
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values.value)) {
    const [old, next] = [from[name], to[name]];
    // Parameters that only other models have wait for one of those to come back.
    const there = old && next ? carried(name, old, next, value) : value;
    if (there !== undefined) kept[name] = there;
  }
  batch(() => {
    modelId.value = id;
    values.value = kept;
    errors.value = {};
  });
}

function carried(name: string, from: Schema, to: Schema, value: unknown): unknown {
  const kinds = `${kindOf(name, from)} ${kindOf(name, to)}`;
  if (kinds === "media media-list") return value ? [value] : [];
  if (kinds === "media-list media") return (value as readonly string[])[0];
  return fits(name, from, to, value) ? value : undefined;
}

/** The parameters of a model in the order of their form. */
export function parameters(of: Pick<Model, "request_schema">): [string, Schema][] {
  return Object.entries(of.request_schema.properties ?? {}).sort(
    ([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0),
  );
}

/** The request's body. Media that are not there yet are left out: `problems` tells of them. */
export function bodyOf(of: Model, from: Values, generations: number): Record<string, unknown> {
  const body: Record<string, unknown> = { model: of.id };
  for (const [name, schema] of parameters(of)) {
    const value = sent(schema, from[name]);
    if (value !== undefined) body[name] = value;
  }
  if (generations > 1) body["num_generations"] = generations;
  return body;
}

/** The ids of all attachments in a value. */
export function idsIn(schema: Schema, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (schema.renderType) return [String(value)];
  if (isElements(schema)) {
    const list = value as readonly ElementValue[];
    return list.flatMap(({ frontal, angles }) => [...(frontal ? [frontal] : []), ...angles]);
  }
  const { items, properties } = schema;
  if (items && Array.isArray(value)) return value.flatMap((one) => idsIn(items, one));
  return Object.entries(properties ?? {}).flatMap(([name, part]) =>
    idsIn(part, (value as Record<string, unknown>)[name]),
  );
}

const isElements = (schema: Schema): boolean =>
  schema.items?.properties?.["frontal_image_url"] !== undefined;

function sent(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null || value === "") return undefined;
  if (schema.renderType) return address(value);
  if (isElements(schema)) return some((value as readonly ElementValue[]).map(element));
  const { items, properties } = schema;
  if (items && Array.isArray(value)) return some(value.map((one) => sent(items, one)));
  return properties ? object(properties, value as Record<string, unknown>) : value;
}

function object(parts: Readonly<Record<string, Schema>>, from: Record<string, unknown>): object {
  const entries = Object.entries(parts).map(([name, part]) => [name, sent(part, from[name])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
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
