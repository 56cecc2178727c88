/** How a clip that follows is kept beside the one that leads. */

export type Steering =
  /** Play at this speed. */
  | { rate: number }
  /** Too far away: go to where the leader is. */
  | "seek";

/** Seconds behind or ahead that are caught up by speed alone. */
const NEAR = 0.6;
/** Seconds that are left alone: less than half a frame of the fastest clips. */
const STILL = 0.003;
/** What part of its speed may be added or taken away; nobody hears the one that follows. */
const MOST = 0.4;

/** What to do about a clip that is `behind` by so many seconds of its own time, played at `speed`. */
export function steer(behind: number, speed: number): Steering {
  const away = Math.abs(behind);
  if (away > NEAR * Math.max(1, speed)) return "seek";
  if (away < STILL) return { rate: speed };
  // Gone in about a third of a second.
  const more = Math.min(MOST, Math.max(-MOST, (behind * 3) / speed));
  return { rate: Math.max(0.0625, speed * (1 + more)) };
}
