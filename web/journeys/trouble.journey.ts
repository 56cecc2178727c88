import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { api, drop, end, given, leave, signIn, url, visit } from "./browser";
import { behind } from "./proxy";

afterAll(end);

const PROMPT = "make it a snowy night";

const run = (page: Page) => page.getByRole("button", { name: "Run", exact: true }).click();
const prompt = (page: Page) => page.getByRole("textbox", { name: "Prompt" });

it("loses nothing by a server that fails or is gone, or by a key that is revoked", async () => {
  const lent = await api<{ secret: string; key: { id: string } }>("api/ai/keys", "POST", {
    name: "lent",
    scopes: ["read", "write"],
  });
  const proxy = await behind("", url());
  const there = await visit();
  const { page } = there;
  await page.goto(proxy.url);
  await signIn(page, lent.secret);
  await drop(page, given("CUTROOM_CLIP"), { name: "two birds.mp4" });
  await prompt(page).fill(PROMPT);
  await page.locator(".plan-say").waitFor();
  await page.locator("progress").waitFor({ state: "detached" });

  // It is told beside the button, and what was written stays.
  const told = page.getByRole("form", { name: "Request" }).getByRole("alert");
  proxy.turn("bad");
  await run(page);
  await told.getByText("The server answered 502").waitFor();
  proxy.turn("down");
  await run(page);
  await told.getByText("The server cannot be reached").waitFor();
  expect(await prompt(page).inputValue()).toBe(PROMPT);

  // It comes back, goes again in the middle of the work, and comes back.
  proxy.turn("well");
  await run(page);
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  expect(await told.count()).toBe(0);
  proxy.turn("down");
  proxy.turn("well");
  await page.getByRole("button", { name: "Download" }).waitFor({ timeout: 60_000 });
  const { total_entries } = await api<{ total_entries: number }>("api/ai/generations");
  expect(total_entries, "what was refused must not have been taken").toBe(1);

  // The key is revoked while nobody does anything; the stream of events is the first to learn it.
  await prompt(page).fill(`${PROMPT}, please`);
  await api(`api/ai/keys/${lent.key.id}`, "DELETE");
  proxy.turn("well");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("alert").getByText("its key was revoked").waitFor();
  const status = await page.evaluate(() => fetch("api/users/me").then((answer) => answer.status));
  expect(status).toBe(401);
  await page.getByLabel("Key").fill(lent.secret);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("valid API key").waitFor();
  await signIn(page);
  expect(await prompt(page).inputValue()).toBe(`${PROMPT}, please`);
  await page.getByRole("button", { name: "Download" }).waitFor();
  await page.getByRole("button", { name: "Back to the input" }).click();
  await page.getByText("two birds.mp4").first().waitFor();
  await leave(there);
  await proxy.close();
}, 180_000);
