import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { api, end, given, leave, signedIn } from "./browser";

afterAll(end);

/** Let go of a file over an element, as a person does who dragged it there. */
async function drop(page: Page, path: string, selector: string): Promise<void> {
  const bytes = (await readFile(path)).toString("base64");
  const transfer = await page.evaluateHandle(
    ({ bytes, name }) => {
      const made = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      made.items.add(new File([content], name, { type: "video/mp4" }));
      return made;
    },
    { bytes, name: basename(path) },
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent(selector, type, { dataTransfer: transfer });
  }
}

it("goes from a dropped clip to the downloaded result, and loses nothing by a reload", async () => {
  const there = await signedIn();
  const { page } = there;
  await drop(page, given("CUTROOM_REAL_CLIP"), "main");
  await page.getByText("Uploaded").waitFor({ timeout: 30_000 });

  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.fill("make it a snowy night");
  const plan = page.getByRole("region", { name: "What will be done" });
  await plan.getByText(/night.*snow/).waitFor();
  await plan.getByText("classical").waitFor();
  expect(await plan.textContent()).toMatch(/\$\d/);

  await page.reload();
  expect(await prompt.inputValue()).toBe("make it a snowy night");
  await page.getByRole("button", { name: "Run" }).click();
  const cancel = page.getByRole("button", { name: "Cancel" });
  await cancel.waitFor();
  await page.reload(); // in the middle of the work
  await page.getByRole("link", { name: "Download" }).waitFor({ timeout: 100_000 });

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  const { generations } = await api<{ generations: { result_url: string; prompt: string }[] }>(
    "api/ai/generations",
  );
  expect(generations.map((one) => one.prompt)).toEqual(["make it a snowy night"]);
  const result = Buffer.from(await (await fetch(String(generations[0]?.result_url))).arrayBuffer());
  const got = await readFile(await download.path());
  const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  expect(digest(got)).toBe(digest(result));
  await leave(there);
}, 180_000);
