import type { RequestSchema } from "../models/models";
import { parameters } from "../workbench/draft";

/** The names that are shown first, in the order in which the schema wants them, and the others. */
export function parted(
  schema: RequestSchema,
  elsewhere: readonly string[],
): { first: string[]; rest: string[] } {
  const names = parameters({ request_schema: schema })
    .map(([name]) => name)
    .filter((name) => !elsewhere.includes(name));
  const basic = schema.basic.filter((name) => names.includes(name));
  const needed = names.filter((name) => schema.required?.includes(name) && !basic.includes(name));
  const first = [...needed, ...basic];
  return { first, rest: names.filter((name) => !first.includes(name)) };
}
