/** What is wrong with a request, as far as can be told before it is sent. */

import { problems as footageProblems } from "../footage/fits";
import { limitsOf } from "../footage/media";
import type { MediaLimits, RequestSchema, Schema } from "../models/models";
import { dangling, label, type Mention } from "../prompt/mentions";
import { countsOf, groupsOf } from "../prompt/references";
import { attachment } from "../workbench/attachment";
import { type Errors, idsIn, type Values } from "../workbench/draft";
import { kindOf } from "./kind";
import { needed } from "./sentences";

/** Every parameter, or place within one, that the server would refuse, and why. */
export function problems(schema: RequestSchema, from: Values): Errors {
  const found: Record<string, string> = {};
  const add = (place: string, text: string | null): void => {
    if (text && !(place in found)) found[place] = text;
  };
  for (const name of schema.required ?? []) {
    if (isEmpty(from[name])) add(name, needed(name, schema));
  }
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    add(name, mediaProblem(part, from[name]));
    for (const [place, text] of within(name, name, part, from[name])) add(place, text);
  }
  for (const rule of RULES) for (const [place, text] of rule(schema, from)) add(place, text);
  return found;
}

/** Whether nothing is given: nothing but spaces is nothing. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === "string" && !value.trim()) ||
  (Array.isArray(value) && !value.length);

function mediaProblem(schema: Schema, value: unknown): string | null {
  for (const id of idsIn(schema, value)) {
    const one = attachment(id)?.value;
    if (!one) continue;
    const [first] = footageProblems(one, limitsIn(schema));
    if (first) return first;
    if (one.url === null) return `${one.name} is still being uploaded.`;
  }
  return null;
}

/** Those of the media, however deep: an element's are in its images. */
const limitsIn = (schema: Schema): MediaLimits | undefined =>
  limitsOf(schema) ?? schema.items?.properties?.["frontal_image_url"]?.["x-limits"];

/** What the schema alone says of a value, and of the parts of one. */
function within(place: string, name: string, schema: Schema, value: unknown): [string, string][] {
  if (value === undefined || value === null || value === "") return [];
  switch (kindOf(name, schema)) {
    case "number":
    case "seed":
      return told(place, numberProblem(schema, value));
    case "text":
    case "long-text":
    case "prompt":
      return told(place, textProblem(schema, value));
    case "choice":
      return told(place, schema.enum?.some((one) => one === value) ? null : "Choose one of these.");
    case "objects":
    case "list":
      return [
        ...told(place, listProblem(schema, value)),
        ...(value as readonly unknown[]).flatMap((one, index) =>
          within(`${place}[${index}]`, "", schema.items ?? {}, one),
        ),
      ];
    case "object":
      return parts(place, schema, value as Record<string, unknown>);
    case "elements":
    case "media-list":
    case "choices":
      return told(place, listProblem(schema, value));
    default:
      return [];
  }
}

function parts(place: string, schema: Schema, value: Record<string, unknown>): [string, string][] {
  const missing = (schema.required ?? []).filter((name) => isEmpty(value[name]));
  return [
    ...missing.map((name): [string, string] => [
      `${place}.${name}`,
      name === "prompt" ? "Say in words what this one shows." : "This is needed.",
    ]),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
      within(`${place}.${name}`, name, part, value[name]),
    ),
  ];
}

const told = (place: string, text: string | null): [string, string][] =>
  text ? [[place, text]] : [];

function numberProblem(schema: Schema, value: unknown): string | null {
  const { minimum, maximum, exclusiveMaximum } = schema;
  if (typeof value !== "number" || !Number.isFinite(value)) return "This must be a number.";
  if (schema.type === "integer" && !Number.isInteger(value)) return "This must be a whole number.";
  if (value >= (minimum ?? value) && value <= (maximum ?? value)) {
    return value < (exclusiveMaximum ?? Infinity) ? null : `It must be below ${exclusiveMaximum}.`;
  }
  if (maximum === undefined) return `It must be ${minimum} or more.`;
  return minimum === undefined
    ? `It must be ${maximum} or less.`
    : `It must be from ${minimum} to ${maximum}.`;
}

/** Letters as the server counts them. */
export const letters = (text: string): number => [...text].length;

function textProblem({ maxLength }: Schema, value: unknown): string | null {
  const much = letters(String(value)) - (maxLength ?? Infinity);
  return much > 0
    ? `${much} ${much === 1 ? "letter" : "letters"} too many; ${maxLength} are taken.`
    : null;
}

function listProblem({ maxItems, minItems }: Schema, value: unknown): string | null {
  const count = (value as readonly unknown[]).length;
  if (count > (maxItems ?? count)) return `${maxItems} are taken at most; these are ${count}.`;
  return count && count < (minItems ?? 0) ? `${minItems} are needed at least.` : null;
}

