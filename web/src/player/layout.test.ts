import { describe, expect, it } from "vitest";
import { arrange, heightFor, inside } from "./layout";

describe("pictures beside each other", () => {
  it("lie side by side where it is wide, and above each other where it is narrow", () => {
    const wide = arrange({ x: 0, y: 0, width: 1204, height: 400 }, 2, 16 / 9, 4);
    expect(wide.map(({ x }) => Math.round(x))).toEqual([0, 604]);
    const narrow = arrange({ x: 0, y: 0, width: 360, height: 500 }, 2, 16 / 9, 4);
    expect(narrow.map(({ x }) => x)).toEqual([0, 0]);
    expect(narrow[1]?.y).toBeGreaterThan(200);
  });

  it("make four a square of two by two", () => {
    const boxes = arrange({ x: 0, y: 0, width: 1000, height: 600 }, 4, 16 / 9, 0);
    expect(new Set(boxes.map(({ x }) => Math.round(x))).size).toBe(2);
  });

  it("keep their shape", () => {
    for (const shape of [0.5625, 1, 1.778]) {
      for (const { width, height } of arrange(
        { x: 0, y: 0, width: 700, height: 300 },
        3,
        shape,
        4,
      )) {
        expect(width / height).toBeCloseTo(shape);
      }
    }
  });
});

it("takes no more height than there is, nor than it needs", () => {
  expect(heightFor(1600, 500, 1, 16 / 9, 0)).toBe(500);
  expect(heightFor(800, 5000, 1, 16 / 9, 0)).toBe(450);
});

it("puts a picture into the middle", () => {
  expect(inside({ x: 10, y: 0, width: 100, height: 100 }, 2)).toEqual({
    x: 10,
    y: 25,
    width: 100,
    height: 50,
  });
});
