import { describe, expect, it } from "vitest";
import { rateOf, steady, timecode, uneven } from "./timeline";

const RATES = [24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60];

describe("a steady clip", () => {
  it.each(RATES)(
    "numbers every frame at %f a second, whatever clock its times are rounded to",
    (rate) => {
      const line = steady(rate, 15 * 60);
      for (const clock of [1000, 600, 12_800, 90_000, 1e6]) {
        for (let number = 0; number < line.frames; number += 1) {
          const told = Math.round((number / rate) * clock) / clock;
          expect(line.numberAt(told)).toBe(number);
        }
      }
    },
  );

  it.each(RATES)("seeks into the middle of a frame at %f a second", (rate) => {
    const line = steady(rate, 900);
    for (const number of [0, 1, 449, 899]) {
      const at = line.middle(number);
      expect(at).toBeGreaterThan(number / rate + 0.005);
      expect(at).toBeLessThan((number + 1) / rate - 0.005);
    }
  });

  it("has no numbers before its first and past its last frame", () => {
    const line = steady(30, 10);
    expect(line.numberAt(-1)).toBe(0);
    expect(line.numberAt(99)).toBe(9);
    expect(line.middle(99)).toBeCloseTo(9.5 / 30);
  });
});

describe("a clip whose frames stand for different times", () => {
  const line = uneven([0, 0.04, 0.05, 0.25, 0.29], 0.33);

  it("numbers frames by when they begin", () => {
    expect([0, 0.04, 0.05, 0.25, 0.29].map(line.numberAt)).toEqual([0, 1, 2, 3, 4]);
    expect(line.numberAt(0.0401)).toBe(1);
    expect(line.numberAt(5)).toBe(4);
  });

  it("seeks to where only that frame is shown", () => {
    expect(line.middle(1)).toBeCloseTo(0.045);
    expect(line.middle(2)).toBeCloseTo(0.15);
    expect(line.middle(4)).toBeCloseTo(0.31);
  });
});

describe("the rate of frames that were seen", () => {
  it.each(RATES)("is found at %f a second, with frames missed", (rate) => {
    const seen = [3, 4, 5, 7, 8, 12, 13, 14, 20, 21].map(
      (number) => Math.round((number / rate) * 90_000) / 90_000,
    );
    expect(rateOf(seen)).toBeCloseTo(rate, 6);
  });

  it("is not made up of too few", () => {
    expect(rateOf([0, 0.04])).toBeNull();
    expect(rateOf([])).toBeNull();
  });
});

it("writes timecodes as editors do", () => {
  expect(timecode(0, 30)).toBe("0:00:00");
  expect(timecode(132, 30)).toBe("0:04:12");
  expect(timecode(24 * 75 + 23, 24_000 / 1001)).toBe("1:15:23");
});
