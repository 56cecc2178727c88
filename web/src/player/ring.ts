/** The last few frames of a clip, by their numbers. */

/** A frame that holds memory until it is closed. */
export interface Picture {
  close(): void;
}

export class Ring<P extends Picture> {
  readonly #held = new Map<number, P>();

  constructor(readonly capacity: number) {}

  /** Take a frame over; one more than there is room for closes the one that was put in first. */
  put(number: number, picture: P): void {
    this.#drop(number);
    this.#held.set(number, picture);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.capacity) break;
      this.#drop(oldest);
    }
  }

  has(number: number): boolean {
    return this.#held.has(number);
  }

  get(number: number): P | undefined {
    return this.#held.get(number);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Close all of them, or all but one. */
  clear(but?: number): void {
    for (const number of [...this.#held.keys()]) if (number !== but) this.#drop(number);
  }

  #drop(number: number): void {
    this.#held.get(number)?.close();
    this.#held.delete(number);
  }
}
