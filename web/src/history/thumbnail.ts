import type { Generation } from "../generations/generations";
import { lasting } from "../result/clips";

/** The address of a small picture of a generation's result; "" where it has none. */
export function thumbnail(row: Generation, width = 480): string {
  if (!row.result_url) return "";
  const address = new URL(lasting(row.result_url, row.target_namespace));
  address.searchParams.set("thumbnail", "true");
  address.searchParams.set("width", String(width));
  address.searchParams.set("timestamp", "1"); // films often begin in the dark
  return address.href;
}
