/** JSON Schema, whatever way of saying it was chosen, in the one that the form reads. */

import type { Schema } from "./models";

/** The schema with `null` as `nullable`, one type, and the first where there are several ways. */
export function plain(raw: Schema | Loose): Schema {
  const { anyOf, oneOf, allOf, const: only, type, items, properties, ...rest } = raw as Loose;
  const ways = anyOf ?? oneOf ?? [];
  const way = ways.find((one) => one.type !== "null");
  const made: Record<string, unknown> = {};
  for (const part of [...(allOf ?? []), ...(way ? [way] : [])]) Object.assign(made, plain(part));
  Object.assign(made, rest);
  const types = [type ?? []].flat();
  const named = types.find((one) => one !== "null");
  if (named) made["type"] = named;
  const options = (made["enum"] as unknown[] | undefined) ?? (only === undefined ? null : [only]);
  if (options) made["enum"] = options.filter((one) => one !== null);
  if (
    types.includes("null") ||
    ways.some((one) => one.type === "null") ||
    options?.includes(null)
  ) {
    made["nullable"] = true;
  }
  if (items) made["items"] = plain(items);
  if (properties) {
    made["type"] ??= "object";
    made["properties"] = Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, plain(part)]),
    );
  }
  return made;
}

/** JSON Schema as anybody may write it. */
export interface Loose {
  type?: string | readonly string[];
  items?: Loose;
  properties?: Readonly<Record<string, Loose>>;
  anyOf?: readonly Loose[];
  oneOf?: readonly Loose[];
  allOf?: readonly Loose[];
  const?: unknown;
  [more: string]: unknown;
}
