import { expect, it } from "vitest";
import { instead, without } from "./loose";
import { mentions } from "./mentions";

const first = (text: string) => {
  const [one] = mentions(text);
  if (!one) throw new Error("there is no mention");
  return one;
};

it("writes every mention of the same thing otherwise, and no other", () => {
  const text = "@Image3 on <<<image_3>>>, not @Element3";
  expect(instead(text, first(text), "@Image1")).toBe("@Image1 on @Image1, not @Element3");
});

it.each([
  ["put @Image3 there", "put there"],
  ["@Image3 there", "there"],
  ["put @Image3, please", "put , please"],
  ["a\n@Image3 b", "a\n b"],
  ["put @Image3", "put "],
])("takes a mention out of %j", (text, left) => {
  expect(without(text, first(text))).toBe(left);
});
