/** What was uploaded before: the files of the repository `clips`. */

import { address } from "../api/address";
import { ApiError, ask, type Schemas } from "../api/client";
import { namespace } from "../session/session";
import type { Media } from "../workbench/attachment";

export interface Kept {
  readonly name: string;
  /** Its address, as a request names it. */
  readonly url: string;
  readonly bytes: number;
  /** Unix seconds. */
  readonly modified: number;
}

type Entry = Schemas["FolderEntry"];
type Listing = Pick<Schemas["ListFolderAnswer"], "entries" | "total_pages">;

/** Entries of a page: each may be the folder of an upload, which takes a request to look into. */
const PAGE = 24;
/** Files that are worth showing; pages are read until there are so many. */
const ENOUGH = 12;

/**
 * Files of a kind, those of the latest uploads first, from a page on; `next` is the page to go on with,
 * null at the end. Throws ApiError.
 */
export async function keptFrom(
  media: Media,
  page: number,
): Promise<{ files: Kept[]; next: number | null }> {
  const files: Kept[] = [];
  for (let at = page; ; at++) {
    const { entries, total_pages: pages } = await listing("", at);
    const inside = await Promise.all(entries.map(below));
    files.push(
      ...inside
        .flat()
        .filter((one) => one.data_type === media)
        .map(keptOf),
    );
    const next = at < pages ? at + 1 : null;
    if (next === null || files.length >= ENOUGH) {
      return { files: files.sort((a, b) => b.modified - a.modified), next };
    }
  }
}

/** A file itself, or the latest ones of a folder. */
async function below(entry: Entry): Promise<Entry[]> {
  if (!entry.is_dir) return [entry];
  const { entries } = await listing(entry.resource.path, 1);
  return entries.filter((one) => !one.is_dir);
}

async function listing(folder: string, page: number): Promise<Listing> {
  const path = folder.split("/").map(encodeURIComponent).join("/");
  const query = `page=${page}&page_size=${PAGE}&reverse=true`; // uploads are named by their times
  try {
    return await ask<Listing>(`${ROOT()}/dir/main/${path}?${query}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { entries: [], total_pages: 0 };
    throw error;
  }
}

function keptOf({ filename, resource, size, last_modified: modified }: Entry): Kept {
  const path = resource.path.split("/").map(encodeURIComponent).join("/");
  return {
    name: filename,
    url: address(`${ROOT()}/file/main/${path}`),
    bytes: size ?? 0,
    modified: modified ? Date.parse(modified) / 1000 : 0,
  };
}

const ROOT = (): string => `api/repos/${encodeURIComponent(namespace())}/clips`;
