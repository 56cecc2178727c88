/** Attachments as they outlast a reload. */

import { address, here, isOurs } from "../api/address";
import { ApiError, send } from "../api/client";
import { type Attachment, attach, change, type Media, type Probe } from "../workbench/attachment";
import type { Trim } from "./fits";

/** What is written down of one: JSON. */
export interface Saved {
  readonly id: string;
  readonly media: Media;
  readonly name: string;
  readonly url: string | null;
  readonly probe: Probe | null;
  readonly trim: Trim | null;
}

export function saved({ id, media, name, url, probe, trim }: Attachment): Saved {
  return { id, media, name, url, probe, trim };
}

/** The attachment again, under its id; null for what was never written by `saved`. */
export function restore(from: unknown): Attachment | null {
  if (!isSaved(from)) return null;
  const { id, media, name, url, probe, trim } = from;
  const ours = url !== null && isOurs(url);
  const { value: one } = attach(media, name, {
    id,
    url,
    probe,
    trim,
    view: ours ? here(url) : null,
    error: url === null ? `The upload of ${name} was cut off. Choose the file again.` : null,
  });
  if (ours) lookWhetherThere(one, here(url));
  return one;
}

/** Files can be removed meanwhile. */
async function lookWhetherThere({ id, name }: Attachment, view: string): Promise<void> {
  try {
    await send(view.slice(address("").length), { method: "HEAD" });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      change(id, { url: null, view: null, error: `${name} is no longer on this server.` });
    }
  }
}

function isSaved(from: unknown): from is Saved {
  if (typeof from !== "object" || from === null) return false;
  const one = from as Partial<Record<keyof Saved, unknown>>;
  const isText = (what: unknown): boolean => typeof what === "string";
  return (
    isText(one.id) &&
    (one.media === "video" || one.media === "image") &&
    isText(one.name) &&
    (one.url === null || isText(one.url)) &&
    typeof one.probe === "object" &&
    typeof one.trim === "object"
  );
}
