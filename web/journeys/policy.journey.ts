import { afterAll, expect, it } from "vitest";
import { wrongWith } from "./axe";
import { end, key, leave, made, signedIn, url, user, visit } from "./browser";
import { behind } from "./proxy";

afterAll(end);

const HOSTILE = `"><img src=x onerror="alert(1)"><script>alert(2)</script> make it black and white`;

it("has nobody in who has no key", async () => {
  const there = await visit();
  await there.page.goto(`${url()}/`);
  await there.page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await wrongWith(there.page)).toEqual([]);
  await leave(there);
});

it.each([
  ["light", 390],
  ["dark", 1280],
] as const)("is fit for everybody on every page, %s at %i pixels", async (theme, width) => {
  const row = await made("make it black and white");
  for (const hash of ["#/", "#/history", "#/account", `#/generation/${row["generation_id"]}`]) {
    const there = await signedIn(hash, { dark: theme === "dark", width });
    await there.page.locator("main h1").waitFor();
    expect(await wrongWith(there.page), hash).toEqual([]);
    const overflow = await there.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${hash} is wider than the window`).toBeLessThanOrEqual(0);
    await leave(there);
  }
});

it("shows a prompt with HTML in it as text everywhere", async () => {
  const row = await made(HOSTILE);
  for (const hash of ["#/history", `#/generation/${row["generation_id"]}`]) {
    const there = await signedIn(hash);
    let asked = false;
    there.page.on("dialog", (dialog) => {
      asked = true;
      void dialog.dismiss();
    });
    await there.page.getByText("<script>alert(2)</script>").first().waitFor();
    expect(await there.page.locator("main img[src=x]").count()).toBe(0);
    expect(asked).toBe(false);
    await leave(there);
  }
});

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

it("works under a path that a proxy takes off", async () => {
  await made("make it black and white");
  const proxy = await behind("/tools/cut", url());
  const there = await visit();
  const { page } = there;
  await page.goto(proxy.url);
  await page.getByLabel("Key").fill(key());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.goto(`${proxy.url}#/history`);
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>("main img")].some((one) => one.naturalWidth),
  );
  expect(proxy.strays).toEqual([]);
  await leave(there);
  await proxy.close();
});
