import { expect, it } from "vitest";
import { timesIn } from "./timing";

/** A box: its length, four letters, what it holds. */
function box(type: string, ...parts: number[][]): number[] {
  const content = parts.flat();
  return [
    ...word(content.length + 8),
    ...[...type].map((letter) => letter.charCodeAt(0)),
    ...content,
  ];
}

const word = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >> shift) & 255);
const table = (type: string, pairs: number[][]): number[] =>
  box(type, word(0), word(pairs.length), pairs.flat().flatMap(word));

/** The content of `moov` of a picture on a clock of 600. */
function movie(lengths: number[][], delays: number[][] | null): DataView {
  const samples = box("stbl", table("stts", lengths), ...(delays ? [table("ctts", delays)] : []));
  const clock = box("mdhd", word(0), word(0), word(0), word(600), word(0));
  const sound = box("trak", box("mdia", clock, box("minf", box("smhd", word(0)), samples)));
  const picture = box("trak", box("mdia", clock, box("minf", box("vmhd", word(0)), samples)));
  return new DataView(new Uint8Array([...sound, ...picture]).buffer);
}

it("tells when frames of different lengths begin", () => {
  expect(
    timesIn(
      movie(
        [
          [2, 20],
          [1, 60],
          [2, 20],
        ],
        null,
      ),
    ),
  ).toEqual([0, 20, 40, 100, 120].map((ticks) => ticks / 600));
});

it("puts frames that are coded in another order into that of showing, and counts from the first", () => {
  // I P B B: shown 0, 3, 1, 2, all of them delayed by one.
  expect(
    timesIn(
      movie(
        [[4, 20]],
        [
          [1, 20],
          [1, 60],
          [2, 0],
        ],
      ),
    ),
  ).toEqual([0, 20, 40, 60].map((ticks) => ticks / 600));
});

it("believes no table that is longer than its box", () => {
  const view = movie([[2, 20]], null);
  const { buffer } = view;
  const at = String.fromCharCode(...new Uint8Array(buffer)).indexOf("stts", view.byteLength / 2);
  view.setUint32(at + 8, 0xffffffff);
  expect(timesIn(view)).toEqual([0, 20 / 600]);
});
