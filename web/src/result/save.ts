/** Files of this server, saved under names of our choice. */

import { ApiError } from "../api/client";

/** Milliseconds after which a browser has taken over what it saves. */
const TAKEN = 60_000;

/** Save what lies at an address. The server has a name of its own for it, which a plain link could not replace. */
export async function save(url: string, name: string): Promise<void> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new ApiError(answer.status, "", "The file cannot be fetched any more.");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN);
}
