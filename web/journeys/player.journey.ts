/** The panes of the player show frames of one number, whatever is done: every frame has its number drawn into it. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { places, type View } from "../src/player/painter";
import { end, given, key, leave, made, signedIn, url, user, type Visit, visit } from "./browser";

const WIDTH = 448;
const HEIGHT = 256;
const BITS = 12;

let server: ViteDevServer;
let home = "";

beforeAll(async () => {
  const scratch = given("CUTROOM_SCRATCH");
  server = await createServer({
    cacheDir: join(scratch, "vite"),
    logLevel: "error",
    server: { port: 0, fs: { allow: [process.cwd(), scratch] }, watch: null, hmr: false },
  });
  await server.listen();
  home = server.resolvedUrls?.local[0] ?? "";
});

afterAll(async () => {
  await end();
  await server?.close();
});

/** A clip of numbered frames; where the page finds it. */
const clip = (...of: Parameters<typeof written>): string => `/@fs${written(...of).path}`;

function written(
  rate: string,
  frames: number,
  colour: string,
  size = [WIDTH, HEIGHT],
): { path: string; name: string } {
  const name = `${rate.replace("/", "-")}-${frames}-${colour}-${size.join("x")}.mp4`;
  const path = join(given("CUTROOM_SCRATCH"), name);
  const script = join(process.cwd(), "../tests/browser/numbered.py");
  const told = [script, path, rate, String(frames), ...size.map(String), colour];
  execFileSync(given("CUTROOM_PYTHON"), told);
  return { path, name };
}

const RED = "a03030";
const BLUE = "3030a0";

/** The player with clips; `more` is what the page should do without. */
async function player(clips: readonly string[], more = ""): Promise<Visit> {
  const made = await visit({ width: 560, height: 600 });
  const query = clips.map((one) => `clip=${encodeURIComponent(one)}`).join("&");
  await made.page.goto(`${home}journeys/player.html?${query}${more}`);
  await made.page.getByRole("button", { name: "Play" }).waitFor({ timeout: 60_000 });
  await made.page.getByRole("region", { name: "Player" }).focus();
  return made;
}

/** Where a number can be read: the left edge of a row of squares, the size of one, and the place of the colour. */
interface Row {
  x: number;
  y: number;
  square: number;
}

/** A row in each half of each picture; a wipe shows the left half of one and the right half of the other. */
async function rows(page: Page, mode: View["mode"], count: number): Promise<Row[]> {
  const box = await page.locator(".player-canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    return { x: 0, y: 0, width, height };
  });
  const shapes = Array.from({ length: count }, () => WIDTH / HEIGHT);
  const view = { mode, shapes, main: 0, gap: 4, divider: 0.5, front: 0, doublings: 0 };
  return places(box, view).map(({ x, y, width, height }, index) => {
    const half = mode === "wipe" && index === 1 ? width / 2 : 0;
    return { x: x + half, y: y + height / 4, square: width / 2 / (BITS + 2) };
  });
}

/** What is read in every row at every change, until so many changes were seen (or it takes too long). */
function watched(page: Page, where: readonly Row[], changes: number): Promise<number[][]> {
  return page.evaluate(
    async ({ where, changes, bits }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(".player-canvas");
      const context = canvas?.getContext("2d");
      if (!context) throw new Error("no canvas");
      const seen: number[][] = [];
      const until = performance.now() + 20_000;
      do {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const read = where.map(({ x, y, square }) => {
          const { data } = context.getImageData(x, y, Math.ceil(square * (bits + 2)), 1);
          let number = 0;
          for (let bit = 0; bit < bits; bit++) {
            const light = data[Math.round((bit + 1.5) * square) * 4] ?? 0;
            number = number * 2 + (light > 128 ? 1 : 0);
          }
          return number;
        });
        if (read.join() !== seen.at(-1)?.join()) seen.push(read);
      } while (seen.length < changes && performance.now() < until);
      return seen;
    },
    { where, changes, bits: BITS },
  );
}

/** Frames whose panes differ by something else than they should. */
const apart = (seen: readonly number[][], by = 0): number[][] =>
  seen.filter(([first = -1, ...more]) => more.some((one) => first - one !== by));

/** The number that stands beneath the stage. */
async function told(page: Page): Promise<number> {
  const text = (await page.locator(".player-time").textContent()) ?? "";
  return Number(/frame (\d+)/.exec(text)?.[1]) - 1;
}

/** Wait until the page tells a number and every row shows it. */
async function stands(page: Page, where: readonly Row[], number: number, by = 0): Promise<void> {
  await expect
    .poll(async () => [await told(page), ...((await watched(page, where, 1)).at(-1) ?? [])], {
      timeout: 60_000,
    })
    .toEqual([number, ...where.map((_, index) => (index === 0 ? number + by : number))]);
}

