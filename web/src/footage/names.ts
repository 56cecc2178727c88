/** What an upload is called on the server, and what a link is called here. */

/** Letters of a file's name that are kept: the server takes 255 bytes, and four may be one letter. */
const MOST = 60;

/** A name that the server takes, as near to the file's own as can be. */
export function nameOf(file: string, suffix: string): string {
  const clean = file
    .normalize("NFC")
    .replace(/[\p{C}\\/]/gu, "")
    .replace(/#/g, "-") // a name may not end in '#' and digits
    .trim();
  const dot = clean.lastIndexOf(".");
  const known = dot > 0 && /^[a-z0-9]{2,5}$/i.test(clean.slice(dot + 1));
  const stem = [...(known ? clean.slice(0, dot) : clean)].slice(0, MOST).join("");
  const end = known ? clean.slice(dot + 1) : suffix;
  return `${/^\.*$/.test(stem) ? "file" : stem}.${end}`;
}

/** A folder of its own for each upload, so that no name is taken; the day makes them sort. */
export function folderOf(now: Date, random: Uint32Array): string {
  const part = [...random].map((each) => each.toString(36)).join("");
  return `${now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${part.slice(0, 6)}`;
}

/** The path of an upload, each part escaped. */
export function uploadPath(namespace: string, folder: string, name: string): string {
  const [owner, at, last] = [namespace, folder, name].map(encodeURIComponent);
  return `api/repos/${owner}/clips/file/main/${at}/${last}`;
}

/** The last part of a link, readable; its host where it has none. */
export function linkName(url: string): string {
  const { pathname, host } = new URL(url);
  const last = pathname.split("/").filter(Boolean).at(-1);
  if (last === undefined) return host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** A web address out of what somebody pasted; null where it is none. */
export function linkIn(text: string): string | null {
  const trimmed = text.trim();
  if (!/^https?:\/\/\S+$/i.test(trimmed)) return null;
  try {
    return new URL(trimmed).href;
  } catch {
    return null;
  }
}
