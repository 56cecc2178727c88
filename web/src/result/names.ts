/** What a downloaded result is called. */

import type { Generation } from "../generations/generations";

/** Letters of the prompt that a name keeps. */
const MOST = 48;

/** A name that says what it is, in letters that every file system takes: `make-it-snow-0e6f1c4a.mp4`. */
export function fileName({ prompt, model, generation_id }: Generation): string {
  const words = (prompt || model)
    .normalize("NFC")
    .toLowerCase()
    .replace(/\ufe0f/g, "") // says of the letter before that it is a picture
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-");
  const short = [...words]
    .slice(0, MOST)
    .join("")
    .replace(/^-+|-+$/g, "");
  return `${short || "result"}-${generation_id.slice(0, 8)}.mp4`;
}
