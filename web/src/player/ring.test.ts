import { expect, it } from "vitest";
import { Ring } from "./ring";

class Counted {
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

it("closes each frame once: pushed out, replaced or cleared", () => {
  const ring = new Ring<Counted>(3);
  const all = Array.from({ length: 8 }, () => new Counted());
  all.slice(0, 5).forEach((one, number) => {
    ring.put(number, one);
  });
  expect(all.map((one) => one.closed)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  ring.put(4, all[5] as Counted);
  expect(all[4]?.closed).toBe(1);
  expect(ring.size).toBe(3);
  ring.clear();
  expect(all.map((one) => one.closed)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  expect(ring.size).toBe(0);
});

it("gives what it holds by number", () => {
  const ring = new Ring<Counted>(2);
  const one = new Counted();
  ring.put(7, one);
  expect(ring.get(7)).toBe(one);
  expect([ring.has(7), ring.has(8)]).toEqual([true, false]);
});
