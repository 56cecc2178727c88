import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession, Locator, Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { end, given, key, leave, url, visit } from "./browser";

afterAll(end);

const MOST = 60;
/* Presses of Tab after which something counts as out of reach. */

/** Go with Tab to what is looked for. */
async function tabTo(page: Page, to: Locator, by: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await to.waitFor();
  for (let presses = 0; presses < MOST; presses++) {
    if (await to.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(by);
  }
  throw new Error(`${MOST} times ${by} does not lead to ${to}`);
}

/** What chooses files with the button that has the focus. Listened for from the start: it takes a while to be set up. */
function chooser(page: Page): (files: string[]) => Promise<void> {
  let files: string[] = [];
  page.on("filechooser", (asked) => void asked.setFiles(files));
  return async (chosen) => {
    files = chosen;
    await page.keyboard.press("Enter");
  };
}

/** Pictures of the journey's clip, each of another moment. */
async function pictures(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const query = `thumbnail=true&width=480&timestamp=${index / 2}`;
      const still = await fetch(`${given("CUTROOM_CLIP_URL")}?${query}`, {
        headers: { Authorization: `Bearer ${key()}` },
      });
      const path = join(given("CUTROOM_SCRATCH"), `still-${index + 1}.jpg`);
      await writeFile(path, Buffer.from(await still.arrayBuffer()));
      return path;
    }),
  );
}

/** A key as a keyboard sends it while an input method has the text: it never becomes a letter. */
async function press(cdp: CDPSession, key: string, windowsVirtualKeyCode: number): Promise<void> {
  for (const type of ["rawKeyDown", "keyUp"] as const) {
    await cdp.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode });
  }
}

it("takes a person without a mouse from the key to the result", async () => {
  const there = await visit();
  const { page } = there;
  const { keyboard } = page;
  const choose = chooser(page);
  await page.goto(`${url()}/`);
  await tabTo(page, page.getByLabel("Key"));
  await keyboard.type(key());
  await keyboard.press("Enter");

  // The model: another one, and back to the first.
  const model = page.getByRole("button", { name: /^Model\b/ });
  await tabTo(page, model);
  await keyboard.press("ArrowDown");
  const models = page.getByRole("listbox", { name: "Model" });
  await models.waitFor();
  await keyboard.press("End");
  await keyboard.press("Enter");
  await page.getByRole("button", { name: /^Model\b.*Omni/ }).waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.type("o3 edit");
  await keyboard.press("Enter");
  await page.getByRole("button", { name: /^Model\b.*O3 Edit/ }).waitFor();
  expect(await model.evaluate((one) => one === document.activeElement)).toBe(true);

  await tabTo(page, page.getByRole("button", { name: /^Choose a file/ }).first(), "Shift+Tab");
  await choose([given("CUTROOM_CLIP")]);
  await page.getByText("birds.mp4").first().waitFor();
  await tabTo(page, page.getByRole("button", { name: /^Choose files/ }));
  await choose(await pictures(3));
  const tiles = page.getByRole("button", { name: /^@Image[0-9]: still-/ });
  await tiles.nth(2).waitFor();

  // Mentions, by every key that takes one.
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  const menu = page.getByRole("listbox", { name: "What can be mentioned" });
  const is = (text: string) => expect.poll(() => prompt.inputValue()).toBe(text);
  await tabTo(page, prompt, "Shift+Tab");
  await keyboard.type("Put @");
  await menu.waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await is("Put @Image2 ");
  await keyboard.type("beside @Im");
  await keyboard.press("Tab");
  await is("Put @Image2 beside @Image1 ");
  await keyboard.type("and @still-3");
  await keyboard.press("Enter");
  await is("Put @Image2 beside @Image1 and @Image3 ");
  await keyboard.type("@");
  await menu.waitFor();
  await keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await keyboard.press("Backspace");

  // Undone to the beginning and done again: nothing is lost on the way.
  const written = "Put @Image2 beside @Image1 and @Image3 ";
  for (let steps = 0; (await prompt.inputValue()) !== "" && steps < MOST; steps++) {
    await keyboard.press("Control+z");
  }
  await is("");
  for (let steps = 0; (await prompt.inputValue()) !== written && steps < MOST; steps++) {
    await keyboard.press("Control+Shift+z");
  }
  await is(written);

  // One that is removed: the rest close up, and what meant it means nothing now.
  await tabTo(page, tiles.first());
  await keyboard.press("Delete");
  await is("Put @Image1 beside @Image0 and @Image2 ");
  await page.getByRole("button", { name: "Use @Image2" }).waitFor();
  await tabTo(page, page.getByRole("button", { name: /^Take it out.*@Image0$/ }), "Shift+Tab");
  await keyboard.press("Enter");
  await is("Put @Image1 beside and @Image2 ");
  await page.getByRole("button", { name: /^Take it out/ }).waitFor({ state: "detached" });

  await tabTo(page, prompt, "Shift+Tab");
  await keyboard.press("Control+a");
  await keyboard.type("make it black and white");
  await page.locator(".plan-say").waitFor();
  await keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 60_000 });
  await leave(there);
}, 180_000);

it("leaves keys to the input method while something is composed", async () => {
  const there = await visit();
  const { page, context } = there;
  await context.request.post(`${url()}/api/session`, {
    data: { key: key() },
    headers: { Origin: url() },
  });
  const choose = chooser(page);
  await page.goto(`${url()}/`);
  await page.getByRole("button", { name: /^Choose files/ }).focus();
  await choose(await pictures(2));
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  const menu = page.getByRole("listbox", { name: "What can be mentioned" });
  const cdp = await context.newCDPSession(page);
  await prompt.focus();
  await page.keyboard.type("雪 @");
  await menu.waitFor();
  const first = menu.getByRole("option").first();
  // What is composed may be letters that the menu knows; its keys are the input method's all the same.
  await cdp.send("Input.imeSetComposition", { text: "im", selectionStart: 2, selectionEnd: 2 });
  await press(cdp, "ArrowDown", 40);
  await press(cdp, "Enter", 13);
  await press(cdp, "Process", 229);
  await menu.waitFor();
  expect(await prompt.inputValue()).toBe("雪 @im");
  expect(await first.getAttribute("aria-selected")).toBe("true");
  await cdp.send("Input.insertText", { text: "im" });
  expect(await prompt.inputValue()).toBe("雪 @im");
  await menu.waitFor();
  await page.keyboard.press("ArrowDown"); // now they are the menu's
  await page.keyboard.press("Enter");
  expect(await prompt.inputValue()).toBe("雪 @Image2 ");
  await leave(there);
}, 60_000);
