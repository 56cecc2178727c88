import { expect, it } from "vitest";
import { plain } from "./plain";

it("reads the ways in which pydantic and others say that nothing may be given", () => {
  const said = { title: "Size", description: "How large." };
  const read = { ...said, type: "string", maxLength: 9, nullable: true };
  expect(plain({ ...said, anyOf: [{ type: "string", maxLength: 9 }, { type: "null" }] })).toEqual(
    read,
  );
  expect(plain({ ...said, oneOf: [{ type: "null" }, { type: "string", maxLength: 9 }] })).toEqual(
    read,
  );
  expect(plain({ ...said, type: ["string", "null"], maxLength: 9 })).toEqual(read);
  expect(plain({ ...read })).toEqual(read);
});

it("reads the only value as a choice of one, and leaves null out of a choice", () => {
  expect(plain({ const: "a" })).toEqual({ enum: ["a"] });
  expect(plain({ enum: ["a", null] })).toEqual({ enum: ["a"], nullable: true });
});

it("goes into lists and objects, which need not say that they are some", () => {
  const inner = { anyOf: [{ type: "integer" }, { type: "null" }] };
  const done = { type: "integer", nullable: true };
  expect(plain({ properties: { a: { type: "array", items: inner } } })).toEqual({
    type: "object",
    properties: { a: { type: "array", items: done } },
  });
  expect(plain({ allOf: [{ type: "string" }], default: "x" })).toEqual({
    type: "string",
    default: "x",
  });
});
