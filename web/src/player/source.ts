/** One clip, played by a hidden video element; its frames come out as numbered pictures. */

import { Copies } from "./copies";
import { type Picture, Ring } from "./ring";
import { rateOf, steady, type Timeline } from "./timeline";

/** A frame that can be drawn. */
export interface Frame extends Picture {
  readonly image: CanvasImageSource;
}

/** What is known of a clip before it is played. */
export interface Timing {
  timeline: Timeline;
  /** Whether there is sound; null where nobody could tell. */
  sound: boolean | null;
}

/** Why a clip is not shown. */
export type Trouble = "undecodable" | "unreachable";

/** Frames of the moment that are kept; a decoder in hardware has but few to lend. */
const KEPT = 6;
/** Milliseconds after the end of a seek in which its frame is presented, on a machine that is busy. */
const GRACE = 2000;
/** Milliseconds in which another one follows a frame that was told too late. */
const LATE = 300;
/** Seconds by which a seek to where the element is already is made one to somewhere else: else nothing is told. */
const NUDGE = 0.0005;

export class Source {
  readonly video = document.createElement("video");
  readonly pictures = new Ring<Frame>(KEPT);
  timeline: Timeline = steady(30, 1);
  sound: boolean | null = null;
  /** Called whenever a frame came. */
  onFrame: () => void = () => undefined;
  /** Called when the clip cannot be played any further. */
  onTrouble: (trouble: Trouble) => void = () => undefined;
  /** The newest frame that came; -1 before the first. */
  newest = -1;

  /** Media time of the first frame. */
  #first = 0;
  #callback = 0;
  /** The frame that was told last since the element was sent somewhere; -1: none. */
  #shown = -1;
  #closed = false;
  /** Whether a frame can be had together with its own time. */
  #exact = "VideoFrame" in globalThis;
  readonly #copies = new Copies();
  readonly #times: number[] = [];

