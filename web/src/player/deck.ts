/**
 * Several clips on one clock. What is shown are always frames of one number, the newest that every clip has:
 * clips that play drift by a frame or two, and browsers leave frames out, so no picture is shown by itself.
 */

import { effect, type Signal, signal } from "@preact/signals";
import { type Clock, isOver, numberOf } from "./pairing";
import { frameAt, Run, type Side } from "./run";
import type { Frame, Trouble } from "./source";

/** Draw the frames of a number, in the order of the sides. */
export type Paint = (number: number, frames: readonly Frame[]) => void;

/** So many times clips that lost each other are brought together; then frames are had by seeking alone. */
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
  /** The index of a clip that broke off while it was shown, and why; null: none. */
  readonly broken = signal<{ index: number; trouble: Trouble } | null>(null);
  readonly speed = signal(1);
  readonly loop = signal(true);
  readonly volume = signal(1);
  readonly muted = signal(false);
  paint: Paint = () => undefined;

  /** Changes whenever what was begun is no longer wanted. */
  #turn = 0;
  #run: Run | null = null;
  #wanted = 0;
  #moving: Promise<void> | null = null;
  #painted = -1;
  #starved = 0;
  #resume = false;
  readonly #undo: (() => void)[] = [];

  constructor(
    readonly sides: readonly Side[],
    /** The index of the one that is heard. */
    readonly lead: number,
    readonly clock: Clock,
  ) {
    this.inStep = signal(sides.some(({ source }) => !source.told));
    sides.forEach(({ source }, index) => {
      source.onFrame = () => {
        if (!this.#moving) this.#run?.look();
      };
      source.onTrouble = (trouble) => {
        this.#halt();
        this.playing.value = false;
        this.broken.value = { index, trouble };
      };
    });
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
    await this.#playFrom(this.at.value >= this.last ? 0 : this.at.value);
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
    if (this.playing.value) await this.#playFrom(to);
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
    if (this.#painted < 0) return;
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
    this.#run?.stop();
    this.#run = null;
  }

  /** Play from a number on, until it is the end or somebody wants something else. */
  async #playFrom(from: number): Promise<void> {
    this.#halt();
    const turn = this.#turn;
    await this.#show(from);
    if (turn !== this.#turn) return;
    if (this.inStep.value) {
      await this.#walk(turn, from);
      return;
    }
    this.#run = new Run(this.sides, this.lead, this.clock, () => this.speed.value, from, {
      came: (number) => this.#draw(number),
      waits: (is) => {
        this.waiting.value = is;
      },
      ended: () => this.#ended(turn),
      starved: (number) => this.#starve(number),
    });
  }

  #ended(turn: number): void {
    this.#show(this.last)
      .then(async () => {
        if (turn !== this.#turn) return;
        if (this.loop.value) await this.#playFrom(0);
        else await this.pause();
      })
      .catch(() => undefined);
  }

  /** Begin again together; where that does not help, walk. */
  #starve(number: number): void {
    this.#starved += 1;
    if (this.#starved >= PATIENCE) this.inStep.value = true;
    this.#playFrom(Math.min(Math.max(number, this.at.value), this.last)).catch(() => undefined);
  }

  /** Play by seeking: as many numbers as the browser manages, at the right time. */
  async #walk(turn: number, from: number): Promise<void> {
    let number = from;
    let then = performance.now();
    while (turn === this.#turn) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (turn !== this.#turn) return;
      const now = performance.now();
      number += ((now - then) / 1000) * this.clock.rate * this.speed.value;
      then = now;
      if (number > this.last) {
        this.#ended(turn);
        return;
      }
      if (Math.floor(number) !== this.#painted) await this.#show(Math.floor(number));
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
      await this.#bring(number);
      this.apart.value = this.#frames(number) === null;
      if (this.apart.value) await this.#meet(number);
      else this.#draw(number);
    } while (number !== this.#wanted);
  }

  async #bring(number: number): Promise<void> {
    await Promise.all(
      this.sides.map((side) => side.source.show(frameAt(side, this.clock, number))),
    );
  }

  /** Where a clip has no frame of its own at a number, show the one before, of all clips. */
  async #meet(number: number): Promise<void> {
    const numbers = this.sides
      .filter(({ lane }) => !isOver(lane, this.clock, number))
      .map(({ lane, source }) => numberOf(lane, this.clock, source.newest));
    const common = Math.max(0, Math.min(number, ...numbers));
    await this.#bring(common);
    this.apart.value = this.#frames(common) === null;
    if (!this.apart.value) this.#draw(common);
  }

  #frames(number: number): Frame[] | null {
    const frames = this.sides.map((side) =>
      side.source.pictures.get(frameAt(side, this.clock, number)),
    );
    return frames.every((frame) => frame !== undefined) ? frames : null;
  }

  #draw(number: number): void {
    const frames = this.#frames(number);
    if (!frames) return;
    this.#painted = number;
    if (!this.#moving) this.at.value = number;
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
