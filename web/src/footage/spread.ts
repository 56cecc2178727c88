/** Several files at once, and which parameter each of them is for. */

import type { Media } from "../workbench/attachment";

/** A parameter that takes media, in the order of the form. */
export interface Place {
  readonly name: string;
  readonly media: Media;
  readonly several: boolean;
  /** Files that it can take; of one that holds a single file, 0 where it does. */
  readonly room: number;
}

export interface Spread<F> {
  /** Files by the names of parameters. */
  readonly taken: ReadonlyMap<string, readonly F[]>;
  /** What was left out, a sentence for each reason. */
  readonly left: readonly string[];
}

interface FileLike {
  readonly name: string;
  readonly type: string;
}

/** By suffix, where the system has no type for it. */
const VIDEO = /\.(mp4|m4v|mov|mkv|webm|avi|flv|ts|m2ts|mpg|mpeg|ogv|3gp)$/i;
const IMAGE = /\.(jpe?g|png|webp|gif|avif|bmp|heic|heif|tiff?|svg)$/i;

/** What a file or a link is likely to be; its content is looked at later. */
export function guess({ name, type }: FileLike): Media | null {
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("image/")) return "image";
  if (VIDEO.test(name)) return "video";
  return IMAGE.test(name) ? "image" : null;
}

/** The first video goes where a video is wanted, images first where several are. */
export function spread<F extends FileLike>(
  files: readonly F[],
  places: readonly Place[],
): Spread<F> {
  const of = (media: Media): F[] => files.filter((file) => guess(file) === media);
  const neither = files.filter((file) => guess(file) === null);
  const videos = over(of("video"), ordered(places, "video"));
  const images = over(of("image"), ordered(places, "image"));
  return {
    taken: new Map([...videos.taken, ...images.taken]),
    left: [
      ...neither.map(({ name }) => `${name} is neither a video nor an image.`),
      ...leftOut("video", videos.left, places),
      ...leftOut("image", images.left, places),
    ],
  };
}

function ordered(places: readonly Place[], media: Media): Place[] {
  const some = places.filter((place) => place.media === media);
  return [...some.filter((place) => place.several), ...some.filter((place) => !place.several)];
}

function over<F>(files: F[], places: readonly Place[]): { taken: [string, F[]][]; left: number } {
  const rest = [...files];
  const taken: [string, F[]][] = [];
  for (const { name, room } of places) {
    const some = rest.splice(0, room);
    if (some.length) taken.push([name, some]);
  }
  const [only] = places;
  const last = rest[0];
  // One file for the one place there is: it takes the place of what is there.
  if (only && last && places.length === 1 && !only.several && taken.length === 0) {
    return { taken: [[only.name, [last]]], left: rest.length - 1 };
  }
  return { taken, left: rest.length };
}

function leftOut(media: Media, count: number, places: readonly Place[]): string[] {
  if (count === 0) return [];
  if (!places.some((place) => place.media === media)) {
    return [`This model takes no ${media}s.`];
  }
  return [
    count === 1
      ? `One ${media} was left out: there is no room for it.`
      : `${count} ${media}s were left out: there is no room for them.`,
  ];
}
