/** Single frames of a clip that the browser cannot decode, as the server sees it. */

import type { Frame } from "./source";

export class Stills {
  /** The frame that is there, and its number on the clock. */
  #there: { number: number; frame: Frame } | null = null;
  #wanted = -1;

  constructor(
    /** The address of a frame at so many seconds of the file. */
    readonly address: (seconds: number) => string,
    readonly start: number,
    /** Called when a frame came. */
    readonly onFrame: () => void,
  ) {}

  at(number: number): Frame | null {
    return this.#there?.number === number ? this.#there.frame : null;
  }

  /** Fetch the frame of a number of a clock of so many a second; what is asked for last is kept. */
  async fetch(number: number, rate: number): Promise<void> {
    if (number === this.#wanted) return;
    this.#wanted = number;
    const image = new Image();
    image.src = this.address(this.start + (number + 0.5) / rate);
    try {
      await image.decode();
    } catch {
      return; // that the clip is not shown has been said
    }
    if (number !== this.#wanted) return;
    this.#there = { number, frame: { image, close: () => undefined } };
    this.onFrame();
  }
}
