import { describe, expect, it } from "vitest";
import {
  begun,
  carried,
  completion,
  dangling,
  label,
  type MentionKind,
  matching,
  mentions,
  moves,
  renumbered,
  renumbering,
  spliced,
  unused,
} from "./mentions";

const told = (text: string): string[] =>
  mentions(text).map((one) => `${label(one.kind, one.number)}=${text.slice(one.start, one.end)}`);

describe("what is a mention", () => {
  it.each([
    ["@Image1", ["@Image1=@Image1"]],
    ["put @image 1 on @IMAGE_2", ["@Image1=@image 1", "@Image2=@IMAGE_2"]],
    ["<<<image_1>>> and <<< Element2 >>>", ["@Image1=<<<image_1>>>", "@Element2=<<< Element2 >>>"]],
    ["(@Video1), @Element12.", ["@Video1=@Video1", "@Element12=@Element12"]],
    ["@Image0", ["@Image0=@Image0"]],
    ["@Image0003", ["@Image3=@Image0003"]],
    ["@Image1's hat", ["@Image1=@Image1"]],
    ["ü@Image1", ["@Image1=@Image1"]], // letters are those of ASCII, as on the server
    ["me@Image1", []],
    ["@@Image1", []],
    ["@Image1st", []],
    ["@Image1_", []],
    ["@Image12345", []],
    ["@Image", []],
    ["@Images1", []],
    ["@Image  1", []],
    ["@Image\n1", []],
    ["@ſmage1", []],
    ["<<image_1>>", []],
    ["<<<image 1>>>", []],
  ])("%j", (text, expected) => {
    expect(told(text)).toEqual(expected);
  });
});

describe("what points at nothing, and what nothing points at", () => {
  const counts = { image: 2, element: 1, video: 0 };

  it("marks numbers beyond what there is, and 0", () => {
    const text = "@Image0 @Image1 @Image3 @Element1 @Element2 @Video1";
    const labels = dangling(text, counts).map((one) => label(one.kind, one.number));
    expect(labels).toEqual(["@Image0", "@Image3", "@Element2", "@Video1"]);
  });

  it("finds what no text mentions", () => {
    expect(unused(["@image 2", "a <<<element_1>>>"], counts)).toEqual(["@Image1"]);
    expect(unused([], {})).toEqual([]);
  });
});

describe("numbers that move", () => {
  it("closes the gap, and never moves what pointed at the one that went", () => {
    const to = moves(["a", "b", "c"], ["a", "c"]);
    expect(renumbered("@Image1 @Image2 @Image3", "image", to)).toBe("@Image1 @Image0 @Image2");
  });

  it("follows another order in one go", () => {
    const to = moves(["a", "b", "c"], ["c", "a", "b"]);
    expect(renumbered("@Image1, @Image2 and @Image3", "image", to)).toBe(
      "@Image2, @Image3 and @Image1",
    );
  });

  it("takes what comes in the same place for the same thing", () => {
    expect(renumbered("@Image1 @Image2", "image", moves(["a", "b"], ["x", "b"]))).toBe(
      "@Image1 @Image2",
    );
  });

  it("keeps the spelling and leaves other kinds and what points at nothing alone", () => {
    const to = moves(["a", "b", "c"], ["b", "c"]);
    expect(renumbered("@image 2 <<< image_3 >>> @Element2 @Image9 me@Image2", "image", to)).toBe(
      "@image 1 <<< image_2 >>> @Element2 @Image9 me@Image2",
    );
  });

  it("carries the caret along", () => {
    const text = "@Image10 x @Image2 y";
    const splices = renumbering(
      text,
      "image",
      new Map([
        [10, 9],
        [2, 10],
      ]),
    );
    expect(spliced(text, splices)).toBe("@Image9 x @Image10 y");
    expect(carried(0, splices)).toBe(0);
    expect(carried(9, splices)).toBe(8); // before the x
    expect(carried(text.length, splices)).toBe(text.length);
    expect(carried(7, splices)).toBe(7); // inside the number: at its end
  });

  it("says of every mention what it meant before, however lists change", () => {
    const random = dice(20261126);
    const kinds: MentionKind[] = ["image", "element", "video"];
    for (let round = 0; round < 2000; round++) {
      const before = Array.from({ length: random(6) }, (_, index) => `old${index}`);
      const kept = shuffled(before, random).slice(0, random(before.length + 1));
      const after = [...kept];
      for (let more = random(3); more > 0; more--) after.push(`new${round}-${more}`);
      const kind = kinds[random(3)] ?? "image";
      const words = Array.from({ length: random(8) }, () =>
        random(3)
          ? spelled(kinds[random(3)] ?? "image", random(8), random)
          : ["snow", "me@Image1", "@Image1st", "\n", "雪", "🦆"][random(6)],
      );
      const text = words.join(" ");
      const to = moves(before, after);
      const splices = renumbering(text, kind, to);
      const result = spliced(text, splices);
      const old = mentions(text);
      const now = mentions(result);
      expect(now.length).toBe(old.length);
      now.forEach((one, index) => {
        const was = old[index];
        if (!was) throw new Error("no mention came of nothing");
        expect(one.kind).toBe(was.kind);
        const meant = was.kind === kind ? before[was.number - 1] : undefined;
        if (meant === undefined) expect(one.number).toBe(was.number);
        else if (kept.includes(meant)) expect(after[one.number - 1]).toBe(meant);
        else if (one.number !== 0) expect(after[one.number - 1]).toMatch(/^new/); // replaced
        expect(carried(was.start, splices)).toBe(one.start);
        expect(carried(was.end, splices)).toBe(one.end);
      });
      // All that is no number of the kind is as it was.
      expect(result.replace(/[0-9]/g, "")).toBe(text.replace(/[0-9]/g, ""));
    }
  });
});

