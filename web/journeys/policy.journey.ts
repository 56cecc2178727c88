import { afterAll, expect, it } from "vitest";
import { wrongWith } from "./axe";
import { end, leave, made, signedIn, url, visit } from "./browser";

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
    await there.page.waitForLoadState("networkidle").catch(() => undefined);
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
