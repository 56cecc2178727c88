/** What a parameter of the form takes. */

import type { MediaLimits, Schema } from "../models/models";
import type { Media } from "../workbench/attachment";

/** The kind of media of a parameter that is one, or a list of them; null for any other. */
export function mediaOf(schema: Schema): Media | null {
  const type = schema.renderType ?? schema.items?.renderType;
  return type ? (type === "video-url" ? "video" : "image") : null;
}

export const limitsOf = (schema: Schema): MediaLimits | undefined =>
  schema["x-limits"] ?? schema.items?.["x-limits"];

/** For a file dialog: types that browsers know, and suffixes that they do not. */
export const ACCEPT: Readonly<Record<Media, string>> = {
  video: "video/*,image/gif,.mkv,.mov,.avi,.flv,.ts,.m2ts,.mpg,.ogv",
  image: "image/jpeg,image/png,image/webp,image/gif,image/avif,image/bmp",
};