describe("what is being written", () => {
  it.each([
    ["@|", ""],
    ["put @|", ""],
    ["put @Im|", "Im"],
    ["put @hat-2|", "hat-2"],
    ["put @Image 1|", "Image 1"],
    ["(@Ele|", "Ele"],
    ["@Hü|", "Hü"],
  ])("%j", (marked, query) => {
    const caret = marked.indexOf("|");
    expect(begun(marked.replace("|", ""), caret)?.query).toBe(query);
  });

  it.each(["me@|", "@@|", "@Image |", "@ |", "@Image1, |", "|@Image1", "a|"])(
    "%j is none",
    (marked) => {
      expect(begun(marked.replace("|", ""), marked.indexOf("|"))).toBeNull();
    },
  );

  it("means the whole mention with the caret inside it, and no word that follows", () => {
    expect(begun("see @Image12 here", 8)).toEqual({ start: 4, end: 12, query: "Ima" });
    expect(begun("see @make it", 5)).toEqual({ start: 4, end: 5, query: "" });
  });

  it("offers by label, then by name", () => {
    const among = [
      { kind: "image", number: 1, name: "red-hat.png" },
      { kind: "image", number: 11, name: "IMG_1.jpg" },
      { kind: "element", number: 1, name: "Ima the duck" },
    ] as const;
    const labels = (query: string): string[] =>
      matching(query, among).map((one) => label(one.kind, one.number));
    expect(labels("")).toEqual(["@Image1", "@Image11", "@Element1"]);
    expect(labels("image1")).toEqual(["@Image1", "@Image11"]);
    expect(labels("Image_11")).toEqual(["@Image11"]);
    expect(labels("ima")).toEqual(["@Image1", "@Image11", "@Element1"]);
    expect(labels("hat")).toEqual(["@Image1"]);
    expect(labels("red-hat")).toEqual(["@Image1"]);
    expect(labels("img_1")).toEqual(["@Image11"]);
    expect(labels("at")).toEqual([]);
    expect(labels("DUCK")).toEqual(["@Element1"]);
    expect(labels("zebra")).toEqual([]);
  });

  it("puts a space where the next word would spoil the mention", () => {
    const one = { kind: "image", number: 1, name: "" } as const;
    const done = (text: string, caret: number): string => {
      const at = begun(text, caret);
      if (!at) throw new Error("nothing was begun");
      return spliced(text, [{ ...at, by: completion(text, at, one) }]);
    };
    expect(done("put @Im", 7)).toBe("put @Image1 ");
    expect(done("put @Im, please", 7)).toBe("put @Image1, please");
    expect(done("put @2nd", 5)).toBe("put @Image1 2nd");
    expect(done("put @Image2 on", 7)).toBe("put @Image1 on");
  });
});

/** Numbers from 0 to below `most` that are the same in every run. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return most ? Math.floor((state / 2 ** 32) * most) : 0;
  };
}

function shuffled<T>(list: readonly T[], random: (most: number) => number): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(random(rest.length), 1));
}

function spelled(kind: MentionKind, number: number, random: (most: number) => number): string {
  const ways = [
    `@${kind}${number}`,
    label(kind, number),
    `@${kind} ${number}`,
    `<<<${kind}_${number}>>>`,
  ];
  return ways[random(ways.length)] ?? "";
}
