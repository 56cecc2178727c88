import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { api, end, given, leave, made, signedIn, signIn, url, user, visit } from "./browser";

afterAll(end);

const videos = (page: Page, count: string) => page.getByRole("status").getByText(count).waitFor();

it("lets a link in once, and out for good", async () => {
  const link = `${url()}/#link=${given("CUTROOM_LINK")}`;
  const there = await visit();
  const { page, context } = there;
  const who = () => page.evaluate(() => fetch("api/session").then((answer) => answer.json()));
  await page.goto(link);
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await page.getByText(user()).first().waitFor();
  expect(page.url()).not.toContain("link");
  const cookies = await context.cookies();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await who()).user).toBeNull();
  await context.addCookies(cookies); // as somebody has it who kept it
  expect((await who()).user).toBeNull();

  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("alert").getByText(/link/i).waitFor();
  expect((await who()).user).toBeNull();
  await signIn(page);
  await leave(there);
});

it("finds, retries, deletes and compares what was made", async () => {
  await made("turn the birds into dragons");
  const [grey] = await made("make it black and white");
  await made("make it sepia", { num_generations: 2 });
  const there = await signedIn("#/history");
  const { page } = there;
  const cards = page.locator(".batch");
  await videos(page, "4 videos");
  expect(await cards.count()).toBe(3); // what was asked for together is together

  const words = page.getByLabel("Words of the prompt");
  await words.fill("SEPIA it");
  await videos(page, "2 videos");
  expect(await cards.getByRole("link", { name: "make it sepia" }).count()).toBeGreaterThan(0);
  await words.fill("sepia dragons");
  await page.getByText("Nothing was found").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByLabel("Status").selectOption("failed");
  await videos(page, "1 video");

  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByRole("region", { name: "It failed" }).waitFor();
  await page.goBack();
  await videos(page, "2 videos");
  await page.getByLabel("Status").selectOption("");
  await videos(page, "5 videos");

  const remove = page.getByRole("button", { name: "Delete: make it black and white" });
  await remove.click();
  await page.getByRole("button", { name: "Keep" }).click();
  expect((await fetch(String(grey.result_url))).status).toBe(200);
  await remove.click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("The video was deleted.").waitFor();
  await remove.waitFor({ state: "detached" });
  expect((await fetch(String(grey.result_url))).status).toBe(404);

  const marks = page.getByRole("checkbox", { name: "Compare: make it sepia" });
  await marks.first().check();
  await marks.last().check();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.getByRole("heading", { name: "Compare" }).waitFor();
  await page.getByRole("button", { name: "One frame on" }).click();
  await page.getByText(/^frame 2 \//).waitFor();

  await page.goBack();
  await cards.getByRole("link", { name: "make it sepia" }).last().click();
  await page.getByRole("radio", { name: "All side by side" }).check();
  await page.getByRole("img", { name: "1 and 2" }).waitFor();
  await leave(there);
}, 180_000);

it("makes a key, shows it once, and revokes it", async () => {
  const there = await signedIn("#/account");
  const { page } = there;
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("What it is for").fill("a script");
  await page.getByLabel("Dollars a month, at most").fill("5");
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByText("it is shown this once").waitFor();
  const secret = String(await page.locator(".key-secret code").textContent());
  const asked = () =>
    fetch(`${url()}/api/users/me`, { headers: { Authorization: `Bearer ${secret}` } });
  const me = (await (await asked()).json()) as { user: object };
  expect(me.user).toMatchObject({ username: user(), key: { scopes: ["read", "write"] } });
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: "a script" });
  await row.getByText("$5.00 a month").waitFor();
  expect(await page.locator("body").textContent()).not.toContain(secret);

  await row.getByRole("button", { name: "Revoke a script" }).click();
  await row.getByRole("button", { name: "Revoke a script for good" }).click();
  await page.getByText("The key a script was revoked.").waitFor();
  expect((await asked()).status).toBe(401);
  const { total } = await api<{ total: { succeeded: number } }>("api/ai/usage");
  await page.getByRole("row", { name: `All ${total.succeeded}` }).waitFor();
  await leave(there);
});
