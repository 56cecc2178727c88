/** Files on their way to the server: they go on whatever page is shown. */

import { signal } from "@preact/signals";
import { address } from "../api/address";
import { failed, said } from "../api/client";
import { namespace } from "../session/session";
import { attachment, change, detach } from "../workbench/attachment";
import { folderOf, nameOf, uploadPath } from "./names";

interface Waiting {
  readonly file: File;
  readonly suffix: string;
  /** Ends what is being done for it. */
  stop: (() => void) | null;
}

/** Files that were taken and are not on the server yet, by the ids of their attachments. */
const waiting = new Map<string, Waiting>();

/** What to say of an upload besides how far it is: that it waits, say. */
export const remarks = signal<Readonly<Record<string, string>>>({});

/** Seconds after which a broken connection is tried again by itself. */
const WAITS = [1, 4, 10] as const;
const BROKEN = "The connection broke while this file was sent.";

/** Keep a file until it is wanted on the server. */
export function keep(id: string, file: File, suffix: string): void {
  waiting.set(id, { file, suffix, stop: null });
}

/** Whether a file is here that the server has not. */
export const isWaiting = (id: string): boolean => waiting.has(id);

/** Send a file that is kept, unless it is on its way; the attachment tells how it goes. */
export async function upload(id: string): Promise<void> {
  const one = waiting.get(id);
  if (!one || one.stop) return;
  const path = uploadPath(
    namespace(),
    folderOf(new Date(), crypto.getRandomValues(new Uint32Array(2))),
    nameOf(one.file.name, one.suffix),
  );
  change(id, { upload: 0, error: null });
  for (const wait of [...WAITS, null]) {
    const answer = await send(id, one, path);
    if (answer === "stopped") return;
    if (answer === "done") return done(id, address(path));
    if (answer !== "broken") return gaveUp(id, one, answer);
    if (wait === null) break;
    remark(id, `The connection broke; trying again in ${wait} s.`);
    if (!(await pause(one, wait))) return;
    remark(id, null);
  }
  gaveUp(id, one, `${BROKEN} Try again when it is back.`);
}

/** End an upload; the file is kept, so that it can be sent after all. */
export function cancelUpload(id: string): void {
  const one = waiting.get(id);
  if (!one?.stop) return;
  one.stop();
  gaveUp(id, one, "The upload was cancelled.");
}

/** Forget an attachment, and end its upload. */
export function letGo(id: string): void {
  waiting.get(id)?.stop?.();
  waiting.delete(id);
  remark(id, null);
  detach(id);
}

function done(id: string, url: string): void {
  waiting.delete(id);
  remark(id, null);
  change(id, { upload: null, url });
}

function gaveUp(id: string, one: Waiting, error: string): void {
  one.stop = null;
  remark(id, null);
  change(id, { upload: null, error });
}

type Outcome = "done" | "broken" | "stopped" | (string & {});

/** PUT the file once; anything but the three words is what the server has against it. */
function send(id: string, one: Waiting, path: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address(path));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      if (attachment(id)?.value.upload != null) change(id, { upload: total ? loaded / total : 0 });
    };
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve("done");
      // A proxy whose server is being restarted says so.
      else if (status === 502 || status === 503 || status === 504) resolve("broken");
      else resolve(said(failed(status, responseText)));
    };
    request.onerror = () => resolve("broken");
    request.onabort = () => resolve("stopped");
    one.stop = () => request.abort();
    request.send(one.file);
  });
}

/** Wait so many seconds, or until the network is back; false when it was stopped meanwhile. */
function pause(one: Waiting, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (goOn: boolean): void => {
      clearTimeout(timer);
      removeEventListener("online", again);
      resolve(goOn);
    };
    const again = (): void => end(true);
    const timer = setTimeout(again, seconds * 1000);
    addEventListener("online", again);
    one.stop = () => end(false);
  });
}

function remark(id: string, words: string | null): void {
  const { [id]: _, ...others } = remarks.value;
  remarks.value = words === null ? others : { ...others, [id]: words };
}
