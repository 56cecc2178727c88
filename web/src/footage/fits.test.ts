import { expect, it } from "vitest";
import type { Probe } from "../workbench/attachment";
import { fits, limitsTold, worthUpload } from "./fits";

const clip: Probe = {
  width: 1280,
  height: 720,
  bytes: 1_000_000,
  length: 10,
  rate: 25,
  frames: 250,
  sound: false,
  codec: "avc1",
};
const image: Probe = { ...clip, length: null, rate: null, frames: null, sound: null, codec: null };
const limits = {
  max_bytes: 200_000_000,
  min_side: 720,
  max_side: 3840,
  min_seconds: 3,
  max_seconds: 15.05,
};

it("has nothing against a clip within the limits, up to the little that they have to spare", () => {
  expect(fits(clip, limits)).toEqual([]);
  expect(fits({ ...clip, length: 15.04 }, limits)).toEqual([]);
  expect(fits({ ...clip, width: 9000, length: 500 }, undefined)).toEqual([]);
});

it("names the limit and the value", () => {
  expect(fits({ ...clip, length: 22.4 }, limits)).toEqual([
    "This clip is 22.4 s long; this model takes 3 to 15 s. Trim it below.",
  ]);
  expect(fits({ ...clip, length: 1.84 }, limits)).toEqual([
    "This clip is 1.8 s long; this model takes 3 to 15 s.",
  ]);
  expect(fits({ ...clip, width: 640, height: 360 }, limits)).toEqual([
    "The picture is 640 × 360 pixels; this model takes 720 to 3840 on each side.",
  ]);
  expect(fits({ ...clip, bytes: 312_000_000 }, limits)).toEqual([
    "This file has 312 MB; this model takes up to 200 MB.",
  ]);
  expect(fits({ ...image, height: 236 }, { min_side: 300 })).toEqual([
    "The picture is 1280 × 236 pixels; this model takes at least 300 on each side.",
  ]);
});

it("tells a length beyond a limit by a hair to as many digits as that takes", () => {
  expect(fits({ ...clip, length: 2.98 }, limits)[0]).toMatch(/^This clip is 2\.98 s long/);
  expect(fits({ ...clip, length: 15.062 }, limits)[0]).toMatch(/^This clip is 15\.1 s long/);
});

it("holds the length of the stretch against the limits where there is one", () => {
  const long = { ...clip, length: 60 };
  expect(fits(long, limits, { start: 4, end: 14 })).toEqual([]);
  expect(fits(long, limits, { start: 4, end: 6 })).toEqual([
    "The stretch is 2.0 s long; this model takes 3 to 15 s. Make it longer.",
  ]);
  expect(fits(long, limits, { start: 4, end: 24 })).toEqual([
    "The stretch is 20.0 s long; this model takes 3 to 15 s. Make it shorter.",
  ]);
});

it("says nothing of what nobody knows", () => {
  expect(fits(null, limits)).toEqual([]);
  expect(fits({ ...clip, length: null, bytes: null }, limits)).toEqual([]);
});

it("sends what trimming can mend, and nothing else that does not fit", () => {
  expect(worthUpload({ ...clip, length: 60 }, limits)).toBe(true);
  expect(worthUpload({ ...clip, length: 2 }, limits)).toBe(false);
  expect(worthUpload({ ...clip, height: 480 }, limits)).toBe(false);
  expect(worthUpload({ ...clip, bytes: 1e9 }, limits)).toBe(false);
  expect(worthUpload(null, limits)).toBe(true);
});

it("tells limits in one line", () => {
  expect(limitsTold("video", limits)).toBe("3 to 15 s · 720 to 3840 pixels a side · up to 200 MB");
  expect(limitsTold("image", { min_side: 300, max_bytes: 10_000_000 })).toBe(
    "at least 300 pixels a side · up to 10 MB",
  );
});
