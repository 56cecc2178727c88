import { describe, expect, it } from "vitest";
import type { Probe } from "../workbench/attachment";
import { addressOf, attach } from "../workbench/attachment";
import {
  firstTrim,
  lineOf,
  put,
  slid,
  stretchOf,
  trimOf,
  typed,
  withEnd,
  withStart,
} from "./stretch";

const NTSC = 30_000 / 1001;
const probe = (frames: number, rate: number | null): Probe => ({
  width: 1280,
  height: 720,
  bytes: 1,
  length: frames / (rate ?? 25),
  rate,
  frames: rate === null ? null : frames,
  sound: null,
  codec: null,
});
const limits = { min_seconds: 3, max_seconds: 15.05 };
const line = (frames: number, rate: number | null = 25) => {
  const made = lineOf(probe(frames, rate), limits);
  if (!made) throw new Error("no line");
  return made;
};

it("counts in frames, also where nobody knows how many there are", () => {
  expect(line(1000)).toMatchObject({ frames: 1000, least: 75, most: 376 });
  expect(line(1000, null)).toMatchObject({ frames: 1000, rate: 25 });
  expect(line(1000, NTSC)).toMatchObject({ least: 90, most: 451 });
  expect(line(50)).toMatchObject({ least: 50, most: 50 });
  expect(lineOf({ ...probe(9, 25), length: null }, limits)).toBeNull();
});

it("uses all of a clip that fits, and the beginning of one that is too long", () => {
  expect(firstTrim(line(250), limits)).toBeNull();
  expect(firstTrim(line(376), limits)).toBeNull();
  expect(firstTrim(line(1000), limits)).toEqual({ start: 0, end: 15 });
  expect(firstTrim(line(1000, NTSC), limits)).toEqual({ start: 0, end: 449 / NTSC });
});

it("finds the way back from seconds to frames", () => {
  const ntsc = line(1000, NTSC);
  for (const start of [0, 1, 7, 333, 599]) {
    const stretch = { start, end: start + 400 };
    expect(stretchOf(trimOf(stretch, ntsc), ntsc)).toEqual(stretch);
  }
  expect(trimOf({ start: 0, end: 1000 }, ntsc)).toBeNull();
  expect(stretchOf({ start: 90, end: 95 }, line(100))).toEqual({ start: 99, end: 100 });
});

it("names in the address exactly the frames that begin in the stretch", () => {
  for (const rate of [NTSC, 24_000 / 1001, 25, 30, 60, 179 / 6]) {
    for (let start = 0; start < 300; start++) {
      const trim = trimOf({ start, end: start + 100 }, line(1000, rate));
      const url = addressOf(attach("video", "", { url: "http://x/a.mp4", trim }).value);
      const [from = 0, to = 0] = url?.split("#t=")[1]?.split(",").map(Number) ?? [];
      const first = Math.ceil(from * rate - 1e-9) + 0;
      const stop = Math.ceil(to * rate - 1e-9);
      expect([first, stop]).toEqual([start, start + 100]);
    }
  }
});

describe("moving", () => {
  const clip = line(1000);
  const stretch = { start: 100, end: 300 };

  it("goes where it should within the limits", () => {
    expect(withStart(stretch, 150, clip)).toEqual({ to: { start: 150, end: 300 }, because: null });
    expect(withEnd(stretch, 400.4, clip)).toEqual({ to: { start: 100, end: 400 }, because: null });
  });

  it("stops at the limits and says why", () => {
    const short = "No shorter: this model takes 3 to 15 s.";
    const long = "No longer: this model takes 3 to 15 s.";
    expect(withStart(stretch, 290, clip)).toEqual({ to: { start: 225, end: 300 }, because: short });
    expect(withEnd(stretch, 0, clip)).toEqual({ to: { start: 100, end: 175 }, because: short });
    expect(withEnd(stretch, 900, clip)).toEqual({ to: { start: 100, end: 476 }, because: long });
    const late = { start: 500, end: 700 };
    expect(withStart(late, 0, clip)).toEqual({ to: { start: 324, end: 700 }, because: long });
  });

  it("stops at the ends of the clip without a word", () => {
    expect(withStart(stretch, -50, clip)).toEqual({ to: { start: 0, end: 300 }, because: null });
    expect(slid(stretch, -500, clip)).toEqual({ start: 0, end: 200 });
    expect(slid(stretch, 5000, clip)).toEqual({ start: 800, end: 1000 });
  });

  it("shortens what has become too long for another model", () => {
    expect(withEnd({ start: 0, end: 900 }, 899, clip).to).toEqual({ start: 0, end: 376 });
  });

  it("takes the other end along where one is put far away", () => {
    expect(put("start", stretch, 600, clip).to).toEqual({ start: 600, end: 800 });
    expect(put("end", stretch, 900, clip).to).toEqual({ start: 700, end: 900 });
    expect(put("start", stretch, 999, clip).to).toEqual({ start: 925, end: 1000 });
    expect(put("start", stretch, 120, clip).to).toEqual({ start: 120, end: 300 });
  });
});

it("reads seconds as people type them", () => {
  expect(["4", "4.25", "4,25 s", "1:02.5", " 12 "].map(typed)).toEqual([4, 4.25, 4.25, 62.5, 12]);
  expect(["", "x", "-3", "1:2:3", "4..5", "Infinity"].map(typed)).toEqual(Array(6).fill(null));
});
