import { describe, expect, it } from "vitest";
import { clockOf, frameOf, isOver, lane, newest, numberOf } from "./pairing";
import { steady } from "./timeline";

const whole = (rate: number, frames: number) => lane(steady(rate, frames), null, null);

describe("a stretch of a clip", () => {
  it("has the frames that begin from its start on and before its end, as the server cuts", () => {
    const cut = lane(steady(30, 300), 3, 5.5);
    expect([cut.from, cut.length]).toEqual([90, 75]);
    const between = lane(steady(25, 300), 1.01, 2.01);
    expect([between.from, between.length]).toEqual([26, 25]);
  });

  it("begins with the next frame where its start is rounded up past a beginning", () => {
    // Frame 2 of 29.97 fps begins at 0.066733.
    expect(lane(steady(30_000 / 1001, 300), 0.066, null).from).toBe(2);
    expect(lane(steady(30_000 / 1001, 300), 0.067, null).from).toBe(3);
  });

  it("never is empty, and never past the file", () => {
    expect(lane(steady(30, 30), 99, 100)).toMatchObject({ from: 29, length: 1 });
    expect(lane(steady(30, 30), 0.5, 99)).toMatchObject({ from: 15, length: 15 });
  });
});

describe("the shared clock", () => {
  it("pairs equal rates frame by frame, from where a stretch begins", () => {
    const before = lane(steady(30, 300), 3, 6);
    const after = whole(30, 90);
    const clock = clockOf([before, after], 1);
    expect(clock).toEqual({ rate: 30, length: 90 });
    expect([0, 1, 89].map((number) => frameOf(before, clock, number))).toEqual([90, 91, 179]);
    expect([0, 1, 89].map((number) => frameOf(after, clock, number))).toEqual([0, 1, 89]);
  });

  it("takes 29.97 and 30000/1001 for one rate, and 30 for another", () => {
    const clock = clockOf([whole(29.97, 300), whole(30_000 / 1001, 300)], 1);
    expect(frameOf(whole(29.97, 300), clock, 299)).toBe(299);
    expect(clockOf([whole(30, 300), whole(30_000 / 1001, 300)], 1).length).toBe(300);
    expect(frameOf(whole(30, 450), clockOf([whole(30_000 / 1001, 450)], 0), 449)).toBe(449);
  });

  it("pairs different rates by time", () => {
    const before = whole(30, 90);
    const after = whole(24, 72);
    const clock = clockOf([before, after], 1);
    expect(clock.length).toBe(72);
    expect([0, 1, 2, 3, 4, 71].map((number) => frameOf(before, clock, number))).toEqual([
      0, 1, 3, 4, 5, 89,
    ]);
  });

  it.each([
    [24, 24],
    [30, 24],
    [24, 30],
    [60, 23.976],
    [12.5, 60],
  ])("knows the number of a frame of %f on a clock of %f", (rate, clockRate) => {
    const one = whole(rate, 240);
    const clock = { rate: clockRate, length: 1000 };
    for (let frame = frameOf(one, clock, 0); frame < 239; frame += 1) {
      const number = numberOf(one, clock, frame);
      expect(frameOf(one, clock, number)).toBeLessThanOrEqual(frame);
      expect(frameOf(one, clock, number + 1)).toBeGreaterThan(frame);
    }
  });

  it("lets the last frame of the shorter clip stand", () => {
    const before = whole(30, 100);
    const after = whole(30, 60);
    const clock = clockOf([before, after], 1);
    expect(clock.length).toBe(100);
    expect(frameOf(after, clock, 80)).toBe(59);
    expect([59, 60].map((number) => isOver(after, clock, number))).toEqual([false, true]);
    expect(isOver(before, clock, 99)).toBe(false);
  });
});

describe("the newest number that all clips have", () => {
  const lanes = [lane(steady(30, 300), 1, null), whole(30, 270)];
  const clock = clockOf(lanes, 1);
  const among =
    (...there: number[][]) =>
    (index: number, frame: number) =>
      there[index]?.includes(frame) ?? false;

  it("is the highest common one", () => {
    expect(newest(lanes, clock, 9, 6, among([36, 37, 38], [5, 6, 7, 8, 9]))).toBe(8);
    expect(newest(lanes, clock, 9, 6, among([36, 38], [5, 7, 9]))).toBeNull();
  });

  it("is not looked for beyond what is kept, nor beyond the leader", () => {
    expect(newest(lanes, clock, 20, 6, among([40], [10]))).toBeNull();
    expect(newest(lanes, clock, 9, 6, among([40], [10]))).toBeNull();
  });

  it("takes the last frame of a clip that is over", () => {
    const short = [whole(30, 5), whole(30, 50)];
    expect(newest(short, clockOf(short, 1), 30, 6, among([4], [29]))).toBe(29);
  });
});
