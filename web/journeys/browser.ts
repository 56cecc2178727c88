/** What the journeys share: a browser, a page that is signed in, and what must never happen in it. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect, onTestFailed } from "vitest";

/** A setting that tests/browser/test_journeys.py gives. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run tests/browser with pytest`);
  return value;
}

export const url = (): string => given("CUTROOM_URL");
export const key = (): string => given("CUTROOM_KEY");
/** The namespace of the key. */
export const user = (): string => given("CUTROOM_USER");

let browser: Browser | undefined;

async function started(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: given("CUTROOM_CHROMIUM"),
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A name over plain HTTP: browsers trust that less than a loopback address.
      "--host-resolver-rules=MAP cutroom.test 127.0.0.1",
      "--autoplay-policy=no-user-gesture-required",
      // Its sandbox does not start for root, as whom containers run tests.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
  return browser;
}

export async function end(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

export interface Looks {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** A page of a browser of its own, on which nothing was done yet; `faults` of it must stay empty. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Violations of the policy, exceptions and console errors, in words. */
  faults: string[];
}

export async function visit({
  width = 1280,
  height = 800,
  dark = false,
}: Looks = {}): Promise<Visit> {
  const context = await (await started()).newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    // Chromium writes an error for everything that the page's policy refuses, too.
    if (message.type() === "error" && !isExpected(message.text())) faults.push(message.text());
  });
  onTestFailed(async () => {
    const seen = await page
      .locator("body")
      .ariaSnapshot()
      .catch(() => "nothing any more");
    process.stderr.write(`The page at ${page.url()} showed:\n${seen}\n${faults.join("\n")}\n`);
  });
  return { page, context, faults };
}

const EXPECTED = [
  // Written for every 4xx; whether those are told well is what the journeys look at.
  "Failed to load resource",
  // Written for every page under a name over plain HTTP, where browsers trust no such header.
  "The Cross-Origin-Opener-Policy header has been ignored",
];
const isExpected = (text: string): boolean => EXPECTED.some((begin) => text.startsWith(begin));

/** The same, signed in on a page of the playground: with the key of the journey, unless told. */
export async function signedIn(hash = "#/", looks: Looks = {}, by = key()): Promise<Visit> {
  const made = await visit(looks);
  await made.context.request.post(`${url()}/api/session`, {
    data: { key: by },
    headers: { Origin: url() },
  });
  await made.page.goto(`${url()}/${hash}`);
  await made.page.getByRole("navigation", { name: "Pages" }).waitFor();
  return made;
}

/** Close a visit; there must have been no faults. */
export async function leave({ context, faults }: Visit): Promise<void> {
  await context.close();
  expect(faults).toEqual([]);
}

/** Sign in with a key as a person does. */
export async function signIn(page: Page, by = key()): Promise<void> {
  await page.getByLabel("Key").fill(by);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
}

/** Let go of a file over an element, as a person does who dragged it there. */
export async function drop(
  page: Page,
  path: string,
  { on = "main", type = "video/mp4", name = basename(path) } = {},
): Promise<void> {
  const bytes = (await readFile(path)).toString("base64");
  const transfer = await page.evaluateHandle(
    ({ bytes, name, type }) => {
      const made = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      made.items.add(new File([content], name, { type }));
      return made;
    },
    { bytes, name, type },
  );
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent(on, event, { dataTransfer: transfer });
  }
}

/** The JSON of a call of the API by the journey's key. */
export async function api<T>(path: string, method = "GET", json?: unknown): Promise<T> {
  const answer = await fetch(`${url()}/${path}`, {
    method,
    headers: { Authorization: `Bearer ${key()}`, "Content-Type": "application/json" },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export interface Row {
  generation_id: string;
  status: string;
  prompt: string;
  result_url: string | null;
  error_message: string | null;
}

/** Ask for generations of the journey's clip and wait until they are final; their rows. */
export async function made(prompt: string, more: object = {}): Promise<[Row, ...Row[]]> {
  const body = { model: EDIT, prompt, input_video: given("CUTROOM_CLIP_URL"), ...more };
  const asked = await api<{ generations: Row[] }>("api/ai/queue", "POST", body);
  const rows = await Promise.all(asked.generations.map((one) => ended(one.generation_id)));
  return rows as [Row, ...Row[]];
}

/** The row of a generation once its status is final. */
export async function ended(id: string): Promise<Row> {
  for (let tries = 0; tries < 1200; tries++) {
    const row = await api<Row>(`api/ai/queue/${id}`);
    if (["succeeded", "failed", "cancelled"].includes(row.status)) return row;
    await new Promise((then) => setTimeout(then, 100));
  }
  throw new Error(`${id} did not end`);
}

export const EDIT = "kling-video-o3-pro-video-to-video-edit";
