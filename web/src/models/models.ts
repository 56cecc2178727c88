/** The models on offer, and the form that each one's parameters make. */

import { signal } from "@preact/signals";
import { ask, type Schemas } from "../api/client";
import { plain } from "./plain";

/** JSON Schema as a `request_schema` uses it, with the extensions that a form is drawn from. */
export interface Schema {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  title?: string;
  description?: string;
  default?: unknown;
  enum?: readonly (string | number)[];
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  maxLength?: number;
  maxItems?: number;
  minItems?: number;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  renderType?: "video-url" | "image-url";
  /** What a file must be like: bytes, pixels of a side, seconds. */
  "x-limits"?: MediaLimits;
  "x-order"?: number;
  /** In the prompt's: what may be mentioned, and how. */
  "x-media-references"?: { groups: readonly { field: string; pattern: string }[] };
}

export interface MediaLimits {
  max_bytes?: number;
  min_side?: number;
  max_side?: number;
  min_seconds?: number;
  max_seconds?: number;
}

export interface RequestSchema extends Schema {
  /** The fields that a form shows first, besides the prompt. */
  basic: readonly string[];
  /** Most images and elements together; null: not limited. */
  "x-max-references": number | null;
}

export type Model = Omit<Schemas["Model"], "request_schema"> & { request_schema: RequestSchema };

/** In the order of the catalog; null until they are there. */
export const models = signal<readonly Model[] | null>(null);

export async function lookAtModels(): Promise<void> {
  models.value = (await ask<{ data: Model[] }>("api/ai/models")).data.map(read);
}

/** A model as it was told, its schema in the form that the page reads. */
export function read(told: Model): Model {
  const schema = plain(told.request_schema) as RequestSchema;
  return { ...told, request_schema: { ...schema, basic: schema.basic ?? [] } };
}

export const modelOf = (id: string): Model | undefined =>
  models.value?.find((one) => one.id === id);
