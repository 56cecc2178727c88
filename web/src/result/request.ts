/** The request that a generation's row came of. */

import type { Generation } from "../generations/generations";
import type { Model } from "../models/models";
import { parameters } from "../workbench/draft";

export interface Request {
  /** What to send to ask for the same. */
  body: Record<string, unknown>;
  /** Parameters of which the row keeps only the beginning: files that were sent inside the request. */
  lost: string[];
}

/** Where a result goes unless a request says otherwise. */
const HOME = "playground";

/**
 * The parameters of a row that the model knows, and nothing that is the row's own.
 *
 * `namespace` is who asks. The seed is the row's, whether the request named it or it was drawn.
 */
export function requestOf(row: Generation, model: Model | undefined, namespace: string): Request {
  const body: Record<string, unknown> = { model: row.model };
  const lost: string[] = [];
  for (const [name] of model ? parameters(model) : []) {
    const value = row[name];
    if (isEmpty(value)) continue;
    if (isCutOff(value)) lost.push(name);
    body[name] = value;
  }
  if (namespace && row.target_namespace !== namespace)
    body["target_namespace"] = row.target_namespace;
  if (row.target_repo !== HOME) body["target_repo"] = row.target_repo;
  if (row.target_directory) body["target_directory"] = row.target_directory;
  return { body, lost };
}

/** The same with another seed, and so another video. */
export function without(body: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([each]) => each !== name));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0);

/** Whether a value, or anything in it, is a data: address, of which rows repeat only the beginning. */
function isCutOff(value: unknown): boolean {
  if (typeof value === "string") return /^data:/i.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(isCutOff);
}
