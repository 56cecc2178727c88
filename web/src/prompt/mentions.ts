/**
 * Mentions: the places where a prompt names what came with it, `@Image1`, `@Element2`, `@Video1`.
 *
 * The rules are those of `src/cutroom/prompt.py`: what is a mention here is one for the server.
 */

export type MentionKind = "image" | "element" | "video";

export interface Mention {
  readonly kind: MentionKind;
  /** Counted from 1; 0 points at nothing, whatever is attached. */
  readonly number: number;
  /** `text.slice(start, end)` is how it was written. */
  readonly start: number;
  readonly end: number;
}

/** How many there are of each kind; what is missing is none. */
export type Counts = Readonly<Partial<Record<MentionKind, number>>>;

/** Where each number went, by the old one; 0: it is gone. Numbers that are missing stay. */
export type Moves = ReadonlyMap<number, number>;

// A letter or digit before the @ makes it an e-mail address; one after the number, another word.
const MENTION =
  /(?<![\w@])@(image|element|video)[ _]?([0-9]{1,4})(?!\w)|<<<[ \t\n\r\f\v]*(image|element|video)_?([0-9]{1,4})[ \t\n\r\f\v]*>>>/gi;

const NAMES = { image: "Image", element: "Element", video: "Video" } as const;

/** How a mention is written: `@Image1`. */
export const label = (kind: MentionKind, number: number): string => `@${NAMES[kind]}${number}`;

/** Every mention of a prompt, in the order of the text. */
export function mentions(text: string): Mention[] {
  return [...text.matchAll(MENTION)].map((found) => ({
    kind: (found[1] ?? found[3] ?? "").toLowerCase() as MentionKind,
    number: Number(found[2] ?? found[4]),
    start: found.index,
    end: found.index + found[0].length,
  }));
}

export const pointsAtNothing = (one: Mention, counts: Counts): boolean =>
  one.number < 1 || one.number > (counts[one.kind] ?? 0);

/** The mentions that point at nothing. */
export const dangling = (text: string, counts: Counts): Mention[] =>
  mentions(text).filter((one) => pointsAtNothing(one, counts));

/** The labels of what is attached and in none of the texts. */
export function unused(texts: readonly string[], counts: Counts): string[] {
  const said = new Set(texts.flatMap(mentions).map((one) => label(one.kind, one.number)));
  return (Object.entries(counts) as [MentionKind, number][]).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => label(kind, index + 1)).filter(
      (one) => !said.has(one),
    ),
  );
}

/**
 * Where the numbers went when a list became another one, by what identifies its items.
 *
 * Something new in the very place of something that went stands in for it: it was replaced.
 */
export function moves(before: readonly string[], after: readonly string[]): Moves {
  const old = new Set(before);
  return new Map(
    before.map((id, index) => {
      const there = after.indexOf(id);
      if (there >= 0) return [index + 1, there + 1];
      const instead = after[index];
      return [index + 1, instead !== undefined && !old.has(instead) ? index + 1 : 0];
    }),
  );
}

/** Replaced letters of a text: `text.slice(start, end)` becomes `by`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * What to replace so that the mentions of a kind follow the moves; in the order of the text.
 *
 * Only the number is written anew. What pointed at something that is gone becomes `@Image0`, which can
 * never come to mean anything else by chance.
 */
export function renumbering(text: string, kind: MentionKind, to: Moves): Splice[] {
  return mentions(text).flatMap((one) => {
    const number = one.kind === kind ? to.get(one.number) : undefined;
    if (number === undefined || number === one.number) return [];
    const written = text.slice(one.start, one.end);
    const digits = written.search(/[0-9]/);
    const length = /[0-9]+/.exec(written)?.[0].length ?? 0;
    const start = one.start + digits;
    return [{ start, end: start + length, by: String(number) }];
  });
}

/** The text with everything replaced; splices in the order of the text. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, by } of splices) {
    result += text.slice(done, start) + by;
    done = end;
  }
  return result + text.slice(done);
}

/** Where a caret at `position` is once everything is replaced. */
export function carried(position: number, splices: readonly Splice[]): number {
  let shift = 0;
  for (const { start, end, by } of splices) {
    if (position < end) return position <= start ? position + shift : start + shift + by.length;
    shift += by.length - (end - start);
  }
  return position + shift;
}

/** The text with the mentions of a kind following the moves. */
export const renumbered = (text: string, kind: MentionKind, to: Moves): string =>
  spliced(text, renumbering(text, kind, to));

/** What somebody is about to mention: `text.slice(start, end)` will be replaced. */
export interface Begun {
  readonly start: number;
  readonly end: number;
  /** What was written after the @. */
  readonly query: string;
}

// As far as a mention may have come, or the beginning of a file's or an element's name.
const BEGUN = /(?<![\w@])@((?:image|element|video)[ _][0-9]{1,4}|[\p{L}\p{N}_-]*)$/iu;

/** The mention that is being written at the caret; null where none is. */
export function begun(text: string, caret: number): Begun | null {
  const found = BEGUN.exec(text.slice(0, caret));
  if (!found) return null;
  // With the caret inside a mention the whole of it is meant.
  const around = mentions(text).find((one) => one.start === found.index && one.end > caret);
  return { start: found.index, end: around?.end ?? caret, query: found[1] ?? "" };
}

/** Something that can be mentioned. */
export interface Reference {
  readonly kind: MentionKind;
  readonly number: number;
  /** As its owner calls it: a file's name, an element's. */
  readonly name: string;
}

/** What the query may mean: by its label, then by its name from the beginning of a word on. */
export function matching<T extends Reference>(query: string, among: readonly T[]): T[] {
  const wanted = query.toLowerCase().replace(/[ _]/g, "");
  const rank = ({ kind, number, name }: Reference): number => {
    const tag = label(kind, number).slice(1).toLowerCase();
    if (tag === wanted) return 0;
    if (tag.startsWith(wanted)) return 1;
    const lower = name.toLowerCase();
    const words = [...lower.matchAll(/[\p{L}\p{N}]+/gu)];
    return words.some(({ index }) => lower.startsWith(query.toLowerCase(), index)) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((wantedRank) => among.filter((one) => rank(one) === wantedRank));
}

/** The letters to put in the place of what was begun, with a space where one is needed after them. */
export function completion(text: string, at: Begun, one: Reference): string {
  const next = text.charAt(at.end);
  return label(one.kind, one.number) + (next === "" || /\w/.test(next) ? " " : "");
}
