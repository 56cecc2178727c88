import { beforeEach, expect, it, vi } from "vitest";

const page = { baseURI: "" };
vi.stubGlobal("document", page);
const { address, here, isOurs, knowBase } = await import("./address");

const FILE = "api/repos/alice/clips/file/main/a.mp4";

beforeEach(() => {
  page.baseURI = "https://films.example/cut/?x=1#/history";
  knowBase("https://cutroom.example/api-of/");
});

it("finds the API beside the page", () => {
  expect(address("/api/ai/queue")).toBe("https://films.example/cut/api/ai/queue");
});

it.each([`https://films.example/cut/${FILE}`, `https://cutroom.example/api-of/${FILE}`])(
  "loads %s from where the page is",
  (url) => {
    expect(here(`${url}?expires=1#t=1,2`)).toBe(
      `https://films.example/cut/${FILE}?expires=1#t=1,2`,
    );
    expect(isOurs(url)).toBe(true);
  },
);

it.each([
  `https://other.example/${FILE}`,
  `https://other.example/cut/${FILE}`,
  `https://films.example:8443/cut/${FILE}`,
  `https://films.example/other/${FILE}`,
  "https://films.example/cut/assets/a.js",
  "data:video/mp4;base64,AAAA",
  "not an address",
])("leaves %s to others", (url) => {
  expect(here(url)).toBe(url);
  expect(isOurs(url)).toBe(false);
});

it("takes all names of this machine for one", () => {
  page.baseURI = "http://127.0.0.1:8080/";
  expect(here(`http://localhost:8080/${FILE}`)).toBe(`http://127.0.0.1:8080/${FILE}`);
  expect(isOurs(`http://localhost:8081/${FILE}`)).toBe(false);
});
