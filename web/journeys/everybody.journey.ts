import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeEach, expect, it } from "vitest";
import { wrongWith } from "./axe";
import {
  api,
  drop,
  EDIT,
  end,
  given,
  leave,
  type Row,
  signedIn,
  signIn,
  url,
  visit,
} from "./browser";

afterAll(end);

/** What is wrong in each state, under its name: told all at once. */
let wrong: Record<string, string[]> = {};
beforeEach(() => {
  wrong = {};
});

async function look(page: Page, state: string): Promise<void> {
  const found = await wrongWith(page);
  if (found.length) wrong[state] = found;
}

const run = (page: Page) => page.getByRole("button", { name: "Run", exact: true }).click();

it("is fit for everybody while a video is made", async () => {
  const there = await visit();
  const { page } = there;
  await page.goto(`${url()}/`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await look(page, "sign-in");
  await signIn(page);
  await page.getByText("Drop a video here").waitFor();
  await look(page, "empty");

  await drop(page, given("CUTROOM_CLIP"));
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.fill("turn the birds into dragons");
  await page.getByText("This would fail.").waitFor();
  await look(page, "refused by the plan");

  await page.getByText("More settings").click();
  await prompt.fill("make it a snowy night");
  await page.locator(".plan-say").waitFor();
  await page.getByLabel("How many").selectOption("2");
  await look(page, "filled, with all settings");

  await run(page);
  await page.getByRole("button", { name: "Cancel" }).first().waitFor();
  await page.context().setOffline(true); // so that it stays as it is now
  await look(page, "running");
  await page.context().setOffline(false);
  await page.reload();
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 90_000 });
  await page.getByRole("slider", { name: "Position" }).waitFor();
  await look(page, "done");
  await page.getByRole("radio", { name: "All side by side" }).check();
  await look(page, "all results of a request");

  const { generations } = await api<{ generations: Row[] }>("api/ai/generations");
  const ids = generations.map((one) => one.generation_id);
  await page.goto(`${url()}/#/compare/${ids.join("/")}`);
  await page.getByRole("slider", { name: "Position" }).waitFor();
  await look(page, "compared");

  // Without what else the page holds: one that failed.
  const asked = await api<{ generations: Row[] }>("api/ai/queue", "POST", {
    model: EDIT,
    prompt: "turn the birds into dragons",
    input_video: given("CUTROOM_CLIP_URL"),
  });
  await page.goto(`${url()}/#/generation/${asked.generations[0]?.generation_id}`);
  await page.getByRole("region", { name: "It failed" }).waitFor();
  await look(page, "failed");

  await page.goto(`${url()}/#/history`);
  await page.getByText("3 videos").waitFor();
  await page.getByRole("checkbox").first().check();
  await page.getByRole("checkbox").nth(1).check();
  await look(page, "history, two chosen");
  await page.getByRole("button", { name: "Delete" }).first().click();
  await page.getByRole("dialog", { name: "Delete this video?" }).waitFor();
  await look(page, "the question before a deletion");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByLabel("Words of the prompt").fill("nothing has these words");
  await page.getByText("Nothing was found").waitFor();
  await look(page, "history, nothing found");
  await leave(there);
  expect(wrong).toEqual({});
}, 240_000);

it("is fit for everybody where elements, keys and money are looked after", async () => {
  const there = await signedIn("#/account");
  const { page } = there;
  await page.getByRole("button", { name: "Make a key" }).click();
  await look(page, "account, with the form of a new key");
  await page.getByLabel("What it is for").fill("a script");
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByText("it is shown this once").waitFor();
  await look(page, "account, with the new key");

  const picture = join(given("CUTROOM_SCRATCH"), "bird.jpg");
  const still = await fetch(`${given("CUTROOM_CLIP_URL")}?thumbnail=true&width=480`, {
    headers: { Authorization: `Bearer ${given("CUTROOM_KEY")}` },
  });
  await writeFile(picture, Buffer.from(await still.arrayBuffer()));
  await page.goto(`${url()}/#/`);
  await page.getByRole("button", { name: "Choose elements" }).click();
  const dialog = page.getByRole("dialog", { name: "Elements" });
  await dialog.getByText("There is none yet").waitFor();
  await dialog.getByRole("button", { name: "New element" }).click();
  const making = page.getByRole("dialog", { name: "New element" });
  await making.getByLabel("Name").fill("Ada the bird");
  await making.locator("input[type=file]").first().setInputFiles(picture);
  await look(page, "a new element");
  await making.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Ada the bird").first().waitFor();
  await look(page, "the elements");
  await leave(there);

  // A namespace that nobody gave money.
  const poor = await signedIn("#/", {}, given("CUTROOM_POOR_KEY"));
  await poor.page.getByRole("button", { name: /^Link/ }).first().click();
  await poor.page.getByLabel("Address of a video").fill("https://example.com/bird.mp4");
  await poor.page.getByLabel("Address of a video").press("Enter");
  await poor.page.getByRole("textbox", { name: "Prompt" }).fill("make it a snowy night");
  await poor.page.getByText("more than you have").waitFor();
  await run(poor.page);
  const told = poor.page.getByRole("form", { name: "Request" }).getByRole("alert");
  await told.getByText(/credit/).waitFor();
  await told.getByRole("link").waitFor();
  expect(await poor.page.getByRole("textbox", { name: "Prompt" }).inputValue()).toBe(
    "make it a snowy night",
  );
  await look(poor.page, "out of credits");
  await poor.page.goto(`${url()}/#/account`);
  await poor.page.getByText("cutroom credits add").waitFor();
  await look(poor.page, "account without credit");
  await leave(poor);
  expect(wrong).toEqual({});
}, 180_000);
