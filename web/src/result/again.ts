/** What can be done with a result: ask for it again, change the request, go on from it. */

import { address, here, isOurs } from "../api/address";
import { nameIn } from "../elements/names";
import { lookedInto, takeLink } from "../footage/take";
import { enqueue, type Generation } from "../generations/generations";
import { type Model, modelOf, models, type Schema } from "../models/models";
import { go } from "../route";
import { namespace } from "../session/session";
import { type Attachment, attachment, change } from "../workbench/attachment";
import { errors, fill, parameters, type Values } from "../workbench/draft";
import { takeUp } from "../workbench/kept";
import { show } from "../workbench/run";
import { lasting, stretch } from "./clips";
import { requestOf, without } from "./request";

/** Ask for the same with another seed, and put it on the stage. Throws ApiError. */
export async function runAgain(row: Generation): Promise<void> {
  const { body } = requestOf(row, modelOf(row.model), namespace());
  show(await enqueue(without(body, "seed")));
  go({ page: "workbench" });
}

/** Fill the form with a generation's request; `wrong` is told next to the parameter that it names. */
export function editRequest(row: Generation, wrong: string | null = null): void {
  const model = modelOf(row.model);
  if (!model) return;
  const filled: Record<string, unknown> = {};
  for (const [name, schema] of parameters(model)) {
    const value = name === "seed" ? undefined : inForm(schema, row[name]);
    if (value !== undefined) filled[name] = value;
  }
  write(model, filled);
  if (wrong) errors.value = { [named(wrong, model)]: wrong };
}

/** Make the result the video of the form, for a model that takes one. */
export function asInput(row: Generation): void {
  const model = takesVideo(modelOf(row.model)) ?? models.value?.find((one) => takesVideo(one));
  if (!model || !row.result_url) return;
  const url = lasting(row.result_url, row.target_namespace);
  const { id } = takeLink("video", url);
  const more = row.prompt ? `: ${row.prompt}` : "";
  change(id, { name: `Result ${row.generation_id.slice(0, 8)}${more}`.slice(0, 80) });
  write(model, { input_video: id });
}

function write(model: Model, filled: Values): void {
  takeUp(); // or what was left would come over it
  show([]);
  fill(model.id, filled);
  go({ page: "workbench" });
}

const takesVideo = (model: Model | undefined): Model | undefined =>
  model?.request_schema.properties?.["input_video"] ? model : undefined;

/** A value of a request as the form holds it: media are ids of attachments. */
function inForm(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null || value === "") return undefined;
  const media = schema.renderType ?? schema.items?.renderType;
  const kind = media === "video-url" ? "video" : "image";
  const listed = Array.isArray(value) ? value : [value];
  if (schema.renderType) return linked(kind, listed[0])?.id;
  if (media) return listed.map((url) => linked(kind, url)?.id).filter((id) => id !== undefined);
  if (schema.items?.properties?.["frontal_image_url"]) return listed.map(elementInForm);
  return value;
}

function elementInForm(told: unknown, index: number): unknown {
  const { frontal_image_url, reference_image_urls } = (told ?? {}) as Record<string, unknown>;
  const angles = Array.isArray(reference_image_urls)
    ? reference_image_urls
    : [reference_image_urls];
  return {
    name: nameIn(String(frontal_image_url)) ?? `Element ${index + 1}`,
    frontal: linked("image", frontal_image_url)?.id ?? null,
    angles: angles.map((url) => linked("image", url)?.id).filter((id) => id !== undefined),
  };
}

/** An attachment of an address in a request; none for a data: address, of which the row has but the beginning. */
function linked(media: "video" | "image", url: unknown): Attachment | undefined {
  if (typeof url !== "string" || !/^https?:/i.test(url)) return undefined;
  const [bare = "", fragment = ""] = url.split("#");
  const one = takeLink(media, isOurs(bare) ? here(bare) : bare);
  const { start, end } = stretch(fragment);
  if (media === "video" && (start !== null || end !== null)) {
    trim(one.id, start ?? 0, end).catch(() => undefined);
  }
  return one;
}

/** Use a stretch of an attachment; without an end, to that of the clip, once it is known. */
async function trim(id: string, start: number, end: number | null): Promise<void> {
  if (end === null) await lookedInto(id);
  const until = end ?? attachment(id)?.value.probe?.length;
  if (until != null) change(id, { trim: { start, end: until } });
}

/** The parameter that the server's sentence begins with; "" where it names none. */
function named(sentence: string, model: Model): string {
  const [, name = ""] = /^(\w+)\b/.exec(sentence) ?? [];
  return name in (model.request_schema.properties ?? {}) ? name : "";
}

/** Where the API is, as programs call it. */
export const host = (): string => address("").replace(/\/$/, "");
