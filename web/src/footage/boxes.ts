/** The boxes that MP4 and MOV files are made of (ISO/IEC 14496-12, section 4.2). */

import type { Source } from "./source";

export interface Box {
  /** Four letters, such as `moov`. */
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** Boxes that are looked at on one level, however many a file claims. */
const MOST = 20_000;

/** A box whose header the view holds at `at`; `limit` is where what it lies in ends. */
function boxAt(view: DataView, at: number, offset: number, limit: number): Box | null {
  if (at + 8 > view.byteLength) return null;
  let size = view.getUint32(at);
  let header = 8;
  if (size === 1) {
    if (at + 16 > view.byteLength) return null;
    size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
    header = 16;
  } else if (size === 0) {
    size = limit - offset; // to the end
  }
  if (size < header) return null;
  const type = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at + 4, 4));
  return { type, start: offset + header, end: Math.min(offset + size, limit) };
}

/** The boxes side by side in a stretch of bytes; they end where one is malformed. */
export function* boxes(view: DataView, start = 0, end = view.byteLength): Generator<Box> {
  let at = start;
  for (let count = 0; at + 8 <= end && count < MOST; count++) {
    const box = boxAt(view, at, at, end);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

/** The first box of a type inside one, or null. */
export function inside(view: DataView, box: Box | null, type: string): Box | null {
  if (!box) return null;
  for (const one of boxes(view, box.start, box.end)) if (one.type === type) return one;
  return null;
}

/** The boxes of the file itself: their headers are read, their contents not. */
export async function* fileBoxes(source: Source): AsyncGenerator<Box> {
  let at = 0;
  for (let count = 0; at + 8 <= source.size && count < MOST; count++) {
    const head = viewOf(await source.read(at, 16));
    const box = boxAt(head, 0, at, source.size);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
