/** What the server says of a request, put beside the parameters that it means. */

import type { RequestSchema, Schema } from "../models/models";
import type { Errors } from "../workbench/draft";

/** What the hosted API puts before what its provider says; of no use to whoever reads it in a form. */
const PREFIXES = [/^Getting model response error: 422 - /, /^Value error, /];

/** Sentences that name their parameter in other words. */
const OTHER_WORDS: readonly [RegExp, readonly string[]][] = [
  [/^Prompt cannot be empty/, ["prompt"]],
  [/^The prompt mentions /, ["prompt"]],
  [/^duration value /, ["duration"]],
  [/^Total shot duration/, ["multi_prompt", "duration"]],
  [/^Input should be '1', '2'/, ["multi_prompt"]],
  [/images and elements together/, ["input_image", "elements"]],
  [/^The video is .* (s|pixels) /, ["input_video"]],
  [/^Model not found/, ["model"]],
];

/**
 * The sentences of a refusal by parameter, or by a place within one such as `multi_prompt[1].prompt`;
 * "" has what belongs to none. `detail` is that of a 400, or the `error_message` of a generation.
 */
export function fieldsOf(detail: string, schema: RequestSchema): Errors {
  const known = Object.keys(schema.properties ?? {});
  const found: Record<string, string[]> = {};
  for (const sentence of sentences(detail)) {
    for (const [place, text] of placed(sentence, known, schema)) {
      const there = found[place] ?? [];
      found[place] = there.includes(text) ? there : [...there, text];
    }
  }
  return Object.fromEntries(Object.entries(found).map(([place, list]) => [place, list.join(" ")]));
}

/** The sentences of a detail; a `; ` may also stand within one. */
function sentences(detail: string): string[] {
  const parts: string[] = [];
  for (const part of detail.split("; ")) {
    const last = parts.length - 1;
    if (last >= 0 && !begins(part)) parts[last] += `; ${part}`;
    else parts.push(part);
  }
  return parts;
}

/** Whether something new begins, rather than going on in a sentence. */
const begins = (part: string): boolean =>
  /^[A-Z]/.test(part) ||
  /^[a-z_]+[[\].\w]*( [0-9]+)?: /.test(part) ||
  /^and [0-9]+ more$/.test(part);

function placed(
  sentence: string,
  known: readonly string[],
  schema: RequestSchema,
): [string, string][] {
  const text = PREFIXES.reduce((left, prefix) => left.replace(prefix, ""), sentence).trim();
  const required = /^Field required: (.+)$/.exec(text)?.[1];
  if (required) {
    return required.split(", ").map((place) => [rooted(place, known), needed(place, schema)]);
  }
  const url = /^Invalid URL: ([\w[\].]+)(?:: (.+))?$/.exec(text);
  if (url?.[1] && rooted(url[1], known)) {
    return [[rooted(url[1], known), url[2] ? `Invalid URL: ${url[2]}` : "This is no URL."]];
  }
  // `multi_prompt[0].prompt: …` of a request, `input_image 2: …` of a generation.
  const path = /^([a-z_]+[[\].\w]*)(?: ([0-9]+))?: (.+)$/.exec(text);
  if (path?.[1] && path[3] && rooted(path[1], known)) {
    const place = rooted(path[1], known);
    return [[place, path[2] ? `Number ${path[2]}: ${path[3]}` : path[3]]];
  }
  return named(text, known).map((place) => [place, text]);
}

/** The parameters that a sentence is about; [""] where it names none. */
function named(text: string, known: readonly string[]): string[] {
  const other = OTHER_WORDS.find(([words]) => words.test(text))?.[1];
  if (other) {
    const place = other.find((name) => known.includes(name) || name === "model");
    return [place ?? ""];
  }
  const first = /^'?([a-z_]+)'?/.exec(text)?.[1] ?? "";
  if (known.includes(first) || first === "num_generations") return [first];
  const quoted = [...text.matchAll(/'([a-z_]+)'/g)].map((one) => one[1] ?? "");
  const those = quoted.filter((name) => known.includes(name));
  return those.length ? those : [""];
}

/** The place, where it lies within a parameter that there is; else "". */
function rooted(place: string, known: readonly string[]): string {
  const root = /^[a-z_]+/.exec(place)?.[0] ?? "";
  return known.includes(root) ? place : "";
}

/** What to say where something is missing that there must be. */
export function needed(place: string, schema: RequestSchema): string {
  const name = /([a-z_]+)$/.exec(place)?.[1] ?? place;
  const spec = schemaAt(place, schema);
  if (!spec) return `Field required: ${name}`;
  const media = spec.renderType ?? spec.items?.renderType;
  if (media) return media === "video-url" ? "A video is needed here." : "An image is needed here.";
  return name === "prompt" ? "Say in words what you want to see." : "This is needed.";
}

/** The schema of a place such as `multi_prompt[1].prompt`. */
export function schemaAt(place: string, schema: Schema): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const step of stepsOf(place)) {
    at = step.startsWith("[") ? at?.items : at?.properties?.[step];
  }
  return at;
}

/** The steps of a place: `multi_prompt`, `[1]`, `prompt`. */
export const stepsOf = (place: string): readonly string[] =>
  place.match(/\[[0-9]+\]|[^.[\]]+/g) ?? [];
