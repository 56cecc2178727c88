import { expect, it } from "vitest";
import { fileName, filesOf, listPath, nameIn, nameProblem, pathOf, suffixOf, tidy } from "./names";

it.each(["Bo", "Der rote Hut", "雪だるま", "a.b", "100%", "a?b#c", "<b>Bo", "-", "..a"])(
  "%s is a name",
  (name) => {
    expect(nameProblem(name, [])).toBeNull();
  },
);

it.each([
  "",
  "  ",
  ".",
  "..",
  "a/b",
  "a\\b",
  "../x",
  "a\u0000b",
  "a\u200bb",
  "\u202egnp",
  "x#12",
  "x".repeat(49),
])("%j is none", (name) => {
  expect(nameProblem(name, [])).not.toBeNull();
});

it("is there once, however it is written", () => {
  expect(nameProblem(" bo ", ["Bo"])).toBe("There is “Bo” already.");
  expect(tidy(" a \t  b ")).toBe("a b");
  expect(tidy("e\u0301")).toBe("\u00e9");
});

it("fits into what the server takes of a name, whatever its letters", () => {
  const longest = "🦆".repeat(48);
  expect(nameProblem(longest, [])).toBeNull();
  expect(new TextEncoder().encode(longest).length).toBeLessThanOrEqual(200);
});

it("never leads out of its folder", () => {
  for (const name of ["../../x", "a/../b", "?x=1", "#a", "%2e%2e", "a b"]) {
    const { pathname } = new URL(pathOf("al/ice", name, "frontal.png"), "http://h/p/");
    expect(pathname.split("/").slice(0, 8)).toEqual([
      "",
      "p",
      "api",
      "repos",
      "al%2Fice",
      "elements",
      "file",
      "main",
    ]);
    expect(decodeURIComponent(pathname.split("/")[8] ?? "")).toBe(name);
    expect(pathname.split("/")).toHaveLength(10);
  }
  expect(listPath("me", "a/b", 2)).toBe(
    "api/repos/me/elements/dir/main/a%2Fb?page=2&page_size=100",
  );
  expect(listPath("me", "", 1)).toBe("api/repos/me/elements/dir/main?page=1&page_size=100");
});

it("knows the files of an element, front first, and nothing else", () => {
  expect(
    filesOf(["angle-2.jpg", "notes.txt", "frontal.png", "angle-1.png", "angle-4.png"]),
  ).toEqual(["frontal.png", "angle-1.png", "angle-2.jpg"]);
  expect(filesOf(["angle-1.png"])).toBeNull();
  expect([0, 1, 3].map((place) => fileName(place, "png"))).toEqual([
    "frontal.png",
    "angle-1.png",
    "angle-3.png",
  ]);
  expect(suffixOf("http://h/a.JPEG")).toBe("jpeg");
  expect(suffixOf("http://h/a")).toBe("png");
});

it.each(["Bo", "Übel #1?% lantern", "雪だるま"])(
  "%s is found again in the address of its front",
  (name) => {
    expect(nameIn(`http://h/x/${pathOf("alice", name, "frontal.png")}`)).toBe(name);
  },
);

it.each([
  "",
  "frontal.png",
  "http://h/api/repos/alice/clips/file/main/Bo/frontal.png",
  "http://h/api/repos/alice/elements/file/main/Bo/notes.txt",
  "http://h/api/repos/alice/elements/file/main/%E0%A4/frontal.png",
])("%s is of no element", (address) => {
  expect(nameIn(address)).toBeNull();
});
