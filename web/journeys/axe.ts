/** What axe finds wrong with a page, by the rules of WCAG 2.2 AA, in words. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** How a page is looked at: as a telephone and as a desk have it, in both themes. */
const LOOKS = [
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
  { width: 1280, theme: "dark" },
  { width: 1280, theme: "light" },
] as const;
/** Tall enough that nothing must be scrolled to come out from under what stays at the window's edge. */
const HEIGHT = 2000;
/** The narrowest window that everything must fit into. */
const NARROWEST = 360;

/** Everything that is wrong with the page as it is now, each with how it was looked at. */
export async function wrongWith(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(await readFile(source, "utf8"));
  }
  const before = page.viewportSize();
  const found = new Map<string, string[]>();
  for (const { width, theme } of LOOKS) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: theme });
    for (const one of await judged(page)) {
      found.set(one, [...(found.get(one) ?? []), `${theme} at ${width} px`]);
    }
  }
  await page.setViewportSize({ width: NARROWEST, height: HEIGHT });
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (beyond > 0) found.set(`${beyond} px are beyond the window`, [`${NARROWEST} px`]);
  if (before) await page.setViewportSize(before);
  return [...found].map(([one, looks]) => `${looks.join(", ")}: ${one}`);
}

async function judged(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults, string[]>(
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself there
    (tags) => (window as any).axe.run(document, { runOnly: tags, resultTypes: ["violations"] }),
    TAGS,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  );
}
