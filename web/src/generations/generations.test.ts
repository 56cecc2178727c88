import { beforeEach, expect, it, vi } from "vitest";

vi.stubGlobal("document", { baseURI: "http://127.0.0.1:8080/" });
vi.stubGlobal("location", { hash: "" });
const { enqueue } = await import("./generations");

/** What the server does with each POST of the queue, in turn. */
let answers: (() => Response)[] = [];
let names: string[] = [];

vi.stubGlobal("fetch", async (url: string, { method, headers }: RequestInit) => {
  if (!url.endsWith("/api/ai/queue") || method !== "POST") throw new TypeError("away");
  names.push((headers as Record<string, string>)["Idempotency-Key"] ?? "");
  return (answers.shift() ?? broken)();
});

const broken = (): Response => {
  throw new TypeError("network");
};
const accepted = (): Response => Response.json({ generations: [{ generation_id: "g" }] });
const refused = (): Response =>
  Response.json({ error: { type: "invalid_params", detail: "no" } }, { status: 400 });
const starting = (): Response => new Response("<h1>Bad gateway</h1>", { status: 502 });

const BODY = { model: "m", prompt: "snow" };

beforeEach(() => {
  names = [];
});

it("asks again under the same name while nobody knows whether it arrived", async () => {
  answers = [broken, starting, accepted];
  await expect(enqueue(BODY)).rejects.toThrow();
  await expect(enqueue(BODY)).rejects.toThrow();
  // What is looked at afterwards does not arrive, which takes nothing back.
  expect(await enqueue(BODY)).toEqual(["g"]);
  expect(new Set(names).size).toBe(1);
});

it("takes another name for another request, and after an answer", async () => {
  answers = [accepted, accepted, refused, broken, accepted];
  await enqueue(BODY);
  await enqueue(BODY);
  await expect(enqueue(BODY)).rejects.toThrow("no");
  await expect(enqueue(BODY)).rejects.toThrow();
  await enqueue({ ...BODY, prompt: "rain" });
  expect(new Set(names).size).toBe(5);
});
