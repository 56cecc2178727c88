/** Where the API is: beside the page, whatever path a proxy put in front of both. */

/** The folder that the page lies in, with a slash at its end; never a query or a fragment. */
export function folder(): string {
  const { origin, pathname } = new URL(document.baseURI);
  return origin + pathname.slice(0, pathname.lastIndexOf("/") + 1);
}

/** The address of a path of the API, such as `api/ai/queue`. */
export function address(path: string): string {
  return new URL(path.replace(/^\//, ""), folder()).href;
}

/** Under what the server hands out addresses of its own; see `knowBase`. */
let base: string | null = null;

/** Learn under what the server hands out addresses: CUTROOM_PUBLIC_URL, or what it was called by. */
export function knowBase(told: string): void {
  base = told;
}

/**
 * An address of this server as the page may load it; that of another server as it is.
 *
 * The server knows itself by the name in CUTROOM_PUBLIC_URL, the page by the one in the address bar, and its
 * policy lets it load from there alone.
 */
export function here(url: string): string {
  const path = pathOf(url);
  return path === null ? url : address(path);
}

/** Whether an address is of a file on this server. */
export const isOurs = (url: string): boolean => pathOf(url)?.startsWith("api/repos/") ?? false;

/** The part of an address of this server that follows its base; null for those of others. */
function pathOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  for (const one of [folder(), base]) {
    const path = one === null ? null : after(slashed(one), url);
    if (path !== null && /^(api|v1)\//.test(path)) return path;
  }
  return null;
}

const slashed = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

function after(start: string, url: string): string | null {
  const [ours, theirs] = [new URL(start), new URL(url)];
  const same = ours.host === theirs.host || (isLoopback(ours) && isLoopback(theirs));
  if (!same || ours.port !== theirs.port || !theirs.pathname.startsWith(ours.pathname)) return null;
  return theirs.pathname.slice(ours.pathname.length) + theirs.search + theirs.hash;
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.has(hostname);
