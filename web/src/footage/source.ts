/** Bytes that are read a piece at a time, so that a clip of gigabytes costs kilobytes. */

export interface Source {
  readonly size: number;
  /** The bytes from `start` on; fewer where the file ends. Throws when they cannot be had. */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** Most bytes that are asked for at once. */
export const PIECE = 32 << 20;

export function ofBlob(blob: Blob): Source {
  return {
    size: blob.size,
    async read(start, length) {
      const end = Math.min(blob.size, start + Math.min(length, PIECE));
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    },
  };
}

/** Bytes that one request asks for at least: what a box says of itself is mostly near to the last. */
const BLOCK = 64 << 10;
/** Requests after which a file is too scattered to be worth more. */
const MOST_REQUESTS = 40;

/** A file of this server, by Range requests. Throws where it cannot be read so. */
export async function ofAddress(url: string): Promise<Source> {
  let left = MOST_REQUESTS;
  let block = { start: 0, bytes: new Uint8Array() };
  let size = 0;
  const load = async (start: number, length: number): Promise<void> => {
    if (left-- === 0) throw new Error("Too many requests for one file.");
    const last = start + Math.max(length, BLOCK) - 1;
    const answer = await fetch(url, {
      headers: { Range: `bytes=${start}-${last}` },
      credentials: "same-origin",
    });
    const total = /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "")?.[1];
    if (answer.status !== 206 || total === undefined) {
      await answer.body?.cancel();
      throw new Error(`No range of ${url}: ${answer.status}.`);
    }
    size = Number(total);
    block = { start, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
  await load(0, BLOCK);
  return {
    size,
    async read(start, length) {
      const wanted = Math.max(0, Math.min(length, PIECE, size - start));
      if (wanted === 0) return new Uint8Array();
      if (start < block.start || start + wanted > block.start + block.bytes.length) {
        await load(start, wanted);
      }
      return block.bytes.subarray(start - block.start, start - block.start + wanted);
    },
  };
}
