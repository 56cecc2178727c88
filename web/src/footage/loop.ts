/** Plays a stretch of a clip over and over, and shows single frames of it. */

import { type ReadonlySignal, signal } from "@preact/signals";

export class Loop {
  private readonly playing_ = signal(false);
  private readonly time_ = signal(0);
  /** Where to go once the element has got to where it is going. */
  private next: number | null = null;
  private bounds = { start: 0, end: Number.POSITIVE_INFINITY };
  private readonly over = new AbortController();
  private ticking = 0;

  constructor(private readonly video: HTMLVideoElement) {
    const { signal } = this.over;
    video.addEventListener("seeked", () => this.goOn(), { signal });
    video.addEventListener("play", () => this.tick(), { signal });
    video.addEventListener("pause", () => this.stopped(), { signal });
    video.addEventListener("ended", () => this.again(), { signal });
  }

  /** Whether it plays. */
  get playing(): ReadonlySignal<boolean> {
    return this.playing_;
  }

  /** Seconds at which it is. */
  get time(): ReadonlySignal<number> {
    return this.time_;
  }

  /** Seconds between which it plays. */
  within(start: number, end: number): void {
    this.bounds = { start, end };
  }

  toggle(): void {
    if (this.playing_.value) this.video.pause();
    else this.play();
  }

  play(): void {
    const { start, end } = this.bounds;
    const { currentTime } = this.video;
    const near = currentTime > end - REST; // where moving the end leaves it
    if (currentTime < start - SLACK || near) this.video.currentTime = start;
    this.video.play().catch(() => undefined); // what it cannot play it says by itself
  }

  /** Stand still and show what there is at so many seconds; asked for often, it skips. */
  show(seconds: number): void {
    this.video.pause();
    this.time_.value = seconds;
    if (this.video.seeking) this.next = seconds;
    else this.video.currentTime = seconds;
  }

  /** No more of it. */
  end(): void {
    this.over.abort();
    cancelAnimationFrame(this.ticking);
    this.video.pause();
  }

  private goOn(): void {
    if (this.next === null) return;
    this.video.currentTime = this.next;
    this.next = null;
  }

  private tick(): void {
    cancelAnimationFrame(this.ticking);
    this.playing_.value = true;
    const look = (): void => {
      const { currentTime } = this.video;
      if (currentTime >= this.bounds.end && !this.video.seeking) this.again();
      else this.time_.value = currentTime;
      this.ticking = requestAnimationFrame(look);
    };
    look();
  }

  private again(): void {
    this.video.currentTime = this.bounds.start;
    if (this.video.paused) this.video.play().catch(() => undefined);
  }

  private stopped(): void {
    if (this.video.ended) return; // it goes on from the start
    cancelAnimationFrame(this.ticking);
    this.playing_.value = false;
  }
}

/** Seconds by which browsers miss a time that they were sent to. */
const SLACK = 0.02;
/** Seconds before the end from which nobody means to play. */
const REST = 0.25;
