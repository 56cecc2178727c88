import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Generation } from "../generations/generations";
import { afterOf, beforeOf, lasting, noBefore, stillOf, stretch } from "./clips";

beforeAll(() => vi.stubGlobal("document", { baseURI: "http://here:8080/cut/#/x" }));
afterAll(() => vi.unstubAllGlobals());

const FILE = "http://here:8080/cut/api/repos/alice/clips/file/main/a%20b.mp4";
const SIGNED = `${FILE}?expires=1&oxen_signature=x`;
const row = (more: object): Generation =>
  ({ target_namespace: "alice", result_url: null, deleted_at: null, ...more }) as Generation;

describe("where a clip is loaded from", () => {
  it("needs no signature that expires, where it is one's own", () => {
    expect(lasting(SIGNED, "alice")).toBe(FILE);
    expect(lasting(`${SIGNED}&thumbnail=true`, "alice")).toBe(`${FILE}?thumbnail=true`);
  });

  it("keeps the signature of somebody else's", () => {
    expect(lasting(SIGNED, "bob")).toBe(SIGNED);
    expect(lasting("http://elsewhere/a.mp4?oxen_signature=x", "alice")).toBe(
      "http://elsewhere/a.mp4?oxen_signature=x",
    );
  });

  it("is asked for a still of the moment", () => {
    expect(stillOf({ url: FILE, name: "Before" }, 1.23456)).toBe(
      `${FILE}?thumbnail=true&width=1024&timestamp=1.235`,
    );
  });
});

describe("what is compared", () => {
  it("is the stretch that was asked for, and the result", () => {
    const told = row({ input_video: `${SIGNED}#t=3,6.5`, result_url: SIGNED });
    expect(beforeOf(told)).toEqual({ url: FILE, name: "Before", start: 3, end: 6.5 });
    expect(afterOf(told)).toEqual({ url: FILE, name: "After" });
    expect(noBefore(told)).toBeNull();
  });

  it("is the result alone where the input is not here, and says so", () => {
    for (const input_video of ["https://elsewhere.example/a.mp4", "data:video/mp4;base64,AA…"]) {
      expect(beforeOf(row({ input_video }))).toBeNull();
      expect(noBefore(row({ input_video }))).toMatch(/The video it was made of/);
    }
    expect(noBefore(row({}))).toBeNull();
  });

  it("is nothing once the result was deleted", () => {
    expect(afterOf(row({ result_url: SIGNED, deleted_at: 5 }))).toBeNull();
  });
});

it.each([
  ["t=3,12.5", 3, 12.5],
  ["t=3", 3, null],
  ["t=,4", null, 4],
  ["t=npt:1,2", 1, 2],
  ["t=0:01:02.5,1:10", 62.5, 70],
  ["t=1,2&t=5,6", 5, 6],
  ["xywh=1,2", null, null],
  ["", null, null],
  ["t=%", null, null],
])("reads the fragment %j", (fragment, start, end) => {
  expect(stretch(fragment)).toEqual({ start, end });
});
