import { afterAll, expect, it } from "vitest";
import {
  api,
  drop,
  end,
  given,
  key,
  leave,
  type Row,
  signedIn,
  signIn,
  url,
  user,
  visit,
} from "./browser";
import { behind } from "./proxy";

afterAll(end);

const HTML = `<img src=x onerror=ran()><script>ran()</script>`;
const DONE = `make it black and white and add a title saying "${HTML}"`;
const REFUSED = `">${HTML} make it black and white`;

it("shows a prompt with HTML in it as text everywhere", async () => {
  const there = await visit();
  const { page, context } = there;
  let ran = 0;
  await context.exposeFunction("ran", () => {
    ran++;
  });
  page.on("dialog", (dialog) => {
    ran++;
    void dialog.dismiss();
  });
  /** It is to be read there, and nothing came of it. */
  const isText = async (where: string): Promise<void> => {
    await page.locator(where).getByText(HTML).first().waitFor();
    expect(await page.locator("img[src=x], body script").count(), where).toBe(0);
    expect(await page.title()).not.toContain("<");
  };
  await page.goto(`${url()}/`);
  await signIn(page);

  // Written, planned, refused at once; run, and failed.
  await page.getByRole("button", { name: /^Link/ }).first().click();
  await page.getByLabel("Address of a video").fill(given("CUTROOM_CLIP_URL"));
  await page.getByLabel("Address of a video").press("Enter");
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.fill(REFUSED);
  await isText(".mention-mirror");
  await isText(".plan-refusal");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await isText(".stage .result-sentence");

  // Planned, carried out, shown.
  await prompt.fill(DONE);
  await isText(".plan-say");
  await page.getByLabel("How many").selectOption("2");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 60_000 });
  await isText(".stage .result-prompt");
  const { generations } = await api<{ generations: Row[] }>("api/ai/generations");
  const [second, first, failed] = generations.map((one) => one.generation_id);

  for (const hash of [
    `generation/${failed}`,
    `generation/${first}`,
    `compare/${first}/${second}`,
  ]) {
    await page.goto(`${url()}/#/${hash}`);
    await isText("main");
  }
  await page.goto(`${url()}/#/history`);
  await isText("main");
  await page.getByRole("button", { name: "Delete" }).first().click();
  await isText("dialog");
  await page.getByRole("button", { name: "Keep" }).click();

  // The names of keys are written by people, too, and come back in a notice.
  await page.goto(`${url()}/#/account`);
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("What it is for").fill(HTML);
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await isText("main");
  await page.getByRole("button", { name: `Revoke ${HTML}` }).click();
  await page.getByRole("button", { name: `Revoke ${HTML} for good` }).click();
  await isText(".notices");
  expect(ran).toBe(0);
  await leave(there);
}, 180_000);

it("runs nothing that an upload holds", async () => {
  const { page, context } = await signedIn();
  for (const [name, saved] of [
    ["page.html", true],
    ["page.svg", true],
    ["picture.png", false],
  ] as const) {
    const script = `<script>window.name = "ran"</script>`;
    const isSvg = name.endsWith("svg");
    const path = `api/repos/${user()}/clips/file/main/hostile/${name}`;
    const kept = await fetch(`${url()}/${path}`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${key()}` },
      body: isSvg ? `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>` : script,
    });
    expect(kept.status).toBe(200);
    // What is saved is no page: going there leaves the browser where it was.
    const download = saved ? page.waitForEvent("download") : null;
    await page.goto(`${url()}/${path}`).catch((error: Error) => {
      if (!saved) throw error;
    });
    await download;
    expect(await page.evaluate(() => window.name), name).toBe("");
  }
  await context.close();
});

it("works under a path that a proxy takes off, and under a name over plain HTTP", async () => {
  const proxy = await behind("/tools/cut", url());
  const there = await visit();
  const { page } = there;
  await page.goto(proxy.url);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await signIn(page);
  await drop(page, given("CUTROOM_CLIP"));
  await page.getByRole("textbox", { name: "Prompt" }).fill("make it black and white");
  await page.locator(".plan-say").waitFor();
  await page.locator("progress").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "One frame on" }).click();
  await page.getByText(/^frame 2 \//).waitFor();
  await page.goto(`${proxy.url}#/history`);
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>("main img")].some((one) => one.naturalWidth),
  );
  expect(proxy.strays).toEqual([]);
  await leave(there);
  await proxy.close();
});
