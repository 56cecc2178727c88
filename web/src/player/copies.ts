/**
 * Frames copied off a video element, for browsers that do not hand them out together with their time.
 *
 * What the element shows may change between being told of a frame and copying it. So a copy counts only when
 * the next frame is told, and was presented after the copy was made.
 */

import type { Frame } from "./source";

interface Copy {
  readonly number: number;
  readonly frame: Frame;
  /** Milliseconds of the page's clock when it was made. */
  readonly made: number;
  /** How many frames had been presented. */
  readonly count: number;
}

export class Copies {
  readonly #spare: HTMLCanvasElement[] = [];
  #waiting: Copy | null = null;

  /** A copy of what the element shows, on a canvas that is used again once it is closed. */
  take(video: HTMLVideoElement): Frame {
    const canvas = this.#spare.pop() ?? document.createElement("canvas");
    if (canvas.width !== video.videoWidth) canvas.width = video.videoWidth;
    if (canvas.height !== video.videoHeight) canvas.height = video.videoHeight;
    canvas.getContext("2d", { alpha: false })?.drawImage(video, 0, 0);
    return { image: canvas, close: () => this.#spare.push(canvas) };
  }

  /** A frame was told: copy it, and give back the copy of the one before if that was of the right frame. */
  told(video: HTMLVideoElement, number: number, told: VideoFrameCallbackMetadata): Copy | null {
    const before = this.#waiting;
    const frame = this.take(video);
    this.#waiting = { number, frame, made: performance.now(), count: told.presentedFrames };
    if (!before) return null;
    if (told.presentedFrames === before.count + 1 && told.presentationTime > before.made) {
      return before;
    }
    before.frame.close();
    return null;
  }

  /** Forget the copy that waits: the element goes somewhere else. */
  drop(): void {
    this.#waiting?.frame.close();
    this.#waiting = null;
  }

  close(): void {
    this.#waiting = null;
    this.#spare.length = 0;
  }
}
