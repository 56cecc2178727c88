import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { api, drop, end, given, leave, type Row, signedIn } from "./browser";

afterAll(end);

/** Every standing that the page showed, and every progress that an answer told: the rest came by events. */
async function watched(page: Page): Promise<{ shown: () => Promise<string[]>; told: Set<string> }> {
  const told = new Set<string>();
  page.on("response", async (answer) => {
    if (!/\/api\/ai\/queue/.test(answer.url()) || !answer.ok()) return;
    const text = await answer.text().catch(() => "");
    for (const [, progress] of text.matchAll(/"progress": ?([0-9.]+)/g)) {
      told.add(`${Math.floor(Number(progress) * 100)} %`);
    }
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const bar = document.querySelector(".running-bar [role=status]")?.textContent ?? "";
      if (bar && seen.at(-1) !== bar) seen.push(bar);
      const picture = document.querySelector<HTMLImageElement>(".running-frame img");
      if (picture?.complete && picture.naturalWidth && !seen.includes("picture")) {
        seen.push("picture");
      }
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const shown = (): Promise<string[]> => page.evaluate(() => Reflect.get(window, "seen"));
  return { shown, told };
}

it("goes from a dropped clip to the downloaded result, and loses nothing by a reload", async () => {
  const there = await signedIn();
  const { page } = there;
  const uploaded = page.waitForResponse(
    (answer) => answer.request().method() === "PUT" && answer.ok(),
    { timeout: 60_000 },
  );
  await drop(page, given("CUTROOM_REAL_CLIP"));
  await uploaded;

  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.fill("make it a snowy night");
  const plan = page.getByRole("region", { name: "What will be done" });
  await plan.getByText(/night.*snow/).waitFor();
  await plan.getByText("classical").waitFor();
  expect(await plan.textContent()).toMatch(/\$\d/);

  const { shown, told } = await watched(page);
  await page.reload(); // what was written, and the clip, are still there
  expect(await prompt.inputValue()).toBe("make it a snowy night");
  await page
    .getByText(basename(given("CUTROOM_REAL_CLIP")))
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await page.reload(); // in the middle of the work
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 150_000 });

  const standings = await shown();
  const done = standings.map((one) => one.replace(/,.*/, "")); // and not when it will be done
  const heard = done.filter((one) => one.endsWith("%") && !told.has(one));
  expect(heard.length, `of ${standings}, ${[...told]} were asked for`).toBeGreaterThan(0);
  expect(standings).toContain("picture");

  // The result beside the clip, on one clock.
  const position = page.getByRole("slider", { name: "Position" });
  await page.getByRole("radio", { name: "Side by side" }).check();
  await page.getByRole("button", { name: "One frame on" }).click();
  await page.getByRole("button", { name: "One frame on" }).click();
  await page.getByText(/^frame 3 \//).waitFor();
  await position.press(",");
  await page.getByText(/^frame 2 \//).waitFor();
  await page.getByRole("img", { name: "Before and After" }).waitFor();

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const { generations } = await api<{ generations: Row[] }>("api/ai/generations");
  expect(generations.map((one) => one.prompt)).toEqual(["make it a snowy night"]);
  const result = await (await fetch(String(generations[0]?.result_url))).arrayBuffer();
  expect(result.byteLength).toBeGreaterThan(1000);
  expect((await readFile(await download.path())).equals(Buffer.from(result))).toBe(true);
  await leave(there);
}, 300_000);
