/** Which control a parameter is given: told by its schema alone, so that a new model needs no new code. */

import type { Schema } from "../models/models";

export type Kind =
  | "media"
  | "media-list"
  | "elements"
  | "seed"
  | "switch"
  | "choice"
  | "choices"
  | "number"
  | "text"
  | "prompt"
  | "long-text"
  | "objects"
  | "object"
  | "list"
  /** Whatever else a schema may come to: written as JSON. */
  | "json";

/** Letters from which on a text is written in a box of several lines. */
const LONG = 200;

/** The control for the parameter `name`; nested ones by the name within their object. */
export function kindOf(name: string, schema: Schema): Kind {
  if (schema.renderType) return "media";
  if (schema.enum) return "choice";
  switch (schema.type) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return name === "seed" ? "seed" : "number";
    case "string":
      if (name === "prompt") return "prompt";
      return (schema.maxLength ?? 0) >= LONG || /prompt|text$/.test(name) ? "long-text" : "text";
    case "array":
      return listOf(schema.items);
    case "object":
      return schema.properties ? "object" : "json";
    default:
      return "json";
  }
}

function listOf(items: Schema | undefined): Kind {
  if (!items) return "json";
  if (items.properties?.["frontal_image_url"]) return "elements";
  switch (kindOf("", items)) {
    case "media":
      return "media-list";
    case "choice":
      return "choices";
    case "object":
      return "objects";
    case "number":
    case "text":
    case "long-text":
      return "list";
    default:
      return "json";
  }
}

/** What the parameter is called on the page. */
export function titleOf(name: string, schema: Schema): string {
  if (schema.title) return schema.title;
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What one item of a list is called: `Shots` are made of `Shot 1`, `Shot 2`. */
export function itemOf(title: string): string {
  return title.replace(/([^s])s$/, "$1");
}

/** What a number counts, where that is plain: ` s` for seconds. */
export function unitOf(name: string, schema: Schema): string {
  return name === "duration" || /^seconds\b/i.test(schema.description ?? "") ? " s" : "";
}

/** How one of a choice is shown. */
export function optionOf(name: string, schema: Schema, option: string | number): string {
  if (typeof option === "number") return `${option}${unitOf(name, schema)}`;
  return /^[a-z]/.test(option) && !/[0-9]/.test(option)
    ? option.charAt(0).toUpperCase() + option.slice(1).replaceAll("_", " ")
    : option;
}

/** Whether somebody chose something else than the default; media and texts that are there count. */
export function differs(schema: Schema, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value) && !value.length && schema.default === undefined) return false;
  return JSON.stringify(value) !== JSON.stringify(schema.default);
}

/** Whether a value made for one schema is one for another: the same kind, and among what is taken. */
export function fits(name: string, from: Schema, to: Schema, value: unknown): boolean {
  if (kindOf(name, from) !== kindOf(name, to)) return false;
  if (to.enum) return to.enum.includes(value as string | number);
  if (from.enum || typeof value !== "number") return !from.enum;
  return value >= (to.minimum ?? value) && value <= (to.maximum ?? value);
}
