/** Whether a file is within a model's limits, in words that name the limit and the value. */

import type { MediaLimits } from "../models/models";
import { bytes } from "../ui/format";
import type { Attachment, Media, Probe } from "../workbench/attachment";

export interface Trim {
  readonly start: number;
  readonly end: number;
}

/** A frame's rounding, in seconds: what the server counts may differ by so much from what we do. */
const GRACE = 1e-3;

/**
 * What is wrong with a file, one sentence for each; none where it fits, or where nobody knows.
 *
 * With `trim`, length is that of the stretch.
 */
export function fits(
  probe: Probe | null,
  limits: MediaLimits | undefined,
  trim: Trim | null = null,
): string[] {
  if (!probe || !limits) return [];
  return [
    ...sizeFits(probe, limits),
    ...sidesFit(probe, limits),
    ...(trim ? stretchFits(trim, limits) : lengthFits(probe, limits)),
  ];
}

/** What is wrong with an attachment where a parameter has such limits. */
export function problems(one: Attachment, limits: MediaLimits | undefined): string[] {
  if (one.error) return [one.error];
  return fits(one.probe, limits, one.trim);
}

/** Whether only trimming stands between a file and its use: then it is worth its upload. */
export function worthUpload(probe: Probe | null, limits: MediaLimits | undefined): boolean {
  if (!probe || !limits) return true;
  const tooShort = probe.length !== null && probe.length < (limits.min_seconds ?? 0) - GRACE;
  return !tooShort && !sizeFits(probe, limits).length && !sidesFit(probe, limits).length;
}

function sizeFits(probe: Probe, { max_bytes: most }: MediaLimits): string[] {
  if (most === undefined || probe.bytes === null || probe.bytes <= most) return [];
  return [`This file has ${bytes(probe.bytes)}; this model takes up to ${bytes(most)}.`];
}

function sidesFit({ width, height }: Probe, limits: MediaLimits): string[] {
  const { min_side: least = 0, max_side: most = Number.POSITIVE_INFINITY } = limits;
  if (Math.min(width, height) >= least && Math.max(width, height) <= most) return [];
  return [
    `The picture is ${width} × ${height} pixels; this model takes ${sides(limits)} on each side.`,
  ];
}

function lengthFits({ length }: Probe, limits: MediaLimits): string[] {
  if (length === null) return [];
  const way = beyond(length, limits);
  if (way === 0) return [];
  const advice = way > 0 ? " Trim it below." : "";
  return [
    `This clip is ${told(length, limits)} long; this model takes ${lengths(limits)}.${advice}`,
  ];
}

function stretchFits({ start, end }: Trim, limits: MediaLimits): string[] {
  const way = beyond(end - start, limits);
  if (way === 0) return [];
  const advice = way > 0 ? "Make it shorter." : "Make it longer.";
  return [
    `The stretch is ${told(end - start, limits)} long; this model takes ${lengths(limits)}. ${advice}`,
  ];
}

/** Above the limits 1, below -1, within 0. */
export function beyond(length: number, limits: MediaLimits): -1 | 0 | 1 {
  if (length > (limits.max_seconds ?? Number.POSITIVE_INFINITY) + GRACE) return 1;
  return length < (limits.min_seconds ?? 0) - GRACE ? -1 : 0;
}

/** Seconds to as many digits as it takes to see that they are beyond a limit. */
function told(length: number, limits: MediaLimits): string {
  const shown = [limits.min_seconds, limits.max_seconds && tenth(limits.max_seconds)];
  for (const digits of [1, 2, 3]) {
    const text = length.toFixed(digits);
    if (!shown.includes(Number(text))) return `${text} s`;
  }
  return `${length} s`;
}

/** Limits have a little more than they say, for the last frame's sake. */
const tenth = (seconds: number): number => Math.floor(seconds * 10) / 10;

/** The lengths that are taken: `3 to 15 s`. */
export function lengths({ min_seconds: least, max_seconds: most }: MediaLimits): string {
  if (most === undefined) return `at least ${least ?? 0} s`;
  return least === undefined ? `up to ${tenth(most)} s` : `${least} to ${tenth(most)} s`;
}

function sides({ min_side: least, max_side: most }: MediaLimits): string {
  if (most === undefined) return `at least ${least ?? 1}`;
  return least === undefined ? `up to ${most}` : `${least} to ${most}`;
}

/** The limits in one line, for a field that is empty. */
export function limitsTold(media: Media, limits: MediaLimits | undefined): string {
  if (!limits) return "";
  const parts = [];
  if (media === "video" && (limits.min_seconds ?? limits.max_seconds) !== undefined) {
    parts.push(lengths(limits));
  }
  if ((limits.min_side ?? limits.max_side) !== undefined)
    parts.push(`${sides(limits)} pixels a side`);
  if (limits.max_bytes !== undefined) parts.push(`up to ${bytes(limits.max_bytes)}`);
  return parts.join(" · ");
}
