/** What an MP4 or MOV file says of itself, read from its index alone. */

import type { Probe } from "../workbench/attachment";
import { type Box, boxes, fileBoxes, inside, viewOf } from "./boxes";
import { Pace } from "./pace";
import { WrongFile } from "./sniff";
import { PIECE, type Source } from "./source";

/** What is known of the picture's track. */
interface Picture {
  id: number;
  width: number;
  height: number;
  codec: string;
  clock: number;
  pace: Pace;
  /** Seconds that an edit list shows of it; null: all. */
  shown: number | null;
}

interface Movie {
  picture: Picture;
  sound: boolean;
  /** Of a file in fragments: ticks of a frame that does not say how long it stands. */
  fragments: number | null;
}

/** The probe of a file; null where it has no index that can be read. Throws WrongFile for sound alone. */
export async function movie(source: Source): Promise<Probe | null> {
  let found: Movie | null = null;
  for await (const box of fileBoxes(source)) {
    if (box.type === "moov") {
      found = await read(source, box, movieIn);
      if (!found || found.fragments === null) break;
    } else if (box.type === "moof" && found?.fragments != null) {
      const { picture, fragments } = found;
      await read(source, box, (view) => addFragment(view, picture, fragments));
    }
  }
  return found && probeOf(found, source.size);
}

async function read<T>(source: Source, box: Box, then: (view: DataView) => T): Promise<T | null> {
  const length = box.end - box.start;
  if (length > PIECE) return null;
  try {
    return then(viewOf(await source.read(box.start, length)));
  } catch (error) {
    if (error instanceof RangeError) return null; // a table that is longer than its box
    throw error;
  }
}

function probeOf({ picture, sound }: Movie, bytes: number): Probe | null {
  const { width, height, codec, clock, pace, shown } = picture;
  if (width === 0 || height === 0) return null;
  const { rate, varies } = pace.rate(clock);
  let length: number | null = pace.ticks > 0 && clock > 0 ? pace.ticks / clock : null;
  let frames: number | null = pace.frames || null;
  if (length !== null && rate !== null && shown !== null && shown < length - 0.5 / rate) {
    length = shown;
    frames = Math.round(shown * rate);
  }
  return { width, height, bytes, length, rate, varies, frames, sound, codec };
}

function movieIn(view: DataView): Movie | null {
  const all = [...boxes(view)];
  const header = all.find((box) => box.type === "mvhd") ?? null;
  const clock = header ? clockAt(view, header) : 0;
  const tracks = all.filter((box) => box.type === "trak").slice(0, MOST_TRACKS);
  const pictures = tracks
    .map((track) => pictureIn(view, track, clock))
    .filter((one) => one !== null);
  const extends_ = all.find((box) => box.type === "mvex") ?? null;
  const picture = pictures.find((one) => one.pace.frames > 0) ?? (extends_ && pictures[0]);
  const sound = tracks.some((track) => handler(view, track) === "soun");
  if (!picture && sound && !tracks.some((track) => handler(view, track) === "vide")) {
    throw new WrongFile("This file holds only sound, no picture.");
  }
  if (!picture) return null;
  return { picture, sound, fragments: extends_ && lengthIn(view, extends_, picture.id) };
}

const MOST_TRACKS = 64;

function handler(view: DataView, track: Box): string {
  const box = inside(view, inside(view, track, "mdia"), "hdlr");
  return box ? letters(view, box.start + 8) : "";
}

function pictureIn(view: DataView, track: Box, movieClock: number): Picture | null {
  const media = inside(view, track, "mdia");
  const clock = inside(view, media, "mdhd");
  const table = inside(view, inside(view, media, "minf"), "stbl");
  const head = inside(view, track, "tkhd");
  if (handler(view, track) !== "vide" || !clock || !table || !head) return null;
  const coded = sample(view, table);
  if (!coded) return null;
  const { id, turned } = trackHead(view, head);
  const [width, height] = turned ? [coded.height, coded.width] : [coded.width, coded.height];
  const pace = new Pace();
  addTable(view, inside(view, table, "stts"), pace);
  const shown = edited(view, inside(view, inside(view, track, "edts"), "elst"), movieClock);
  return { id, width, height, codec: coded.codec, clock: clockAt(view, clock), pace, shown };
}

