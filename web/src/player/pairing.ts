/** Which frames belong together: those of one number on the clock that all clips of a player share. */

import type { Timeline } from "./timeline";

/** A clip on the shared clock. */
export interface Lane {
  readonly timeline: Timeline;
  /** The first frame that is shown: where a stretch of a longer file begins. */
  readonly from: number;
  /** How many are shown from there on. */
  readonly length: number;
}

export interface Clock {
  /** Frames a second. */
  readonly rate: number;
  /** How many numbers it has: as many as the longest clip needs. */
  readonly length: number;
}

/** The frames between two moments of a file, seconds after its first frame; a null side is the file's own. */
export function lane(timeline: Timeline, start: number | null, end: number | null): Lane {
  const { frames } = timeline;
  const first = start === null ? 0 : firstFrom(timeline, start);
  const from = Math.min(first, frames - 1);
  const until = end === null ? frames : Math.min(frames, firstFrom(timeline, end));
  return { timeline, from, length: Math.max(1, until - from) };
}

/** The number of the first frame that begins at or after a moment, as the server cuts. */
function firstFrom(timeline: Timeline, seconds: number): number {
  const near = timeline.numberAt(seconds);
  return timeline.begin(near) >= seconds - 1e-5 ? near : near + 1;
}

/** The clock of clips of which the one at `lead` sets the rate. */
export function clockOf(lanes: readonly Lane[], lead: number): Clock {
  const rate = lanes[lead]?.timeline.rate ?? 30;
  const lengths = lanes.map((one) =>
    sameRate(one, rate) ? one.length : Math.ceil((one.length / one.timeline.rate) * rate - 0.01),
  );
  return { rate, length: Math.max(1, ...lengths) };
}

/** The frame of a clip's file that belongs to a number of the clock; past its end the last one stays. */
export function frameOf(one: Lane, clock: Clock, number: number): number {
  return one.from + Math.min(position(one, clock, number), one.length - 1);
}

/** Whether a clip is over before a number of the clock, so that its last frame stands there. */
export function isOver(one: Lane, clock: Clock, number: number): boolean {
  return position(one, clock, number) > one.length - 1;
}

/** The highest number of the clock at which a frame of a clip's file is shown. */
export function numberOf(one: Lane, clock: Clock, frame: number): number {
  const next = frame - one.from + 1;
  if (sameRate(one, clock.rate)) return Math.max(0, next - 1);
  return Math.max(0, Math.ceil((next / one.timeline.rate) * clock.rate - 0.5 - 1e-6) - 1);
}

/**
 * The newest number, at most `upTo`, for which every clip's frame is there; null: none of the last `depth`.
 * `has` tells whether a frame of the clip at an index is there.
 */
export function newest(
  lanes: readonly Lane[],
  clock: Clock,
  upTo: number,
  depth: number,
  has: (index: number, frame: number) => boolean,
): number | null {
  const top = Math.min(upTo, clock.length - 1);
  for (let number = top; number >= Math.max(0, top - depth + 1); number -= 1) {
    if (lanes.every((one, index) => has(index, frameOf(one, clock, number)))) return number;
  }
  return null;
}

function position(one: Lane, clock: Clock, number: number): number {
  if (sameRate(one, clock.rate)) return number;
  return Math.floor(((number + 0.5) / clock.rate) * one.timeline.rate);
}

/** Rates that differ by less than a frame in any clip that we take are one rate, written differently. */
function sameRate(one: Lane, rate: number): boolean {
  return Math.abs(one.timeline.rate - rate) / rate < 0.0008;
}
