/**
 * Several clips on one clock. What is shown are always frames of one number, the newest that every clip has:
 * clips that play drift by a frame or two, and browsers leave frames out, so no picture is shown by itself.
 */

import { effect, type Signal, signal } from "@preact/signals";
import { type Clock, frameOf, isOver, type Lane, newest, numberOf } from "./pairing";
import type { Frame, Source } from "./source";
import { steer } from "./steer";

/** A clip of a deck. */
export interface Side {
  readonly source: Source;
  readonly lane: Lane;
}

/** Draw the frames of a number, in the order of the sides. */
export type Paint = (number: number, frames: readonly Frame[]) => void;

/** Milliseconds between looks at how far the clips are apart. */
const TICK = 100;
/** Milliseconds without a picture after which the clips are brought together anew. */
const STARVED = 700;
/** So many times, and then frames are had by seeking alone. */
const PATIENCE = 3;

export class Deck {
  /** Where the deck is: the number shown, or sought. */
  readonly at = signal(0);
  readonly playing = signal(false);
  /** Playing, but waiting for data. */
  readonly waiting = signal(false);
  /** Whether frames are had by seeking alone: slower, and without sound. */
  readonly inStep: Signal<boolean>;
  /** Whether the browser shows different frames at a place, whatever is tried. */
  readonly apart = signal(false);
  readonly speed = signal(1);
  readonly loop = signal(true);
  readonly volume = signal(1);
  readonly muted = signal(false);
  paint: Paint = () => undefined;

  /** Changes whenever what was begun is no longer wanted. */
  #turn = 0;
  #timer = 0;
  #wanted = 0;
  #moving: Promise<void> | null = null;
  #painted = -1;
  #paintedAt = 0;
  #starved = 0;
  #sampling = false;
  #resume = false;
  readonly #over = new Set<Side>();
  readonly #undo: (() => void)[] = [];

