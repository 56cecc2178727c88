import { describe, expect, it } from "vitest";
import { steer } from "./steer";

/** Seconds until a clip that is behind is beside its leader, looked at ten times a second. */
function settles(behind: number, speed: number): number {
  let away = behind;
  for (let tick = 0; tick < 100; tick += 1) {
    const what = steer(away, speed);
    if (what === "seek") return Number.NaN;
    if (Math.abs(away) < 0.008) return tick / 10;
    away -= (what.rate - speed) * 0.1;
  }
  return Number.POSITIVE_INFINITY;
}

describe("a clip that follows", () => {
  it.each([0.25, 0.5, 1, 1.5, 2])("comes beside its leader within two seconds at %f", (speed) => {
    for (const behind of [0.3, 0.1, -0.1, -0.3]) {
      expect(settles(behind * speed, speed)).toBeLessThan(2);
    }
  });

  it("keeps its speed where nothing is to be gained", () => {
    expect(steer(0.001, 1)).toEqual({ rate: 1 });
    expect(steer(-0.002, 0.5)).toEqual({ rate: 0.5 });
  });

  it("jumps when it is far away", () => {
    expect(steer(3, 1)).toBe("seek");
    expect(steer(-3, 1)).toBe("seek");
  });
});
