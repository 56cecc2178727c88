/** What the tab says: the page, and how far the work is, so that one may look elsewhere meanwhile. */

import { effect } from "@preact/signals";
import { active } from "../generations/generations";
import { type Route, route } from "../route";

const NAMES: Readonly<Record<Route["page"], string>> = {
  workbench: "Edit",
  generation: "Video",
  compare: "Compare",
  history: "History",
  account: "Account",
};

/** Keep the title true until the function that is returned is called. */
export function followTitle(): () => void {
  return effect(() => {
    const running = active.value.filter((one) => one.status === "processing");
    const least = Math.min(...running.map((one) => one.progress));
    const progress = running.length ? `${Math.floor(least * 100)} % · ` : "";
    document.title = `${progress}${NAMES[route.value.page]} · cutroom`;
  });
}
