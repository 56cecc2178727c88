/** How the frames of a clip lie in time, and how they are numbered: from 0, in the order of showing. */

export interface Timeline {
  /** Frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** The number of the frame that begins nearest to so many seconds after the first one. */
  numberAt(seconds: number): number;
  /** When a frame begins, in seconds after the first one. */
  begin(number: number): number;
  /** A moment at which nothing but this frame is shown, in seconds after the first one began. */
  middle(number: number): number;
}

/** Frames that all last equally long. */
export function steady(rate: number, frames: number): Timeline {
  const last = Math.max(0, frames - 1);
  return {
    rate,
    frames: last + 1,
    begin: (number) => within(number, last) / rate,
    numberAt: (seconds) => within(Math.round(seconds * rate), last),
    middle: (number) => (within(number, last) + 0.5) / rate,
  };
}

/** Frames that begin at these seconds, the first one at 0; the last one ends at `end`. */
export function uneven(times: readonly number[], end: number): Timeline {
  const last = Math.max(0, times.length - 1);
  const begin = (number: number): number => times[number] ?? end;
  return {
    rate: (last + 1) / Math.max(end, 0.001),
    frames: last + 1,
    begin: (number) => begin(within(number, last)),
    numberAt(seconds) {
      let low = 0;
      let high = last;
      while (low < high) {
        const half = (low + high + 1) >> 1;
        if (begin(half) <= seconds) low = half;
        else high = half - 1;
      }
      const nearer = low < last && begin(low + 1) - seconds < seconds - begin(low);
      return nearer ? low + 1 : low;
    },
    middle(number) {
      const at = within(number, last);
      return (begin(at) + begin(at + 1)) / 2;
    },
  };
}

/** Rates that cameras and programs use. */
const USUAL = [
  24_000 / 1001,
  30_000 / 1001,
  60_000 / 1001,
  120_000 / 1001,
  ...[5, 6, 8, 10, 12, 12.5, 15, 16, 18, 20, 24, 25, 30, 48, 50, 60, 72, 90, 100, 120, 144, 240],
];

/** The rate of frames that were seen to begin at these seconds, some of them perhaps missed; null: too few. */
export function rateOf(times: readonly number[]): number | null {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, index) => time - (sorted[index] ?? 0));
  const seen = gaps.filter((gap) => gap > 0.001).sort((a, b) => a - b);
  const [shortest] = seen;
  if (shortest === undefined || seen.length < 3) return null;
  // A gap over missed frames is a multiple: together they tell the rate better than one alone.
  const steps = seen.map((gap) => Math.round(gap / shortest));
  const spanned = seen.reduce((sum, gap) => sum + gap, 0);
  const rate = steps.reduce((sum, step) => sum + step, 0) / spanned;
  const near = USUAL.reduce((a, b) => (Math.abs(b - rate) < Math.abs(a - rate) ? b : a));
  return Math.abs(near - rate) / rate < 0.0004 || Math.abs(near - rate) < 0.008 ? near : rate;
}

/** The number of a frame as editors write it: `0:04:12` is frame 12 of the fifth second. */
export function timecode(number: number, rate: number): string {
  const whole = Math.max(1, Math.round(rate));
  const second = Math.floor(number / whole);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(second / 60)}:${two(second % 60)}:${two(number % whole)}`;
}

const within = (number: number, last: number): number => Math.min(Math.max(number, 0), last);
