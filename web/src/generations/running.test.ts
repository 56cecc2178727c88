import { expect, it, vi } from "vitest";

vi.stubGlobal("document", { baseURI: "http://127.0.0.1:8080/" });
vi.stubGlobal("location", { hash: "" });
const { left } = await import("./running");

const row = (low: number, high: number) =>
  ({ eta: { start: { low: 0, high: 0 }, finish: { low, high } } }) as Parameters<typeof left>[0];

it("says in how long it is done, where that is known", () => {
  expect(left({ eta: null } as Parameters<typeof left>[0])).toBe("");
  expect(left(row(100, 140), 90)).toBe("done within a minute");
  expect(left(row(100, 300), 0)).toBe("done in 2 to 5 min");
  expect(left(row(110, 130), 0)).toBe("done in about 2 min");
  expect(left(row(0, 50), 90)).toBe("done within a minute");
});
