/** What an element may be called, and where its files lie: a name never leads out of its folder. */

/** Letters: the server takes 200 bytes, and four may be one letter. */
const MOST = 48;

/** Names as they are kept: no space around them, one way of writing accents. */
export const tidy = (name: string): string => name.normalize("NFC").replace(/\s+/g, " ").trim();

/** Why there can be no element of that name beside the others; null where there can. */
export function nameProblem(name: string, others: readonly string[]): string | null {
  const clean = tidy(name);
  if (!clean) return "Give it a name.";
  if ([...clean].length > MOST) return `At most ${MOST} letters, please.`;
  if (/[/\\]/.test(clean)) return "A name has no slash.";
  if (/^\.+$/.test(clean)) return "A name is more than dots.";
  if (/\p{C}/u.test(clean)) return "A name has no invisible letters.";
  if (/#\d+$/.test(clean)) return "A name may not end in # and digits.";
  const taken = others.find((other) => other.toLowerCase() === clean.toLowerCase());
  return taken ? `There is “${taken}” already.` : null;
}

const FRONTAL = "frontal";
const FILE = /^(?:frontal|angle-[1-3])\.[a-z0-9]{2,5}$/i;

/** What the files of an element are called, by their places: the front first, then the angles. */
export function fileName(place: number, suffix: string): string {
  return `${place === 0 ? FRONTAL : `angle-${place}`}.${suffix}`;
}

/** The ending of a file's name in lower case; `png` where it has none that is one. */
export function suffixOf(name: string): string {
  return /\.([a-z0-9]{2,5})$/i.exec(name)?.[1]?.toLowerCase() ?? "png";
}

/** The files among a folder's that make an element, the front first; null where it has no front. */
export function filesOf(names: readonly string[]): string[] | null {
  const ours = names.filter((name) => FILE.test(name)).sort();
  const front = ours.find((name) => name.startsWith(`${FRONTAL}.`));
  return front ? [front, ...ours.filter((name) => !name.startsWith(FRONTAL))] : null;
}

/** The path of a file of an element, each part escaped. */
export function pathOf(namespace: string, name: string, file: string): string {
  const [owner, folder, last] = [namespace, name, file].map(encodeURIComponent);
  return `api/repos/${owner}/elements/file/main/${folder}/${last}`;
}

/** The name of the element that an address is a file of; null where it is of none. */
export function nameIn(address: string): string | null {
  const path = URL.canParse(address) ? new URL(address).pathname : "";
  const [, folder, file = ""] = /\/elements\/file\/main\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  try {
    return folder !== undefined && FILE.test(file) ? decodeURIComponent(folder) : null;
  } catch {
    return null; // not as we write it
  }
}

/** The path of the list of a folder; of all elements without a name. */
export function listPath(namespace: string, name: string, page: number): string {
  const folder = name ? `/${encodeURIComponent(name)}` : "";
  return `api/repos/${encodeURIComponent(namespace)}/elements/dir/main${folder}?page=${page}&page_size=100`;
}
