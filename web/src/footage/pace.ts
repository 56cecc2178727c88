/** How fast frames follow each other, out of what a container says of each one's length. */

/** Runs of frames of the same length, in ticks of the track's clock. */
export class Pace {
  frames = 0;
  private told = 0;
  /** How many frames stand how long; lengths beyond the last of these are counted together. */
  private readonly lengths = new Map<number, number>();
  private last = 0;

  add(frames: number, ticks: number): void {
    if (frames <= 0) return;
    this.frames += frames;
    this.told += frames * ticks;
    this.last = ticks;
    if (this.lengths.size < MOST_LENGTHS || this.lengths.has(ticks)) {
      this.lengths.set(ticks, (this.lengths.get(ticks) ?? 0) + frames);
    }
  }

  /** How long all of them stand; a last one that stands for nothing stands as long as the others. */
  get ticks(): number {
    const idle = this.last === 0 && this.lengths.get(0) === 1;
    return idle && this.frames > 1 ? (this.told * this.frames) / (this.frames - 1) : this.told;
  }

  /** Frames a second of a clock with so many ticks a second; `varies`: it is only their average. */
  rate(ticksASecond: number): { rate: number | null; varies: boolean } {
    if (this.frames === 0 || this.ticks <= 0 || ticksASecond <= 0) {
      return { rate: null, varies: false };
    }
    const average = (this.frames * ticksASecond) / this.ticks;
    const lengths = this.usual();
    const [only, ...others] = lengths;
    if (only !== undefined && others.length === 0) {
      return { rate: rounded(ticksASecond / only), varies: false };
    }
    for (const rate of USUAL) {
      const due = ticksASecond / rate;
      const near = lengths.every((length) => Math.abs(length - due) <= 1);
      if (near && Math.abs(average - rate) < rate / 100) return { rate, varies: false };
    }
    return { rate: average, varies: true };
  }

  /** The lengths there are, less one of the last frame alone: it often stands longer, or for nothing. */
  private usual(): number[] {
    const all = [...this.lengths].filter(([length]) => length > 0);
    const more = all.filter(([length, frames]) => !(length === this.last && frames === 1));
    return (more.length ? more : all).map(([length]) => length);
  }
}

const MOST_LENGTHS = 1_000;

const WHOLE = [12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240];
const NTSC = [12, 15, 24, 30, 48, 60, 120].map((rate) => (rate * 1000) / 1001);
const USUAL = [...WHOLE, ...NTSC];

/** The usual rate that a clock too coarse for it stands for: 29.97003 is 30000/1001. */
function rounded(rate: number): number {
  return USUAL.find((one) => Math.abs(one - rate) < one * 1e-5) ?? rate;
}