type Rule = (schema: RequestSchema, from: Values) => [string, string][];

/** What parameters must keep to among each other, in the words of the server's own rules. */
const RULES: readonly Rule[] = [
  function mentionsPointAtSomething(schema, from) {
    const groups = groupsOf(schema, from);
    const counts = countsOf(groups);
    const of = (place: string, text: unknown): [string, string][] =>
      typeof text === "string"
        ? dangling(text, counts)
            .slice(0, 1)
            .map((one) => [place, nothingThere(one, counts[one.kind])])
        : [];
    const lists = Object.entries(schema.properties ?? {}).filter(
      ([, part]) => part.items?.properties?.["prompt"],
    );
    return [
      ...of("prompt", from["prompt"]),
      ...lists.flatMap(([name]) =>
        ((from[name] ?? []) as readonly { prompt?: unknown }[]).flatMap((shot, index) =>
          of(`${name}[${index}].prompt`, shot.prompt),
        ),
      ),
    ];
  },
  function promptOrShots({ properties = {} }, from) {
    if (!properties["multi_prompt"]) return [];
    const [text, shots] = [!isEmpty(from["prompt"]), !isEmpty(from["multi_prompt"])];
    if (text && shots)
      return [["prompt", "Either a prompt or shots, not both: empty this, or remove the shots."]];
    return text || shots ? [] : [["prompt", "Say in words what you want to see, or add shots."]];
  },
  function shotsInTime({ properties = {} }, from) {
    const { minimum = 0, maximum = Number.POSITIVE_INFINITY } = properties["duration"] ?? {};
    const total = secondsOf(properties["multi_prompt"], from["multi_prompt"]);
    if (total === null || (total >= minimum && total <= maximum)) return [];
    const bound = total > maximum ? `${maximum} s are the most` : `${minimum} s are the least`;
    return [["multi_prompt", `The shots take ${total} s together; ${bound}.`]];
  },
  function notTooManyReferences(schema, from) {
    const most = schema["x-max-references"];
    const groups = groupsOf(schema, from).filter(({ kind }) => kind !== "video");
    const count = groups.reduce((sum, { ids }) => sum + ids.length, 0);
    const place = groups.findLast(({ ids }) => ids.length)?.field;
    if (most == null || count <= most || !place) return [];
    return [[place, `Images and elements together may be ${most}; these are ${count}.`]];
  },
  function noElementsWhereTheImageLeads({ properties = {} }, from) {
    if (!properties["character_orientation"] || from["character_orientation"] !== "image")
      return [];
    if (isEmpty(from["elements"])) return [];
    return [["elements", "Elements go with the orientation “Video” only."]];
  },
  function nothingOfFilmsInAnEdit({ properties = {} }, from) {
    if (!properties["video_mode"] || isEmpty(from["input_video"])) return [];
    const text = "This goes with the video mode “Reference”, or without a video.";
    const edits = (from["video_mode"] ?? properties["video_mode"].default) === "edit";
    const frames = ["start_image_url", "tail_image_url"].filter((name) => !isEmpty(from[name]));
    return [
      ...(edits ? frames.map((name): [string, string] => [name, text]) : []),
      ...(from["generate_audio"] === true
        ? ([["generate_audio", "No sound is made where there is a video."]] as [string, string][])
        : []),
    ];
  },
  function lastFrameNeedsFirst({ properties = {} }, from) {
    if (!properties["start_image_url"] || isEmpty(from["tail_image_url"])) return [];
    if (!isEmpty(from["start_image_url"])) return [];
    return [["start_image_url", "A last frame needs a first frame as well."]];
  },
];

/** What to tell of a mention that points at nothing. */
export function nothingThere(one: Mention, count: number | undefined): string {
  const written = label(one.kind, one.number);
  if (one.number === 0) return `${written} meant ${an(one.kind)} that was removed.`;
  if (count === undefined) return `${written}: this model takes no ${one.kind}s.`;
  if (count === 0) return `${written} points at nothing: there is no ${one.kind} yet.`;
  return `${written} points at nothing: there ${count === 1 ? `is one ${one.kind}` : `are ${count} ${one.kind}s`}.`;
}

const an = (kind: string): string => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;

/** How long the shots are together, with the default where one does not say; null where there are none. */
export function secondsOf(schema: Schema | undefined, shots: unknown): number | null {
  const each = schema?.items?.properties?.["duration"];
  if (!each || !Array.isArray(shots) || !shots.length) return null;
  return shots.reduce(
    (sum: number, shot: { duration?: unknown }) => sum + Number(shot.duration ?? each.default ?? 0),
    0,
  );
}
