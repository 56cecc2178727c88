/**
 * What a text was, so that it can be undone.
 *
 * A browser's own history of a field knows nothing of numbers that changed because an image was taken
 * away: it would bring old ones back, which then mean another image. So the field keeps its own, and
 * what happens to the numbers happens to all of it.
 */

export interface Moment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Milliseconds after which typing is another step. */
const PAUSE = 1_000;
const MOST = 500;

export class History {
  private moments: Moment[];
  private at = 0;
  private last = { how: "", when: Number.NEGATIVE_INFINITY };

  constructor(first: Moment) {
    this.moments = [first];
  }

  /** What the text is now. `how` is the event's inputType; typing on is one step. */
  record(moment: Moment, how: string, when: number): void {
    const there = this.moments[this.at];
    if (there?.text === moment.text) return;
    const on =
      this.at > 0 &&
      this.at === this.moments.length - 1 &&
      how === this.last.how &&
      (how === "insertText" || how.startsWith("deleteContent")) &&
      when - this.last.when < PAUSE &&
      !newWord(there?.text ?? "", moment.text);
    this.last = { how, when };
    this.moments.length = this.at + 1;
    if (on) this.moments[this.at] = moment;
    else this.moments.push(moment);
    if (this.moments.length > MOST) this.moments.shift();
    this.at = this.moments.length - 1;
  }

  /** Where the caret is before the next change: where undoing it leads back to. */
  moved(text: string, start: number, end: number): void {
    const there = this.moments[this.at];
    if (there?.text === text) this.moments[this.at] = { ...there, start, end };
  }

  undo(): Moment | null {
    return this.go(this.at - 1);
  }

  redo(): Moment | null {
    return this.go(this.at + 1);
  }

  /** Rewrite all that ever was. */
  rewrite(how: (moment: Moment) => Moment): void {
    this.moments = this.moments.map(how);
  }

  private go(to: number): Moment | null {
    const there = this.moments[to];
    if (!there) return null;
    this.at = to;
    this.last = { how: "", when: Number.NEGATIVE_INFINITY };
    return there;
  }
}

/** Whether typing went from a word's end into the next: each word is a step. */
function newWord(before: string, after: string): boolean {
  const added = after.length - before.length;
  return added > 0 && /\s\S$/.test(after) && /\s$/.test(before);
}
