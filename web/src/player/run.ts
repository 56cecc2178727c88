/** Clips while they play: kept beside each other, held together where one has to wait, and watched for their ends. */

import { type Clock, frameOf, isOver, type Lane, newest, numberOf } from "./pairing";
import type { Source } from "./source";
import { steer } from "./steer";

/** A clip of a deck. */
export interface Side {
  readonly source: Source;
  readonly lane: Lane;
}

/** What a run tells. */
export interface Listener {
  /** Every clip has the frame of this number: show it. */
  came(number: number): void;
  /** Whether a clip waits for data, and so all of them. */
  waits(is: boolean): void;
  /** Every clip is at its end. */
  ended(): void;
  /** For long the clips had no number in common; the one that leads is at this. */
  starved(number: number): void;
}

/** Milliseconds between looks at how far the clips are apart. */
const TICK = 100;
/** Milliseconds without a number in common after which something has to be done. */
const STARVED = 700;

export class Run {
  readonly #over = new Set<Side>();
  readonly #timer: number;
  #came: number;
  #cameAt = performance.now();
  #waiting = false;
  #sampling = false;

  /** Begin to play: all clips stand at `from`. */
  constructor(
    readonly sides: readonly Side[],
    /** The index of the one that is heard, which is never hurried. */
    readonly lead: number,
    readonly clock: Clock,
    readonly speed: () => number,
    from: number,
    readonly listener: Listener,
  ) {
    this.#came = from;
    for (const side of sides) if (isOver(side.lane, clock, from + 1)) this.#over.add(side);
    this.#go();
    this.#timer = window.setInterval(() => this.#tick(), TICK);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { source } of this.sides) source.video.pause();
    this.listener.waits(false);
  }

  /** A frame of some clip came: tell of the newest number that all have. */
  look(): void {
    if (this.#sampling) return;
    this.#sampling = true;
    for (const { source } of this.sides) source.sample();
    this.#sampling = false;
    const { lane, source } = this.#front();
    if (source.newest < 0) return;
    const number = newest(
      this.sides.map((side) => side.lane),
      this.clock,
      numberOf(lane, this.clock, source.newest),
      source.pictures.capacity,
      (index, frame) => this.sides[index]?.source.pictures.has(frame) ?? false,
    );
    if (number === null || number <= this.#came) return;
    this.#came = number;
    this.#cameAt = performance.now();
    this.listener.came(number);
  }

  #go(): void {
    for (const side of this.sides) {
      if (this.#over.has(side)) continue;
      const { video } = side.source;
      video.playbackRate = this.speed();
      video.play().catch(() => undefined); // paused again before it began
    }
  }

  /** The clip that the others follow: the one that is heard, while it lasts. */
  #front(): Side {
    const heard = this.sides[this.lead] as Side;
    if (!this.#over.has(heard)) return heard;
    return this.sides.find((side) => !this.#over.has(side)) ?? heard;
  }

  #tick(): void {
    this.#markOver();
    const running = this.sides.filter((side) => !this.#over.has(side));
    if (running.length === 0) {
      clearInterval(this.#timer);
      this.listener.ended();
      return;
    }
    if (this.#wait(running)) return;
    const front = this.#front();
    for (const side of running) if (side !== front) this.#follow(side, front);
    if (performance.now() - this.#cameAt > STARVED && !document.hidden) {
      this.listener.starved(Math.round(secondsOf(front) * this.clock.rate));
    }
  }

  /** Clips that came to their end stand still on their last frame. */
  #markOver(): void {
    for (const side of this.sides) {
      const { source, lane } = side;
      const last = lane.from + lane.length - 1;
      if (this.#over.has(side) || !(source.video.ended || source.newest > last)) continue;
      this.#over.add(side);
      source.video.pause();
      if (source.newest !== last) source.show(last).catch(() => undefined);
    }
  }

  /** Hold all while one of them waits for data; whether that is so. */
  #wait(running: readonly Side[]): boolean {
    const short = running.some(({ source }) => source.video.readyState < 3);
    if (short) {
      for (const { source } of running) if (source.video.readyState >= 3) source.video.pause();
      this.#cameAt = performance.now();
    } else if (this.#waiting) this.#go();
    if (short !== this.#waiting) this.listener.waits(short);
    this.#waiting = short;
    return short;
  }

  #follow(side: Side, front: Side): void {
    const { video } = side.source;
    if (video.seeking) return;
    const what = steer(secondsOf(front) - secondsOf(side), this.speed());
    // A jump takes a while: it aims at where the leader will be.
    if (what === "seek") side.source.jump(startOf(side) + secondsOf(front) + 0.15);
    else if (video.playbackRate !== what.rate) video.playbackRate = what.rate;
  }
}

/** Seconds of a side's file before the first frame that is shown. */
const startOf = ({ lane: { timeline, from } }: Side): number => timeline.begin(from);

/** Seconds that a side has played. */
const secondsOf = (side: Side): number => side.source.seconds - startOf(side);

/** The frame of a side at a number. */
export const frameAt = ({ lane }: Side, clock: Clock, number: number): number =>
  frameOf(lane, clock, number);
