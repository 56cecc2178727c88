/** What the journeys share: a browser, a page that is signed in, and what must never happen in it. */

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

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
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    // Chromium writes an error for everything that the page's policy refuses, too.
    if (message.type() === "error" && !isAnswer(message.text())) faults.push(message.text());
  });
  return { page, context, faults };
}

// Chromium writes a line for every 4xx; whether those are told well is what the journeys look at.
const isAnswer = (text: string): boolean => text.startsWith("Failed to load resource");

/** The same, signed in with the key of the journey, on a page of the playground. */
export async function signedIn(hash = "#/", looks: Looks = {}): Promise<Visit> {
  const made = await visit(looks);
  await made.context.request.post(`${url()}/api/session`, {
    data: { key: key() },
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

/** Ask for a generation of the journey's clip and wait until it is final; its row. */
export async function made(prompt: string, more: object = {}): Promise<Record<string, unknown>> {
  const body = { model: EDIT, prompt, input_video: given("CUTROOM_CLIP_URL"), ...more };
  const asked = await api<{ generations: { generation_id: string }[] }>(
    "api/ai/queue",
    "POST",
    body,
  );
  return ended(String(asked.generations[0]?.generation_id));
}

/** The row of a generation once its status is final. */
export async function ended(id: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 600; tries++) {
    const row = await api<Record<string, unknown>>(`api/ai/queue/${id}`);
    if (["succeeded", "failed", "cancelled"].includes(String(row["status"]))) return row;
    await new Promise((then) => setTimeout(then, 100));
  }
  throw new Error(`${id} did not end`);
}

export const EDIT = "kling-video-o3-pro-video-to-video-edit";
