/** What a file is and holds, found out here before anything is sent. */

import type { Media, Probe } from "../workbench/attachment";
import { imageSize, videoMetadata } from "./element";
import { movie } from "./movie";
import { HEAD, type Sniffed, sniffAs, WrongFile } from "./sniff";
import { ofAddress, ofBlob, type Source } from "./source";

export interface Probed {
  readonly sniffed: Sniffed;
  /** null where nobody here can tell; the server will. */
  readonly probe: Probe | null;
}

/** Of a folder, or a file that was moved or changed since it was chosen. */
const UNREADABLE = "This file cannot be read. Was it moved, or is it a folder?";

/** Look into a file. Throws WrongFile, whose message says what is wrong with it. */
export async function probeFile(file: Blob, media: Media): Promise<Probed> {
  const view = URL.createObjectURL(file);
  try {
    return await look(ofBlob(file), view, media);
  } catch (error) {
    if (error instanceof WrongFile) throw error;
    throw new WrongFile(UNREADABLE);
  } finally {
    URL.revokeObjectURL(view);
  }
}

/** What is wrong with a file, told by its first bytes; null where it may be what is wanted. */
export async function wrongKind(file: Blob, media: Media): Promise<string | null> {
  try {
    sniffAs(media, await ofBlob(file).read(0, HEAD));
    return null;
  } catch (error) {
    return error instanceof WrongFile ? error.message : UNREADABLE;
  }
}

/** Look into a file of this server. Throws WrongFile; what cannot be reached is not known. */
export async function probeAddress(url: string, media: Media): Promise<Probed | null> {
  try {
    return await look(await ofAddress(url), url, media);
  } catch (error) {
    if (error instanceof WrongFile) throw error;
    return null;
  }
}

async function look(source: Source, view: string, media: Media): Promise<Probed> {
  const sniffed = sniffAs(media, await source.read(0, HEAD));
  const bytes = source.size;
  if (sniffed.media === "image") return { sniffed, probe: await still(view, bytes) };
  const isMovie = sniffed.suffix === "mp4" || sniffed.suffix === "mov";
  const probe = (isMovie && (await index(source))) || (await played(view, bytes));
  return { sniffed, probe };
}

/** What the file's own index says; null where that is too scattered, or out of reach. */
async function index(source: Source): Promise<Probe | null> {
  try {
    return await movie(source);
  } catch (error) {
    if (error instanceof WrongFile) throw error;
    return null;
  }
}

async function still(view: string, bytes: number): Promise<Probe> {
  const size = await imageSize(view);
  if (!size) throw new WrongFile("This image is damaged: it cannot be shown.");
  return { ...size, bytes, length: null, rate: null, frames: null, sound: null, codec: null };
}

async function played(view: string, bytes: number): Promise<Probe | null> {
  const told = await videoMetadata(view);
  return told && { ...told, bytes, rate: null, frames: null, sound: null, codec: null };
}
