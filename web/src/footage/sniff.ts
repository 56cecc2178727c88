/** What a file is, told by its first bytes as the server does: its name is not asked. */

import type { Media } from "../workbench/attachment";

/** Bytes looked at. */
export const HEAD = 4096;

const VIDEOS = "MP4, MOV, WebM, Matroska, AVI, FLV, GIF, MPEG-TS, MPEG-PS or Ogg";
const IMAGES = "JPEG, PNG, WebP, GIF, AVIF or BMP";

export interface Sniffed {
  /** A GIF is an image here; where a video is wanted it is taken too. */
  media: Media;
  /** As a suffix that the server knows. */
  suffix: string;
}

const MAGIC: readonly (readonly [string, Media, string])[] = [
  ["\x1a\x45\xdf\xa3", "video", "mkv"],
  ["FLV\x01", "video", "flv"],
  ["OggS", "video", "ogv"],
  ["\0\0\x01\xba", "video", "mpg"],
  ["GIF87a", "image", "gif"],
  ["GIF89a", "image", "gif"],
  ["\xff\xd8\xff", "image", "jpg"],
  ["\x89PNG\r\n\x1a\n", "image", "png"],
  ["BM", "image", "bmp"],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["#EXTM3U", "a playlist, which names other files; take the video itself"],
  ["<svg", "an SVG drawing; take a JPEG or PNG of it"],
  ["<?xml", "an XML document"],
  ["<!doctype", "a web page"],
  ["<html", "a web page"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a ZIP archive"],
  ["II*\0", "a TIFF image; take a JPEG or PNG of it"],
  ["MM\0*", "a TIFF image; take a JPEG or PNG of it"],
  ["8BPS", "a Photoshop document; take a JPEG or PNG of it"],
  ["\0\0\x01\0", "an icon"],
  ["\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"],
  ["ID3", "a sound file; it holds no picture"],
  ["fLaC", "a sound file; it holds no picture"],
];

/** The brands of stills in boxes, some of which are taken. */
const STILLS = ["avif", "avis"];
const HEIF = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
const BOXES = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp"];

/** A file that is nothing for us: the message says in words what it is. */
export class WrongFile extends Error {}

/** What a file is that begins so. Throws WrongFile. */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) throw new WrongFile("This file is empty.");
  const text = String.fromCharCode(...head.subarray(0, HEAD));
  for (const [magic, media, suffix] of MAGIC) {
    if (text.startsWith(magic)) return { media, suffix };
  }
  if (text.startsWith("RIFF")) return riff(text.slice(8, 12));
  if (BOXES.includes(text.slice(4, 8))) return boxed(text);
  if (isTransportStream(head)) return { media: "video", suffix: "ts" };
  throw new WrongFile(`This file is ${refused(text)}.`);
}

/** As `sniff`, of a file that is wanted as one of the two. Throws WrongFile. */
export function sniffAs(wanted: Media, head: Uint8Array): Sniffed {
  const found = sniff(head);
  if (found.media === wanted || (wanted === "video" && found.suffix === "gif")) return found;
  throw new WrongFile(
    wanted === "image"
      ? `This file is a video, not an image. Images can be ${IMAGES}.`
      : `This file is an image, not a video. Videos can be ${VIDEOS}.`,
  );
}

function riff(form: string): Sniffed {
  if (form === "AVI " || form === "AVIX") return { media: "video", suffix: "avi" };
  if (form === "WEBP") return { media: "image", suffix: "webp" };
  throw new WrongFile(
    form === "WAVE"
      ? "This file is a sound file; it holds no picture."
      : "This file is a RIFF file of an unknown kind.",
  );
}

function boxed(text: string): Sniffed {
  if (text.slice(4, 8) !== "ftyp") return { media: "video", suffix: "mov" };
  const size = (text.charCodeAt(2) << 8) | text.charCodeAt(3);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at < Math.min(size, text.length); at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((brand) => STILLS.includes(brand))) return { media: "image", suffix: "avif" };
  if (HEIF.includes(brands[0] ?? "")) {
    throw new WrongFile(`This file is a HEIC photo. Images can be ${IMAGES}.`);
  }
  return { media: "video", suffix: brands[0] === "qt  " ? "mov" : "mp4" };
}

/** MPEG-TS: a sync byte every 188 bytes, or every 192 after a 4-byte time. */
function isTransportStream(head: Uint8Array): boolean {
  return [
    [0, 188],
    [4, 192],
  ].some(([start = 0, step = 188]) => {
    if (head.length <= start + 2 * step) return false;
    for (let at = start; at < head.length; at += step) if (head[at] !== 0x47) return false;
    return true;
  });
}

function refused(text: string): string {
  const bare = text.replace(/^(\xef\xbb\xbf)?[ \t\r\n]*/, "").toLowerCase();
  if (bare.startsWith("<?xml") && bare.includes("<svg")) return refused("<svg");
  const found = REFUSED.find(
    ([magic]) => bare.startsWith(magic.toLowerCase()) || text.startsWith(magic),
  );
  return (
    found?.[1] ??
    `neither a video nor an image that is known here (videos: ${VIDEOS}; images: ${IMAGES})`
  );
}
