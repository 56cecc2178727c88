/** Files and links become attachments; what is wrong with them is said at once. */

import { here, isOurs } from "../api/address";
import { said } from "../api/client";
import { type Attachment, attach, change, type Media } from "../workbench/attachment";
import { linkName } from "./names";
import { probeAddress, probeFile } from "./probe";
import { keep } from "./uploads";

/** Ids of attachments that are still being looked into. */
const looking = new Map<string, Promise<void>>();

/** Resolves when an attachment was looked into, whatever came of it. */
export const lookedInto = (id: string): Promise<void> => looking.get(id) ?? Promise.resolve();

/** An attachment of a file of this device; it is looked into, and is not sent yet. */
export function takeFile(media: Media, file: File): Attachment {
  const { value: one } = attach(media, file.name, { view: URL.createObjectURL(file) });
  const look = probeFile(file, media).then(({ sniffed, probe }) => {
    keep(one.id, file, sniffed.suffix);
    change(one.id, { probe });
  });
  return follow(one, look);
}

/** An attachment of a web address. Only files of this server can be shown and looked into. */
export function takeLink(media: Media, url: string): Attachment {
  const bare = url.replace(/#.*$/, "");
  const view = isOurs(bare) ? here(bare) : null;
  const { value: one } = attach(media, linkName(bare), { url: bare, view });
  if (view === null) return one;
  const look = probeAddress(view, media).then((found) => {
    // Its own name for itself is not always the one that the page knows it by.
    if (found) change(one.id, { probe: found.probe, url: view });
    else change(one.id, { view: null }); // it only looks like one of ours
  });
  return follow(one, look);
}

function follow(one: Attachment, look: Promise<void>): Attachment {
  const whole = look
    .catch((error: unknown) => change(one.id, { error: said(error) }))
    .finally(() => looking.delete(one.id));
  looking.set(one.id, whole);
  return one;
}
