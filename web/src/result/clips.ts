/** What the player shows of a generation. */

import { here, isOurs } from "../api/address";
import type { Generation } from "../generations/generations";
import type { Clip } from "../player/player";

/** The result of a generation as a clip. */
export function afterOf(row: Generation, name = "After"): Clip | null {
  return row.result_url && !row.deleted_at
    ? { url: lasting(row.result_url, row.target_namespace), name }
    : null;
}

/** The input video of a generation as a clip; null where it had none that the page can show. */
export function beforeOf(row: Generation): Clip | null {
  const told = row["input_video"];
  if (typeof told !== "string" || !/^https?:/i.test(told)) return null;
  const [bare = "", fragment = ""] = told.split("#");
  if (!isOurs(bare)) return null;
  const { start, end } = stretch(fragment);
  return { url: lasting(bare, row.target_namespace), name: "Before", start, end };
}

/** Why the input video is not shown, where there is one and it is not. */
export function noBefore(row: Generation): string | null {
  const told = row["input_video"];
  if (typeof told !== "string" || beforeOf(row)) return null;
  return /^data:/i.test(told)
    ? "The video it was made of came inside the request and is not kept, so there is nothing to compare with."
    : "The video it was made of lies on another server, from which this page may load nothing.";
}

/** The address of a still frame of a clip of this server. */
export function stillOf({ url }: Clip, seconds: number): string {
  const address = new URL(url);
  address.searchParams.set("thumbnail", "true");
  address.searchParams.set("width", "1024");
  address.searchParams.set("timestamp", seconds.toFixed(3));
  return address.href;
}

/**
 * An address that is good as long as somebody is signed in: without its signature, which expires, where the
 * file is of the namespace whose generation this is.
 */
export function lasting(url: string, namespace: string): string {
  const ours = here(url);
  if (!isOurs(url)) return url;
  const address = new URL(ours);
  const owner = /\/api\/repos\/([^/]+)\//.exec(address.pathname)?.[1];
  if (owner !== encodeURIComponent(namespace)) return ours;
  address.searchParams.delete("expires");
  address.searchParams.delete("oxen_signature");
  return address.href;
}

/** Seconds that a fragment such as `t=3,12.5` names; null: the file's own beginning or end. */
export function stretch(fragment: string): { start: number | null; end: number | null } {
  const named = fragment.split("&").filter((part) => part.startsWith("t="));
  const told = decoded(named.at(-1)?.slice(2) ?? "").replace(/^npt:/, "");
  const [start, end] = told.split(",").map(seconds);
  return { start: start ?? null, end: end ?? null };
}

function seconds(text: string): number | null {
  if (!/^[\d:.]+$/.test(text)) return null;
  const value = text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number.isFinite(value) ? value : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign of its own
  }
}
