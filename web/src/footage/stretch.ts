/** Which frames of a clip are used, and how far the ends may be moved. */

import type { MediaLimits } from "../models/models";
import type { Probe } from "../workbench/attachment";
import { lengths, type Trim } from "./fits";

/** A clip as a line of frames. */
export interface Line {
  readonly frames: number;
  readonly rate: number;
  /** Frames that a stretch may have. */
  readonly least: number;
  readonly most: number;
  /** The same in seconds, as the model means it. */
  readonly limits: string;
}

/** Frames from `start` up to `end`, which is not among them. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A move of an end, and why it did not go as far as it was to; null where it did. */
export interface Move {
  readonly to: Stretch;
  readonly because: string | null;
}

/** Frames a second that a clip is measured in whose own nobody knows. */
const OTHERWISE = 25;
/** A millionth of a frame: what floating point may lose. */
const GRACE = 1e-6;

/** The line of a clip; null where its length is not known. */
export function lineOf(probe: Probe | null, limits: MediaLimits | undefined): Line | null {
  if (!probe?.length) return null;
  const rate = probe.rate ?? OTHERWISE;
  const frames = probe.frames ?? Math.max(1, Math.round(probe.length * rate));
  const { min_seconds: least = 0, max_seconds: most = Number.POSITIVE_INFINITY } = limits ?? {};
  return {
    frames,
    rate,
    least: Math.min(frames, Math.max(1, Math.ceil(least * rate - GRACE))),
    most: Math.min(frames, Math.floor(most * rate + GRACE)),
    limits: lengths(limits ?? {}),
  };
}

export function stretchOf(trim: Trim | null, line: Line): Stretch {
  if (!trim) return { start: 0, end: line.frames };
  const end = between(Math.round(trim.end * line.rate), 1, line.frames);
  return { start: between(Math.round(trim.start * line.rate), 0, end - 1), end };
}

/** Seconds; null for the whole clip. */
export function trimOf({ start, end }: Stretch, { frames, rate }: Line): Trim | null {
  if (start === 0 && end === frames) return null;
  return { start: start / rate, end: end / rate };
}

/** What is used of a clip that is too long before anybody chose; null where nothing needs choosing. */
export function firstTrim(line: Line, limits: MediaLimits | undefined): Trim | null {
  if (line.most >= line.frames) return null;
  // 15.05 s is what a model bears, 15 s what it means.
  const meant = Math.floor((limits?.max_seconds ?? 0) * 10 + GRACE) / 10;
  const end = between(Math.floor(meant * line.rate + GRACE), line.least, line.most);
  return trimOf({ start: 0, end }, line);
}

export function withStart({ end }: Stretch, to: number, line: Line): Move {
  const wanted = between(Math.round(to), 0, line.frames);
  const start = between(wanted, Math.max(0, end - line.most), Math.max(0, end - line.least));
  return { to: { start, end }, because: start === wanted ? null : reason(start > wanted, line) };
}

export function withEnd({ start }: Stretch, to: number, line: Line): Move {
  const wanted = between(Math.round(to), 0, line.frames);
  const most = Math.min(line.frames, start + line.most);
  const end = between(wanted, Math.min(line.frames, start + line.least), most);
  return { to: { start, end }, because: end === wanted ? null : reason(end < wanted, line) };
}

const reason = (long: boolean, { limits }: Line): string =>
  `No ${long ? "longer" : "shorter"}: this model takes ${limits}.`;

/** An end where somebody put it, though the other one must come along. */
export function put(
  end: "start" | "end",
  { start, end: stop }: Stretch,
  to: number,
  line: Line,
): Move {
  const move = end === "start" ? withStart : withEnd;
  const done = move({ start, end: stop }, to, line);
  if (done.because === null) return done;
  const by = to - (end === "start" ? start : stop);
  return move(slid({ start, end: stop }, by, line), to, line);
}

/** The same length elsewhere. */
export function slid({ start, end }: Stretch, by: number, line: Line): Stretch {
  const step = between(Math.round(by), -start, line.frames - end);
  return { start: start + step, end: end + step };
}

/** Seconds that somebody typed, `12.5` or `1:02,5`; null for what is none. */
export function typed(text: string): number | null {
  const found = /^\s*(?:(\d{1,4}):)?(\d{1,6}(?:[.,]\d{0,6})?)\s*s?\s*$/.exec(text);
  if (!found) return null;
  return Number(found[1] ?? 0) * 60 + Number((found[2] ?? "").replace(",", "."));
}

const between = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
