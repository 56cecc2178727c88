/** The elements that somebody keeps: a folder each in the repository `elements`. */

import { signal } from "@preact/signals";
import { address, folder, here, isOurs } from "../api/address";
import { ApiError, ask, send } from "../api/client";
import { namespace } from "../session/session";
import { type Attachment, attach } from "../workbench/attachment";
import type { ElementValue } from "../workbench/draft";
import { fileName, filesOf, listPath, pathOf, suffixOf, tidy } from "./names";

export interface Element {
  readonly name: string;
  /** Names of its files: the front first. */
  readonly files: readonly string[];
}

/** In the order of their names; null until they are known. */
export const elements = signal<readonly Element[] | null>(null);

interface Listing {
  entries: readonly { filename: string; is_dir: boolean }[];
  total_pages: number;
}

/** Fetch the list anew. Throws ApiError. */
export async function lookAtElements(): Promise<void> {
  const folders = (await listed("")).filter(({ is_dir }) => is_dir);
  const all = await Promise.all(
    folders.map(async ({ filename: name }) => {
      const files = filesOf((await listed(name)).map((one) => one.filename));
      return files && { name, files };
    }),
  );
  const whole = all.filter((one) => one !== null);
  elements.value = whole.sort((a, b) => a.name.localeCompare(b.name));
}

/** What is in a folder; nothing where there is none. */
async function listed(name: string): Promise<Listing["entries"]> {
  const entries = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    try {
      const told = await ask<Listing>(listPath(namespace(), name, page));
      entries.push(...told.entries);
      pages = told.total_pages;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) break; // nothing was ever kept
      throw error;
    }
  }
  return entries;
}

/** A picture of one of its files, no larger than `width` pixels. */
export function pictureOf(one: Element, file = one.files[0] ?? "", width = 320): string {
  return `${address(pathOf(namespace(), one.name, file))}?thumbnail=true&width=${width}`;
}

/** Keep an element made of images that are on this server, the front first. Throws ApiError. */
export async function keep(name: string, images: readonly Attachment[]): Promise<Element> {
  const clean = tidy(name);
  const files = images.map((one, place) => fileName(place, suffixOf(one.url ?? one.name)));
  const from = images.map(({ url, name: image }) => {
    if (!url || !isOurs(url))
      throw new Error(`${image} is not on this server. Upload it as a file.`);
    return pathIn(url);
  });
  await copyAll(clean, files, from);
  await lookAtElements();
  return { name: clean, files };
}

/** The path of a file of ours, such as `send` takes it. */
export const pathIn = (url: string): string => here(url).slice(folder().length);

/** Give an element another name. Throws ApiError; then the old one is still there. */
export async function rename(one: Element, to: string): Promise<Element> {
  const clean = tidy(to);
  await copyAll(
    clean,
    one.files,
    one.files.map((file) => pathOf(namespace(), one.name, file)),
  );
  await removeFiles(one.name, one.files);
  await lookAtElements();
  return { ...one, name: clean };
}

/** Remove an element with its images. Throws ApiError. */
export async function remove(one: Element): Promise<void> {
  await removeFiles(one.name, one.files);
  await lookAtElements();
}

/** All of the files, or none of them: the front comes last, for it makes a folder an element. */
async function copyAll(
  name: string,
  files: readonly string[],
  from: readonly string[],
): Promise<void> {
  const done: string[] = [];
  try {
    for (const [place, file] of [...files.entries()].reverse()) {
      const content = await (await send(from[place] ?? "")).blob();
      await send(pathOf(namespace(), name, file), { method: "PUT", body: content });
      done.push(file);
    }
  } catch (error) {
    await removeFiles(name, done).catch(() => undefined); // the first trouble is the one to tell
    throw error;
  }
}

/** The front goes first, so that no half of an element is left on the list. */
async function removeFiles(name: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await send(pathOf(namespace(), name, file), { method: "DELETE" });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
}

/** The element as a request has it. */
export function chosen(one: Element): ElementValue {
  const [frontal = null, ...angles] = one.files.map((file) => {
    const url = address(pathOf(namespace(), one.name, file));
    const view = pictureOf(one, file);
    return attach("image", `${one.name}, ${file.replace(/\..*$/, "")}`, { url, view }).value.id;
  });
  return { name: one.name, frontal, angles };
}