/** Ticks a second in `mvhd` and `mdhd`, which begin alike. */
function clockAt(view: DataView, box: Box): number {
  return view.getUint32(box.start + (view.getUint8(box.start) === 1 ? 20 : 12));
}

function trackHead(view: DataView, box: Box): { id: number; turned: boolean } {
  const long = view.getUint8(box.start) === 1;
  const matrix = box.start + (long ? 52 : 40);
  const turned = view.getInt32(matrix) === 0 && view.getInt32(matrix + 16) === 0;
  return { id: view.getUint32(box.start + (long ? 20 : 12)), turned };
}

/** The size and codec of the first kind of sample. */
function sample(
  view: DataView,
  table: Box,
): { width: number; height: number; codec: string } | null {
  const description = inside(view, table, "stsd");
  if (!description) return null;
  const [entry] = boxes(view, description.start + 8, description.end);
  if (!entry || entry.end - entry.start < 28) return null;
  return {
    width: view.getUint16(entry.start + 24),
    height: view.getUint16(entry.start + 26),
    codec: entry.type,
  };
}

function addTable(view: DataView, box: Box | null, pace: Pace): void {
  if (!box) return;
  const most = Math.floor((box.end - box.start - 8) / 8);
  const count = Math.min(view.getUint32(box.start + 4), most);
  for (let at = box.start + 8, end = at + count * 8; at < end; at += 8) {
    pace.add(view.getUint32(at), view.getUint32(at + 4));
  }
}

/** Seconds that an edit list shows, empty edits left out; null without one. */
function edited(view: DataView, box: Box | null, clock: number): number | null {
  if (!box || clock === 0) return null;
  const long = view.getUint8(box.start) === 1;
  const step = long ? 20 : 12;
  const most = Math.floor((box.end - box.start - 8) / step);
  const count = Math.min(view.getUint32(box.start + 4), most);
  let ticks = 0;
  for (let at = box.start + 8, end = at + count * step; at < end; at += step) {
    const empty = view.getInt32(at + (long ? 8 : 4)) === -1;
    if (!empty) ticks += long ? big(view, at) : view.getUint32(at);
  }
  return ticks > 0 ? ticks / clock : null;
}

/** Of a file in fragments: how long a frame of a track stands unless it says so itself. */
function lengthIn(view: DataView, box: Box, track: number): number {
  for (const one of boxes(view, box.start, box.end)) {
    if (one.type === "trex" && view.getUint32(one.start + 4) === track) {
      return view.getUint32(one.start + 12);
    }
  }
  return 0;
}

function addFragment(view: DataView, picture: Picture, otherwise: number): void {
  for (const track of boxes(view)) {
    const head = track.type === "traf" ? inside(view, track, "tfhd") : null;
    if (!head || view.getUint32(head.start + 4) !== picture.id) continue;
    const length = fragmentLength(view, head) ?? otherwise;
    for (const run of boxes(view, track.start, track.end)) {
      if (run.type === "trun") addRun(view, run, picture.pace, length);
    }
  }
}

/** The length that a fragment's head gives its frames, behind what else its flags say is there. */
function fragmentLength(view: DataView, head: Box): number | null {
  const flags = view.getUint32(head.start) & 0xffffff;
  if (!(flags & 0x8)) return null;
  return view.getUint32(head.start + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0));
}

function addRun(view: DataView, run: Box, pace: Pace, otherwise: number): void {
  const flags = view.getUint32(run.start) & 0xffffff;
  const count = view.getUint32(run.start + 4);
  if (!(flags & 0x100)) {
    pace.add(Math.min(count, MOST_IN_A_RUN), otherwise);
    return;
  }
  const first = run.start + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  const step = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  const most = Math.floor((run.end - first) / step);
  for (let at = first, end = at + Math.min(count, most) * step; at < end; at += step) {
    pace.add(1, view.getUint32(at));
  }
}

const MOST_IN_A_RUN = 1_000_000;

const big = (view: DataView, at: number): number =>
  view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);

const letters = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((each) => view.getUint8(at + each)));