  constructor(readonly url: string) {
    const { video } = this;
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.disableRemotePlayback = true;
    video.tabIndex = -1;
    video.className = "player-source";
    video.setAttribute("aria-hidden", "true");
    video.addEventListener("error", () => {
      if (!this.#closed) this.onTrouble(troubleOf(video.error));
    });
  }

  /** Whether frames are told as they are presented; where not, they are only had by seeking. */
  get told(): boolean {
    return "requestVideoFrameCallback" in this.video;
  }

  /** The seconds of the clip that have played, from its first frame on. */
  get seconds(): number {
    return this.video.currentTime - this.#first;
  }

  /** Begin to load. Resolves when the first frame is there and frames can be numbered; rejects with a Trouble. */
  async open(timing: Promise<Timing | null>): Promise<void> {
    const { video } = this;
    const ready = new Promise<void>((resolve, reject) => {
      video.addEventListener("loadeddata", () => resolve(), { once: true });
      video.addEventListener("error", () => reject(troubleOf(video.error)), { once: true });
    });
    video.src = this.url;
    video.load();
    await ready;
    if (video.videoWidth === 0) throw "undecodable" satisfies Trouble; // sound alone can be played
    this.#first = await this.#firstTime();
    this.#watch();
    const known = await timing;
    this.timeline = known?.timeline ?? (await this.#measured());
    this.sound = known?.sound ?? null;
    this.pictures.clear();
    this.newest = -1;
    this.sample();
  }

  /** Show one frame: resolves with its number when it is there, which may be another than was asked for. */
  async show(number: number): Promise<number> {
    if (this.newest === number && this.pictures.has(number) && !this.video.seeking) return number;
    await this.#seek(this.#first + this.timeline.middle(number), number);
    return this.newest;
  }

  /** Go on from somewhere else while playing. */
  jump(seconds: number): void {
    this.pictures.clear();
    this.#copies.drop();
    this.video.currentTime = this.#first + Math.max(0, seconds);
  }

  /** Take what the element shows now, where the browser tells which frame that is. */
  sample(): void {
    if (!this.#exact || this.video.seeking || this.video.readyState < 2) return;
    let frame: VideoFrame;
    try {
      frame = new VideoFrame(this.video);
    } catch {
      this.#exact = false; // a clip whose frames this browser does not hand out
      return;
    }
    if (!isUpright(frame, this.video)) {
      this.#exact = false;
      frame.close();
      return;
    }
    const number = this.#numberAt(frame.timestamp / 1e6);
    if (this.pictures.has(number)) {
      frame.close();
      this.newest = number;
      return;
    }
    this.#took(number, { image: frame, close: () => frame.close() });
  }

  close(): void {
    this.#closed = true;
    if (this.told) this.video.cancelVideoFrameCallback(this.#callback);
    this.pictures.clear();
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load(); // lets go of the decoder
    this.video.remove();
    this.#copies.close();
  }

  #numberAt(mediaTime: number): number {
    return this.timeline.numberAt(mediaTime - this.#first);
  }

  #took(number: number, frame: Frame): void {
    this.newest = number;
    this.pictures.put(number, frame);
    this.onFrame();
  }

  #watch(): void {
    if (!this.told || this.#closed) return;
    this.#callback = this.video.requestVideoFrameCallback((_, told) => {
      this.#watch();
      this.#times.push(told.mediaTime - this.#first);
      if (this.#times.length > 64) this.#times.shift();
      this.#presented(told);
    });
  }

  #presented(told: VideoFrameCallbackMetadata): void {
    const number = this.#numberAt(told.mediaTime);
    this.#shown = number;
    if (this.video.seeking) return;
    this.sample();
    if (this.#exact && Math.abs(this.newest - number) > 2) this.#exact = false; // its times are no media times
    if (this.#exact) return;
    const copy = this.video.paused ? null : this.#copies.told(this.video, number, told);
    if (copy) this.#took(copy.number, copy.frame);
  }

  async #seek(time: number, number: number | null): Promise<void> {
    const { video } = this;
    this.pictures.clear();
    this.#copies.drop();
    this.newest = -1;
    this.#shown = -1;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        video.removeEventListener("seeked", done);
        video.removeEventListener("error", done);
        resolve();
      };
      video.addEventListener("seeked", done);
      video.addEventListener("error", done);
      video.currentTime = Math.abs(video.currentTime - time) < NUDGE / 2 ? time + NUDGE : time;
    });
    this.sample();
    if (this.newest >= 0 || this.#closed || video.error) return;
    const wanted = number ?? this.#numberAt(time);
    if (this.told) await this.#toldOf(wanted);
    if (this.newest >= 0 || this.#closed) return;
    this.#took(this.#shown < 0 ? wanted : this.#shown, this.#copies.take(this.video));
  }

  /** Wait until a frame is told as shown. One of before the seek may be told late, so others are waited for too. */
  async #toldOf(wanted: number): Promise<void> {
    const until = performance.now() + GRACE;
    while (this.#shown !== wanted && this.newest < 0 && !this.#closed) {
      const left = until - performance.now();
      const patience = this.#shown < 0 ? left : Math.min(left, LATE);
      if (left <= 0 || !(await this.#nextFrame(patience))) return;
    }
  }

  #nextFrame(patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patience);
      this.video.requestVideoFrameCallback(() => {
        clearTimeout(timer);
        resolve(true); // after #watch had its turn
      });
    });
  }

  /** When the first frame begins: not at 0 in every file. */
  async #firstTime(): Promise<number> {
    if (this.#exact) {
      try {
        const frame = new VideoFrame(this.video);
        const { timestamp } = frame;
        frame.close();
        return timestamp / 1e6;
      } catch {
        this.#exact = false;
      }
    }
    if (!this.told) return 0;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(0), 500);
      this.video.requestVideoFrameCallback((_, { mediaTime }) => {
        clearTimeout(timer);
        resolve(mediaTime);
      });
      this.video.currentTime = 0; // shows it again
    });
  }

  /** Rate and number of frames as a second of playing shows them. */
  async #measured(): Promise<Timeline> {
    const { video } = this;
    let rate: number | null = null;
    if (this.told) {
      this.timeline = steady(1000, 1e6); // numbers that tell frames apart
      this.#times.length = 0;
      await video.play().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 700));
      video.pause();
      rate = rateOf(this.#times);
    }
    const end = Number.isFinite(video.duration) ? video.duration - this.#first : 1;
    const guess = steady(rate ?? 30, Math.max(1, Math.round(end * (rate ?? 30))));
    this.timeline = guess;
    // Sound may last longer than the picture: the last frame is what stands at the end.
    await this.#seek(Math.max(this.#first, video.duration - 0.001), null);
    const last = this.newest;
    await this.#seek(this.#first, 0);
    return steady(guess.rate, Math.max(1, last + 1));
  }
}

function isUpright(frame: VideoFrame, video: HTMLVideoElement): boolean {
  const turned = frame.displayWidth > frame.displayHeight !== video.videoWidth > video.videoHeight;
  return !turned || frame.displayWidth === frame.displayHeight;
}

function troubleOf(error: MediaError | null): Trouble {
  return error?.code === MediaError.MEDIA_ERR_NETWORK ? "unreachable" : "undecodable";
}
