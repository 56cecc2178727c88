import { expect, it } from "vitest";
import { sniffAs } from "./sniff";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (each) => each.charCodeAt(0));

it.each([
  ["video", "\0\0\0\x18ftypisom\0\0\x02\0isom", "mp4"],
  ["video", "\0\0\0\x14ftypqt  \0\0\0\0qt  ", "mov"],
  ["video", "\0\0\0\x08wide\0\0\0\0mdat", "mov"],
  ["video", "\x1a\x45\xdf\xa3", "mkv"],
  ["video", "GIF89a", "gif"],
  ["video", "RIFF\0\0\0\0AVI LIST", "avi"],
  ["video", `G${"\0".repeat(187)}G${"\0".repeat(187)}G${"\0".repeat(187)}`, "ts"],
  ["image", "GIF89a", "gif"],
  ["image", "\xff\xd8\xff\xe0", "jpg"],
  ["image", "RIFF\0\0\0\0WEBPVP8 ", "webp"],
  ["image", "\0\0\0\x18ftypmif1\0\0\0\0avifmif1", "avif"],
] as const)("takes as %s what begins with %j", (media, head, suffix) => {
  expect(sniffAs(media, bytes(head)).suffix).toBe(suffix);
});

it.each([
  ["video", "", "This file is empty."],
  ["video", "\x89PNG\r\n\x1a\n", "This file is an image, not a video."],
  ["image", "\0\0\0\x18ftypisom\0\0\x02\0isom", "This file is a video, not an image."],
  ["image", "\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This file is a HEIC photo."],
  ["image", "<?xml version='1.0'?>\n<svg xmlns='x'/>", "This file is an SVG drawing"],
  ["image", "\n <!DOCTYPE html><html>", "This file is a web page"],
  ["video", "#EXTM3U\n", "This file is a playlist"],
  ["video", "RIFF\0\0\0\0WAVEfmt ", "This file is a sound file"],
  ["video", "just words", "This file is neither a video nor an image"],
] as const)("says what is wrong where a %s begins with %j", (media, head, sentence) => {
  expect(() => sniffAs(media, bytes(head))).toThrow(sentence);
});
