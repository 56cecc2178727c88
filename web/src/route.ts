/** Which page is shown: the fragment of the address, so that a path prefix and a reload change nothing. */

import { computed, signal } from "@preact/signals";

export type Route =
  | { page: "workbench" }
  | { page: "generation"; id: string }
  | { page: "compare"; ids: readonly [string, string] }
  | { page: "history" }
  | { page: "account" };

const fragment = signal(location.hash);
addEventListener("hashchange", () => {
  fragment.value = location.hash;
});

/** The route of a fragment such as `#/generation/ID`; what is unknown is the workbench. */
export function routeOf(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("?")[0]?.split("/").map(decoded) ?? [];
  const [page, first, second] = parts;
  if (page === "generation" && first) return { page, id: first };
  if (page === "compare" && first && second) return { page, ids: [first, second] };
  if (page === "history" || page === "account") return { page };
  return { page: "workbench" };
}

/** The fragment of a route. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case "generation":
      return `#/generation/${encodeURIComponent(route.id)}`;
    case "compare":
      return `#/compare/${route.ids.map(encodeURIComponent).join("/")}`;
    case "workbench":
      return "#/";
    default:
      return `#/${route.page}`;
  }
}

export const route = computed(() => routeOf(fragment.value));

export function go(to: Route): void {
  location.hash = hashOf(to);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
