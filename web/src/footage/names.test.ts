import { expect, it } from "vitest";
import { folderOf, linkIn, linkName, nameOf, uploadPath } from "./names";

it.each([
  ["birds.mp4", "birds.mp4"],
  ["Ferien, Tag 1 (ü).MOV", "Ferien, Tag 1 (ü).MOV"],
  ["cut#12", "cut-12.mp4"],
  ["../..\\etc/pass\u0000wd.mp4", "....etcpasswd.mp4"],
  ["...", "file.mp4"],
  ["", "file.mp4"],
  ["clip.2026 final version", "clip.2026 final version.mp4"],
  [`${"ü".repeat(300)}.mp4`, `${"ü".repeat(60)}.mp4`],
])("keeps as much of %j as the server takes", (given, kept) => {
  expect(nameOf(given, "mp4")).toBe(kept);
});

it("gives each upload a folder of its own, and escapes what lies in it", () => {
  const folder = folderOf(new Date(Date.UTC(2026, 10, 26, 13, 5, 9)), new Uint32Array([7e8, 9e8]));
  expect(folder).toMatch(/^20261126-130509-[0-9a-z]{6}$/);
  expect(uploadPath("alice", folder, "a b?#%.mp4")).toBe(
    `api/repos/alice/clips/file/main/${folder}/a%20b%3F%23%25.mp4`,
  );
});

it("finds a link in what was pasted", () => {
  expect(linkIn(" https://example.com/a%20b.mp4\n")).toBe("https://example.com/a%20b.mp4");
  for (const text of [
    "",
    "birds.mp4",
    "see https://example.com",
    "javascript:alert(1)",
    "https://",
  ])
    expect(linkIn(text)).toBeNull();
});

it("names a link by its last part", () => {
  expect(linkName("https://example.com/x/a%20b.mp4?y=1")).toBe("a b.mp4");
  expect(linkName("https://example.com/%E0%A4%A")).toBe("%E0%A4%A");
  expect(linkName("https://example.com/")).toBe("example.com");
});
