/** A video or an image that a request will name: where it comes from, and how far its upload is. */

import { type Signal, signal } from "@preact/signals";
import { unique } from "../ui/unique";

export type Media = "video" | "image";

/** What is known of a file before the server saw it. */
export interface Probe {
  width: number;
  height: number;
  bytes: number | null;
  /** Seconds; null for an image, and where nobody could tell. */
  length: number | null;
  /** Frames a second; null as `length`. */
  rate: number | null;
  /** Whether frames stand for different times, so that `rate` is their average. */
  varies?: boolean;
  frames: number | null;
  /** Whether there is sound; null where nobody could tell. */
  sound: boolean | null;
  /** As the container calls it: `avc1`, `hvc1`. */
  codec: string | null;
}

export interface Attachment {
  readonly id: string;
  readonly media: Media;
  /** The file's own name, or the last part of the link. */
  readonly name: string;
  /** The address that a request names, once the file is there; without a `#t=`. */
  readonly url: string | null;
  /** What the page can show of it: a blob: address, or one of this server; null for a file elsewhere. */
  readonly view: string | null;
  readonly probe: Probe | null;
  /** 0 to 1 while it is uploaded; null before and after. */
  readonly upload: number | null;
  /** Seconds; what of it is used. */
  readonly trim: { readonly start: number; readonly end: number } | null;
  /** Why it cannot be used, in words. */
  readonly error: string | null;
}

/** Attachments by their ids: whoever reads one in a component sees it change. */
const all = new Map<string, Signal<Attachment>>();

export const attachment = (id: string): Signal<Attachment> | undefined => all.get(id);

/** A new one. What it can be used for is told later, by `change`. */
export function attach(
  media: Media,
  name: string,
  more: Partial<Attachment> = {},
): Signal<Attachment> {
  const made = signal<Attachment>({
    id: unique(),
    media,
    name,
    url: null,
    view: null,
    probe: null,
    upload: null,
    trim: null,
    error: null,
    ...more,
  });
  all.set(made.value.id, made);
  return made;
}

export function change(id: string, to: Partial<Attachment>): void {
  const there = all.get(id);
  if (!there) return; // removed meanwhile
  there.value = { ...there.value, ...to };
}

/** Let go of one and of the memory its view holds. */
export function detach(id: string): void {
  const view = all.get(id)?.value.view;
  if (view?.startsWith("blob:")) URL.revokeObjectURL(view);
  all.delete(id);
}

/** The address to put into a request, with the stretch that is used; null until it is there. */
export function addressOf(one: Attachment): string | null {
  if (one.url === null) return null;
  return one.trim ? `${one.url}#t=${round(one.trim.start)},${round(one.trim.end)}` : one.url;
}

/** Down to the millisecond: a stretch holds the frames that begin in it, and rounding up would lose its first. */
const round = (seconds: number): number => Math.floor(seconds * 1000 + 1e-3) / 1000;
