/** From addresses to a deck that can be played, and what became of the clips that cannot. */

import { Deck } from "./deck";
import { clockOf, lane } from "./pairing";
import type { Side } from "./run";
import { Source, type Timing, type Trouble } from "./source";

/** A clip to be shown. */
export interface Clip {
  /** Where the page may load it from. A stretch is told by `start` and `end`, not by a `#t=`. */
  url: string;
  /** What it is called on the stage. */
  name: string;
  /** Seconds; where the stretch that is shown begins and ends in the file. */
  start?: number | null;
  end?: number | null;
}

export interface Loaded {
  deck: Deck;
  /** Width over height, in the deck's order. */
  shapes: readonly number[];
  /** By index among the clips asked for. */
  troubles: ReadonlyMap<number, Trouble>;
}

export type Timings = (url: string) => Promise<Timing | null>;

/**
 * Load clips. `lead` is the one that is heard and whose rate is the clock's. What cannot be shown is left out;
 * null where nothing can, with the troubles.
 */
export async function load(
  clips: readonly Clip[],
  lead: number,
  home: HTMLElement,
  timings: Timings,
): Promise<Loaded | { deck: null; troubles: ReadonlyMap<number, Trouble> }> {
  const troubles = new Map<number, Trouble>();
  const opened = await Promise.all(
    clips.map(async (clip, index) => {
      const source = new Source(clip.url);
      home.append(source.video);
      try {
        await source.open(timings(clip.url));
      } catch (trouble) {
        source.close();
        troubles.set(index, await lookedAt(clip.url, trouble));
        return null;
      }
      const side: Side = {
        source,
        lane: lane(source.timeline, clip.start ?? null, clip.end ?? null),
      };
      return { index, side };
    }),
  );
  const there = opened.filter((one) => one !== null);
  if (there.length === 0) return { deck: null, troubles };
  const leader = Math.max(
    0,
    there.findIndex(({ index }) => index === lead),
  );
  const sides = there.map(({ side }) => side);
  const clock = clockOf(
    sides.map((side) => side.lane),
    leader,
  );
  const deck = new Deck(sides, leader, clock);
  await deck.seek(0);
  return {
    deck,
    shapes: sides.map(({ source: { video } }) => video.videoWidth / video.videoHeight),
    troubles,
  };
}

/** A browser tells a file that is not there from one that it cannot decode only if it is asked. */
async function lookedAt(url: string, trouble: unknown): Promise<Trouble> {
  if (trouble !== "undecodable") return "unreachable";
  try {
    const answer = await fetch(url, { headers: { Range: "bytes=0-0" } });
    await answer.body?.cancel();
    return answer.ok ? "undecodable" : "unreachable";
  } catch {
    return "unreachable";
  }
}
