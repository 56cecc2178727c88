/** What is known of a file, in one line. */

import { bytes, seconds } from "../ui/format";
import type { Attachment, Probe } from "../workbench/attachment";

/** `1280 × 720 · 30 fps · 22.4 s · sound · 3.4 MB`; what nobody knows is said to be so. */
export function facts({ media, probe, url, view }: Attachment): string {
  if (!probe) return unknown(url !== null && view === null);
  const { width, height, length, sound } = probe;
  const parts = [`${width} × ${height}`];
  if (media === "video") {
    parts.push(rate(probe), length === null ? "length cannot be told here" : clock(length));
    if (sound !== null) parts.push(sound ? "sound" : "no sound");
  }
  if (probe.bytes !== null) parts.push(bytes(probe.bytes));
  return parts.filter(Boolean).join(" · ");
}

function unknown(elsewhere: boolean): string {
  return elsewhere
    ? "On another server: its size and length cannot be told here."
    : "Its size and length cannot be told here; the server looks into it.";
}

function rate({ rate, varies }: Probe): string {
  if (rate === null) return "";
  return `${varies ? "about " : ""}${Number(rate.toFixed(2))} fps`;
}

/** Seconds to a tenth below a minute: `22.4 s`. */
export const clock = (time: number): string =>
  time < 59.95 ? `${time.toFixed(1)} s` : seconds(time);