  constructor(
    readonly sides: readonly Side[],
    /** The index of the one that is heard. */
    readonly lead: number,
    readonly clock: Clock,
  ) {
    this.inStep = signal(sides.some(({ source }) => !source.told));
    for (const { source } of sides) source.onFrame = () => this.#came();
    this.#undo.push(
      effect(() => {
        const heard = sides[lead]?.source.video;
        if (!heard) return;
        heard.muted = this.muted.value;
        heard.volume = this.volume.value;
      }),
      effect(() => {
        const speed = this.speed.value;
        for (const { source } of sides) source.video.playbackRate = speed;
      }),
    );
    const hidden = (): void => this.#hidden(document.hidden);
    document.addEventListener("visibilitychange", hidden);
    this.#undo.push(() => document.removeEventListener("visibilitychange", hidden));
  }

  get last(): number {
    return this.clock.length - 1;
  }

  /** Whether a side's last frame stands at the number shown. */
  isOver(index: number): boolean {
    const side = this.sides[index];
    return side !== undefined && isOver(side.lane, this.clock, this.at.value);
  }

  async play(): Promise<void> {
    if (this.playing.value) return;
    this.playing.value = true;
    this.#starved = 0;
    await this.#run(this.at.value >= this.last ? 0 : this.at.value);
  }

  /** Stop, at a number that every clip is then at. */
  async pause(): Promise<void> {
    if (!this.playing.value) return;
    this.#halt();
    this.playing.value = false;
    await this.#show(this.at.value);
  }

  async toggle(): Promise<void> {
    await (this.playing.value ? this.pause() : this.play());
  }

  /** Go to a number; playing goes on from there. */
  async seek(number: number): Promise<void> {
    const to = Math.min(Math.max(Math.round(number), 0), this.last);
    if (this.playing.value) await this.#run(to);
    else await this.#show(to);
  }

  /** Stop, and go so many frames on or back. */
  async step(frames: number): Promise<void> {
    const to = (this.#moving ? this.#wanted : this.at.value) + frames;
    this.#halt();
    this.playing.value = false;
    await this.seek(to);
  }

  /** Draw again what is shown. */
  repaint(): void {
    const frames = this.#frames(this.#painted);
    if (frames) this.paint(this.#painted, frames);
  }

  close(): void {
    this.#halt();
    this.playing.value = false;
    for (const undo of this.#undo) undo();
    for (const { source } of this.sides) source.close();
  }

  #halt(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.waiting.value = false;
    for (const { source } of this.sides) source.video.pause();
  }

  /** Play from a number on, until it is the end or somebody wants something else. */
  async #run(from: number): Promise<void> {
    this.#halt();
    const turn = this.#turn;
    await this.#show(from);
    if (turn !== this.#turn) return;
    if (this.inStep.value) {
      await this.#walk(turn, from);
      return;
    }
    this.#over.clear();
    this.#paintedAt = performance.now();
    for (const side of this.sides) {
      if (isOver(side.lane, this.clock, from + 1)) this.#over.add(side);
    }
    this.#go();
    this.#timer = window.setInterval(() => this.#tick(turn), TICK);
  }

  #go(): void {
    for (const side of this.sides) {
      if (this.#over.has(side)) continue;
      const { video } = side.source;
      video.playbackRate = this.speed.value;
      video.play().catch(() => undefined); // paused again before it began
    }
  }

  /** A frame of some clip came: show the newest number that all have. */
  #came(): void {
    if (this.#sampling || !this.playing.value || this.#moving) return;
    this.#sampling = true;
    for (const { source } of this.sides) source.sample();
    this.#sampling = false;
    const front = this.#front();
    if (!front || front.source.newest < 0) return;
    const upTo = numberOf(front.lane, this.clock, front.source.newest);
    const lanes = this.sides.map((side) => side.lane);
    const has = (index: number, frame: number): boolean =>
      this.sides[index]?.source.pictures.has(frame) ?? false;
    const number = newest(lanes, this.clock, upTo, front.source.pictures.capacity, has);
    if (number !== null && number > this.#painted) this.#draw(number);
  }

  /** The clip that the others follow: the one that is heard, while it lasts. */
  #front(): Side | undefined {
    const heard = this.sides[this.lead];
    if (heard && !this.#over.has(heard)) return heard;
    return this.sides.find((side) => !this.#over.has(side)) ?? heard;
  }

  #tick(turn: number): void {
    if (turn !== this.#turn) return;
    this.#markOver();
    const running = this.sides.filter((side) => !this.#over.has(side));
    const front = this.#front();
    if (running.length === 0 || !front) {
      this.#ended(turn);
      return;
    }
    if (this.#held(running)) return;
    for (const side of running) {
      if (side === front || side.source.video.seeking) continue;
      const behind = secondsOf(front) - secondsOf(side);
      const what = steer(behind, this.speed.value);
      // A seek takes a while: aim at where the leader will be.
      if (what === "seek") side.source.jump(startOf(side) + secondsOf(front) + 0.15);
      else if (side.source.video.playbackRate !== what.rate) {
        side.source.video.playbackRate = what.rate;
      }
    }
    if (performance.now() - this.#paintedAt > STARVED) this.#starve(turn);
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

  /** Wait for all while one of them waits for data; whether that is so. */
  #held(running: readonly Side[]): boolean {
    const short = running.some(({ source }) => source.video.readyState < 3);
    if (short) {
      this.waiting.value = true;
      for (const { source } of running) if (source.video.readyState >= 3) source.video.pause();
      this.#paintedAt = performance.now();
    } else if (this.waiting.value) {
      this.waiting.value = false;
      this.#go();
    }
    return short;
  }

  #ended(turn: number): void {
    clearInterval(this.#timer);
    this.#show(this.last)
      .then(async () => {
        if (turn !== this.#turn) return;
        if (this.loop.value) await this.#run(0);
        else this.playing.value = false;
      })
      .catch(() => undefined);
  }

  /** No picture for long: begin again together; where that does not help, walk. */
  #starve(turn: number): void {
    if (document.hidden || turn !== this.#turn) return;
    this.#starved += 1;
    if (this.#starved >= PATIENCE) this.inStep.value = true;
    const front = this.#front();
    const there = front ? Math.round(secondsOf(front) * this.clock.rate) : this.at.value;
    this.#run(Math.min(Math.max(there, this.at.value), this.last)).catch(() => undefined);
  }

  /** Play by seeking: as many numbers as the browser manages, at the right time. */
  async #walk(turn: number, from: number): Promise<void> {
    const began = performance.now();
    while (turn === this.#turn) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const gone = ((performance.now() - began) / 1000) * this.clock.rate * this.speed.value;
      const number = from + Math.floor(gone);
      if (turn !== this.#turn) return;
      if (number > this.last) {
        this.#ended(turn);
        return;
      }
      if (number !== this.#painted) await this.#show(number);
    }
  }

  /** Bring every clip to a number and show it. The number asked for last wins. */
  #show(number: number): Promise<void> {
    this.#wanted = number;
    this.at.value = number;
    this.#moving ??= this.#move().finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  async #move(): Promise<void> {
    let number: number;
    do {
      number = this.#wanted;
      const sought = number;
      const came = await Promise.all(
        this.sides.map(async (side) => {
          const frame = await side.source.show(frameOf(side.lane, this.clock, sought));
          return { side, frame };
        }),
      );
      this.apart.value = came.some(({ side, frame }) => !this.#fits(side, frame, sought));
      if (!this.apart.value) this.#draw(number, true);
      else await this.#meet(number);
    } while (number !== this.#wanted);
  }

  #fits({ lane }: Side, frame: number, number: number): boolean {
    return frame === frameOf(lane, this.clock, number);
  }

  /** Where a clip has no frame of its own at a number, show the one before, of all clips. */
  async #meet(number: number): Promise<void> {
    const numbers = this.sides
      .filter(({ lane }) => !isOver(lane, this.clock, number))
      .map(({ lane, source }) => numberOf(lane, this.clock, source.newest));
    const common = Math.max(0, Math.min(number, ...numbers));
    await Promise.all(
      this.sides.map(({ lane, source }) => source.show(frameOf(lane, this.clock, common))),
    );
    this.apart.value = this.#frames(common) === null;
    if (!this.apart.value) this.#draw(common, true);
  }

  #frames(number: number): Frame[] | null {
    const frames = this.sides.map(({ source, lane }) =>
      source.pictures.get(frameOf(lane, this.clock, number)),
    );
    return frames.every((frame) => frame !== undefined) ? frames : null;
  }

  #draw(number: number, sought = false): void {
    const frames = this.#frames(number);
    if (!frames) return;
    this.#painted = number;
    this.#paintedAt = performance.now();
    if (!sought) this.at.value = number;
    this.paint(number, frames);
  }

  #hidden(hidden: boolean): void {
    if (hidden && this.playing.value) {
      this.#resume = true;
      this.pause().catch(() => undefined);
    } else if (!hidden && this.#resume) {
      this.#resume = false;
      this.play().catch(() => undefined);
    }
  }
}

/** Seconds of a side's file before the first frame that is shown. */
function startOf({ lane: { timeline, from } }: Side): number {
  return timeline.begin(from);
}

/** Seconds that a side has played. */
const secondsOf = (side: Side): number => side.source.seconds - startOf(side);
