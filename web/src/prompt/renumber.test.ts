import { beforeEach, expect, it } from "vitest";
import { type Model, models, type Schema } from "../models/models";
import { choose, fill, prompt, set, values } from "../workbench/draft";
import { onRenumbering } from "./renumber";

const image: Schema = { type: "string", renderType: "image-url" };
const groups = [
  { field: "input_image", pattern: "@Image" },
  { field: "elements", pattern: "@Element" },
];
const made = (id: string, input: Schema): Model =>
  ({
    id,
    request_schema: {
      basic: [],
      "x-max-references": null,
      properties: {
        prompt: { type: "string", "x-media-references": { groups } },
        input_image: input,
        elements: { type: "array", items: { properties: { frontal_image_url: image } } },
        multi_prompt: { type: "array", items: { properties: { prompt: { type: "string" } } } },
      },
    },
  }) as unknown as Model;
const bo = { name: "Bo", frontal: "b", angles: [] };
const ada = { name: "Ada", frontal: "a", angles: [] };

beforeEach(() => {
  models.value = [made("several", { type: "array", items: image }), made("single", image)];
  fill("several", {
    prompt: "@Image1 @Image2 @Element1",
    multi_prompt: [{ prompt: "@Image2", duration: 3 }, {}],
    input_image: ["one", "two"],
    elements: [bo, ada],
  });
});

it("rewrites the prompt and the shots when a reference goes", () => {
  set("input_image", ["two"]);
  expect(prompt.value).toBe("@Image0 @Image1 @Element1");
  expect(values.value["multi_prompt"]).toEqual([{ prompt: "@Image1", duration: 3 }, {}]);
  set("elements", [ada, bo]);
  expect(prompt.value).toBe("@Image0 @Image1 @Element2");
  set("elements", [{ ...ada, name: "Ada B" }, bo]);
  expect(prompt.value).toBe("@Image0 @Image1 @Element2");
});

it("leaves texts alone that come with their references, or meet another model", () => {
  fill("several", { prompt: "@Image2", input_image: ["three", "two"] });
  expect(prompt.value).toBe("@Image2");
  choose("single");
  expect([prompt.value, values.value["input_image"]]).toEqual(["@Image2", "three"]);
  set("input_image", null);
  set("input_image", "four");
  expect(prompt.value).toBe("@Image2");
});

it("tells of it once, before the texts change, and not when nothing moved", () => {
  const heard: string[] = [];
  const stop = onRenumbering((how) => heard.push(`${prompt.value}: ${how("@Image2").length}`));
  set("input_image", ["one", "two", "three"]);
  set("input_image", ["two", "three"]);
  stop();
  set("input_image", ["three"]);
  expect(heard).toEqual(["@Image1 @Image2 @Element1: 1"]);
});
