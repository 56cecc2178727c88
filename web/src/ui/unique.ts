/** A text that nobody else has; also on pages that came over plain HTTP, where there is no `crypto.randomUUID`. */
export function unique(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(16).padStart(8, "0")).join("");
}
