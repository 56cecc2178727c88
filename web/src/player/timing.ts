/** When each frame of a file is shown, read from the file's index. */

import { type Box, boxes, fileBoxes, inside, viewOf } from "../footage/boxes";
import { probeAddress } from "../footage/probe";
import { ofAddress, PIECE } from "../footage/source";
import type { Timing } from "./source";
import { steady, uneven } from "./timeline";

/** What is known of a clip at an address; null: to be found out by playing it. */
export async function timingOf(url: string): Promise<Timing | null> {
  try {
    const probe = (await probeAddress(url, "video"))?.probe;
    if (!probe || probe.rate === null || probe.frames === null) return null;
    const { rate, frames, sound } = probe;
    if (!probe.varies) return { timeline: steady(rate, frames), sound };
    const times = await timesOf(url);
    return times && { timeline: uneven(times.slice(0, frames), probe.length ?? 0), sound };
  } catch {
    return null; // no video that we know, or out of reach: the browser will tell
  }
}

/** Seconds at which the frames of an MP4 or MOV begin, in the order of showing, from the first one on. */
async function timesOf(url: string): Promise<number[] | null> {
  const source = await ofAddress(url);
  for await (const box of fileBoxes(source)) {
    if (box.type !== "moov" || box.end - box.start > PIECE) continue;
    return timesIn(viewOf(await source.read(box.start, box.end - box.start)));
  }
  return null;
}

/** The same out of the content of `moov`; null where there is no table of the picture. */
export function timesIn(view: DataView): number[] | null {
  for (const track of boxes(view)) {
    const media = track.type === "trak" ? inside(view, track, "mdia") : null;
    const table = inside(view, inside(view, media, "minf"), "stbl");
    const clock = inside(view, media, "mdhd");
    const lengths = inside(view, table, "stts");
    if (!clock || !lengths || !inside(view, inside(view, media, "minf"), "vmhd")) continue;
    const second = view.getUint32(clock.start + (view.getUint8(clock.start) === 1 ? 20 : 12));
    const shown = shownAt(runs(view, lengths), runs(view, inside(view, table, "ctts")));
    const [first = 0] = shown;
    return shown.length && second ? shown.map((ticks) => (ticks - first) / second) : null;
  }
  return null;
}

/** Pairs of a table of runs: so many frames, and what holds for each. */
function* runs(view: DataView, box: Box | null): Generator<[number, number]> {
  if (!box) return;
  const count = Math.min(view.getUint32(box.start + 4), (box.end - box.start - 8) / 8);
  for (let index = 0; index < count; index += 1) {
    const at = box.start + 8 + index * 8;
    yield [Math.min(view.getUint32(at), MOST), view.getInt32(at + 4)];
  }
}

/** Frames beyond which a file is no clip of ours. */
const MOST = 100_000;

function shownAt(
  lengths: Iterable<[number, number]>,
  delays: Iterable<[number, number]>,
): number[] {
  const shown: number[] = [];
  let decoded = 0;
  for (const [count, length] of lengths) {
    for (let left = count; left > 0 && shown.length < MOST; left -= 1) {
      shown.push(decoded);
      decoded += length;
    }
  }
  let index = 0;
  for (const [count, delay] of delays) {
    for (let left = count; left > 0 && index < shown.length; left -= 1, index += 1) {
      shown[index] = (shown[index] ?? 0) + delay;
    }
  }
  return shown.sort((a, b) => a - b);
}
