/** Where the API is: beside the page, whatever path a proxy put in front of both. */

const page = (): URL => new URL(document.baseURI);

/** The address of a path of the API, such as `api/ai/queue`. */
export function address(path: string): string {
  return new URL(path.replace(/^\//, ""), folder()).href;
}

/** The folder that the page lies in, with a slash at its end; never a query or a fragment. */
export function folder(): string {
  const { origin, pathname } = page();
  return origin + pathname.slice(0, pathname.lastIndexOf("/") + 1);
}

/**
 * An address that the API handed out, under the page's own origin where it is the API's.
 *
 * The server knows itself by the name in CUTROOM_PUBLIC_URL, the page by the one in the address bar;
 * the page's policy lets it load from there alone. Addresses of other servers come back as they are.
 */
export function here(url: string): string {
  const at = url.search(/\/(api|v1)\//);
  return at < 0 ? url : address(url.slice(at + 1));
}

/** Whether an address is of a file on this server. */
export function isOurs(url: string): boolean {
  return here(url).startsWith(`${folder()}api/repos/`);
}