it.each(["", "&copied", "&untold"])(
  "shows one number while it plays, seeks, steps and hides%s",
  async (more) => {
    const there = await player([clip("30", 150, RED), clip("30", 150, BLUE)], more);
    const { page } = there;
    const where = await rows(page, "wipe", 2);
    await stands(page, where, 0);

    await page.keyboard.press("Space");
    const seen = await watched(page, where, 20);
    for (const speed of ["0.5", "2"]) {
      await page.getByRole("combobox", { name: "Speed" }).selectOption(speed);
      seen.push(...(await watched(page, where, 8)));
    }
    await page.getByRole("region", { name: "Player" }).focus();
    for (const key of ["ArrowRight", "ArrowLeft", "Home", "ArrowRight"]) {
      await page.keyboard.press(key);
      seen.push(...(await watched(page, where, 4)));
    }
    await hide(page, true);
    seen.push(...(await watched(page, where, 1)));
    await hide(page, false);
    seen.push(...(await watched(page, where, 5)));
    expect(apart(seen)).toEqual([]);
    expect(new Set(seen.map(([number]) => number)).size).toBeGreaterThan(10);

    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("slider", { name: "Position" }).fill("73");
    await stands(page, where, 73);
    for (const [key, number] of [
      [".", 74],
      [".", 75],
      [".", 76],
      [",", 75],
      ["End", 149],
      [",", 148],
    ] as const) {
      await page.keyboard.press(key);
      await stands(page, where, number);
    }
    await page.getByRole("button", { name: "One frame on" }).click();
    await stands(page, where, 149);
    await leave(there);
  },
);

it.each([
  ["24000/1001", 60],
  ["60", 120],
])("shows one number at %s frames a second, beside each other", async (rate, frames) => {
  const there = await player([clip(rate, frames, RED, [224, 128]), clip(rate, frames, BLUE)]);
  const { page } = there;
  await page.getByText("Side by side").click();
  await page.getByRole("region", { name: "Player" }).focus();
  const where = await rows(page, "side", 2);
  await page.keyboard.press("Space");
  const seen = await watched(page, where, 15);
  await page.keyboard.press("Space");
  expect(apart(seen)).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(15);
  await page.keyboard.press("End");
  await stands(page, where, frames - 1);
  await page.keyboard.press(",");
  await stands(page, where, frames - 2);
  await leave(there);
});

it("begins a stretch with its first frame, and lets the last frame of the shorter clip stand", async () => {
  const there = await player([`${clip("30", 150, RED)}#t=1,4`, clip("30", 60, BLUE)]);
  const { page } = there;
  const where = await rows(page, "wipe", 2);
  await stands(page, where, 0, 30);
  await page.getByRole("button", { name: "Repeat" }).click();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const seen = await watched(page, where, 15);
  expect(
    apart(
      seen.filter(([first = 0]) => first < 90),
      30,
    ),
  ).toEqual([]);
  // All 90 frames of the stretch are shown, those past the end of the other beside its last.
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await expect.poll(() => watched(page, where, 1)).toEqual([[119, 59]]);
  expect(await told(page)).toBe(89);
  await page.getByText("its last frame").waitFor();
  await leave(there);
});

it("tells no difference between frames of one number, and flickers between two clips", async () => {
  const there = await player([clip("30", 150, RED), clip("30", 150, BLUE)]);
  const { page } = there;
  const where = await rows(page, "difference", 2);
  await page.getByText("Difference").click();
  await page.getByRole("slider", { name: "Gain" }).fill("4");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => told(page), { timeout: 60_000 }).toBeGreaterThan(20);
  expect(await watched(page, where, 1)).toEqual([[0, 0]]);
  await page.getByRole("button", { name: "Pause" }).click();

  await page.getByText("Flicker").click();
  await page.getByRole("region", { name: "Player" }).focus();
  await expect.poll(() => colour(page)).toBe("blue");
  await page.keyboard.down("f");
  await expect.poll(() => colour(page)).toBe("red");
  await page.keyboard.up("f");
  await expect.poll(() => colour(page)).toBe("blue");
  await leave(there);
});

it("keeps four clips on one clock", async () => {
  const clips = [RED, BLUE, "30a030", "a0a030"].map((each) => clip("30", 90, each, [224, 128]));
  const there = await player(clips);
  const { page } = there;
  const where = await rows(page, "grid", 4);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const seen = await watched(page, where, 15);
  expect(apart(seen)).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(15);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("slider", { name: "Position" }).fill("41");
  await stands(page, where, 41);
  await leave(there);
});

it("does so in the page itself, between a stretch and what was made of it", async () => {
  const { path, name } = written("30", 64, RED);
  const place = `${url()}/api/repos/${user()}/clips/file/main/${name}`;
  const headers = { Authorization: `Bearer ${key()}` };
  const put = await fetch(place, { method: "PUT", headers, body: readFileSync(path) });
  expect(put.status).toBe(200);
  const [row] = await made("make it black and white", { input_video: `${place}#t=0.5,2` });
  expect(row.error_message).toBeNull();
  const there = await signedIn(`#/generation/${row.generation_id}`);
  const { page } = there;
  const where = await rows(page, "wipe", 2);
  // The result was coded anew from its first frame on, which is the fifteenth of the file: both show its number.
  await page.getByText("frame 1 / 45").waitFor();
  await expect.poll(() => watched(page, where, 1)).toEqual([[15, 15]]);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const seen = await watched(page, where, 15);
  expect(apart(seen)).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(15);
  await leave(there);
});

/** What the browser does when another tab comes before this one. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** The colour of the lower half of what is shown. */
function colour(page: Page): Promise<string> {
  return page.locator(".player-canvas").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const at = [canvas.width / 2 - 40, canvas.height * 0.8, 1, 1] as const;
    const [red = 0, , blue = 0] = canvas.getContext("2d")?.getImageData(...at).data ?? [];
    return red > blue ? "red" : "blue";
  });
}
