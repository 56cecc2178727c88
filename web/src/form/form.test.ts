import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { type Model, models, type RequestSchema, read, type Schema } from "../models/models";
import { plain } from "../models/plain";
import { attach } from "../workbench/attachment";
import { bodyOf, choose, errors, fill, model, set, type Values, values } from "../workbench/draft";
import { letters, problems } from "./checks";
import { differs, itemOf, type Kind, kindOf, optionOf, titleOf } from "./kind";
import { parted } from "./parted";
import { schemaAt } from "./sentences";

const image: Schema = { type: "string", renderType: "image-url" };
const EVERYTHING: Record<string, [Schema, Kind]> = {
  a_prompt: [{ type: "string" }, "long-text"],
  prompt: [{ type: "string", maxLength: 2500 }, "prompt"],
  name: [{ type: "string" }, "text"],
  story: [{ type: "string", maxLength: 500 }, "long-text"],
  clip: [{ type: "string", renderType: "video-url" }, "media"],
  images: [{ type: "array", items: image }, "media-list"],
  elements: [{ type: "array", items: { properties: { frontal_image_url: image } } }, "elements"],
  seed: [{ type: "integer", nullable: true }, "seed"],
  seconds: [{ type: "integer", minimum: 1, maximum: 9 }, "number"],
  scale: [{ type: "number" }, "number"],
  loud: [{ type: "boolean", default: true }, "switch"],
  shape: [{ type: "string", enum: ["16:9", "1:1"], default: "16:9" }, "choice"],
  size: [{ enum: [1, 2] }, "choice"],
  marks: [{ type: "array", items: { enum: ["a", "b"] } }, "choices"],
  shots: [{ type: "array", items: { type: "object", properties: { prompt: {} } } }, "objects"],
  camera: [{ type: "object", properties: { pan: { type: "number" } } }, "object"],
  words: [{ type: "array", items: { type: "string" } }, "list"],
  times: [{ type: "array", items: { type: "number" } }, "list"],
  masks: [{ type: "array", items: { type: "array", items: { type: "number" } } }, "json"],
  whatever: [{}, "json"],
  open: [{ type: "object" }, "json"],
  untold: [{ type: "array" }, "json"],
};

describe("a schema with every construct", () => {
  it.each(Object.entries(EVERYTHING))("gives %s its control", (name, [schema, kind]) => {
    expect(kindOf(name, plain(schema))).toBe(kind);
  });

  it("has words for everything", () => {
    expect(titleOf("cfg_scale", {})).toBe("Cfg scale");
    expect(titleOf("x", { title: "Shots" })).toBe("Shots");
    expect(itemOf("Shots")).toBe("Shot");
    expect(itemOf("Glass")).toBe("Glass");
    expect(optionOf("duration", {}, 5)).toBe("5 s");
    expect(optionOf("video_mode", {}, "edit")).toBe("Edit");
    expect(optionOf("resolution", {}, "4k")).toBe("4k");
  });

  it("counts as changed what is there and no default", () => {
    expect(differs({ default: 5 }, 5)).toBe(false);
    expect(differs({ default: [] }, [])).toBe(false);
    expect(differs({}, [])).toBe(false);
    expect(differs({}, "")).toBe(false);
    expect(differs({ default: true }, false)).toBe(true);
    expect(differs({}, 0)).toBe(true);
  });
});

const schema: RequestSchema = {
  basic: ["input_image"],
  required: ["prompt", "input_video"],
  "x-max-references": 2,
  properties: {
    prompt: {
      type: "string",
      maxLength: 20,
      "x-media-references": { groups: [{ field: "input_image", pattern: "@Image" }] },
    },
    input_video: { type: "string", renderType: "video-url", "x-limits": { max_seconds: 15.05 } },
    input_image: { type: "array", items: image },
    duration: { type: "integer", minimum: 3, maximum: 15 },
    scale: { type: "number", minimum: 0 },
    shape: { type: "string", enum: ["16:9", "1:1"] },
  },
};

describe("what is wrong before anything is sent", () => {
  const whole = (): Values => ({ prompt: "snow", input_video: clip(5) });
  const clip = (length: number): string =>
    attach("video", "a.mp4", {
      url: "http://x/a.mp4",
      probe: { ...NOTHING, width: 1280, height: 720, length },
    }).value.id;
  const NOTHING = { bytes: 1, rate: null, frames: null, sound: null, codec: null };
  const found = (more: Values): object => problems(schema, { ...whole(), ...more });

  it("is nothing in a whole request", () => {
    expect(found({ duration: 3, scale: 0.5, shape: "1:1" })).toEqual({});
  });

  it.each([
    [{ prompt: " \n" }, { prompt: "Say in words what you want to see." }],
    [{ prompt: "x".repeat(22) }, { prompt: "2 letters too many; 20 are taken." }],
    [{ prompt: "on @Image1" }, { prompt: "@Image1 points at nothing: there is no image yet." }],
    [{ prompt: "on @Image0" }, { prompt: "@Image0 meant an image that was removed." }],
    [{ prompt: "on @Element1" }, { prompt: "@Element1: this model takes no elements." }],
    [{ input_video: null }, { input_video: "A video is needed here." }],
    [{ duration: 2.5 }, { duration: "This must be a whole number." }],
    [{ duration: 16 }, { duration: "It must be from 3 to 15." }],
    [{ scale: -1 }, { scale: "It must be 0 or more." }],
    [{ shape: "4:3" }, { shape: "Choose one of these." }],
    [
      { input_image: ["a", "b", "c"] },
      { input_image: "Images and elements together may be 2; these are 3." },
    ],
  ] as [Values, object][])("%j", (more, expected) => {
    expect(found(more)).toEqual(expected);
  });

  it("counts letters as the server does", () => {
    expect(letters("🦆🦆")).toBe(2);
    expect(found({ prompt: "🦆".repeat(20) })).toEqual({});
  });

  it("is a file that does not fit, is broken, or is not there yet", () => {
    expect(found({ input_video: clip(20) })).toEqual({
      input_video: expect.stringContaining("20.0 s long"),
    });
    const broken = attach("video", "b.mp4", { error: "It broke." }).value.id;
    expect(found({ input_video: broken })).toEqual({ input_video: "It broke." });
    const sent = attach("video", "c.mp4", { upload: 0.5 }).value.id;
    expect(found({ input_video: sent })).toEqual({ input_video: "c.mp4 is still being uploaded." });
  });
});

describe("the models there are", () => {
  const path = process.env["CUTROOM_MODELS"];
  if (!path) it.skip("needs CUTROOM_MODELS, a file of what /api/ai/models answers");
  const all: Model[] = path ? JSON.parse(readFileSync(path, "utf8")).data.map(read) : [];
  const named = all.map((one): [string, Model] => [one.id, one]);

  it.each(named)("%s: every parameter has a control of its own and a place", (_, one) => {
    const properties = one.request_schema.properties ?? {};
    for (const [name, part] of Object.entries(properties))
      expect(kindOf(name, part)).not.toBe("json");
    const { first, rest } = parted(one.request_schema, ["prompt"]);
    expect([...first, ...rest, "prompt"].sort()).toEqual(Object.keys(properties).sort());
    for (const name of one.request_schema.required ?? [])
      expect([...first, "prompt"]).toContain(name);
  });

  it.each(named)("%s: an empty form lacks what is needed, its defaults are right", (_, one) => {
    const { required = [], properties = {} } = one.request_schema;
    const lacking = Object.keys(problems(one.request_schema, {}));
    expect(lacking.sort()).toEqual([...new Set([...required, "prompt"])].sort());
    const defaults = Object.entries(properties).map(([name, part]) => [name, part.default]);
    const wrong = problems(one.request_schema, Object.fromEntries(defaults));
    expect(Object.keys(wrong).sort()).toEqual(lacking.sort());
    expect(bodyOf(one, {}, 1)).toEqual({ model: one.id });
  });

  it.each(named)("%s: what may be mentioned are parameters of it", (_, one) => {
    const groups = one.request_schema.properties?.["prompt"]?.["x-media-references"]?.groups ?? [];
    for (const { field } of groups) expect(schemaAt(field, one.request_schema)).toBeDefined();
  });
});

describe("another model", () => {
  const made = (id: string, properties: Record<string, Schema>): Model =>
    ({ id, request_schema: { ...schema, required: [], properties } }) as unknown as Model;
  const several: Schema = { type: "array", items: image };
  beforeEach(() => {
    models.value = [
      made("a", {
        prompt: {},
        input_image: several,
        duration: { type: "integer" },
        shape: { enum: ["1:1", "9:16"] },
      }),
      made("b", {
        prompt: {},
        input_image: image,
        duration: { enum: [5, 10] },
        shape: { enum: ["1:1"] },
      }),
    ];
    fill("a", {});
  });

  it("keeps what has a place there, and brings back what waits", () => {
    fill("a", { prompt: "x", input_image: ["one", "two"], shape: "9:16" });
    errors.value = { shape: "no" };
    choose("b");
    expect(model.value?.id).toBe("b");
    expect(values.value).toEqual({ prompt: "x", input_image: "one" });
    expect(errors.value).toEqual({});
    choose("a");
    expect(values.value).toEqual({ prompt: "x", input_image: ["one"] });
  });

  it("clears the errors of what is changed, and of nothing else", () => {
    errors.value = { duration: "a", "duration[1].x": "b", durations: "c" };
    set("duration", 5);
    expect(errors.value).toEqual({ durations: "c" });
  });
});

describe("the request's body", () => {
  const one = {
    id: "m",
    request_schema: {
      basic: [],
      "x-max-references": null,
      properties: {
        elements: { type: "array", items: { properties: { frontal_image_url: image } } },
        input_image: { type: "array", items: image },
        shots: { type: "array", items: { properties: { prompt: {}, still: image, seconds: {} } } },
      },
    },
  } as unknown as Model;
  const there = (name: string): string =>
    attach("image", name, { url: `http://x/${name}` }).value.id;

  it("has addresses in the place of attachments, however deep", () => {
    const waiting = attach("image", "w").value.id;
    const from = {
      input_image: [there("a"), waiting],
      elements: [{ name: "Bo", frontal: there("f"), angles: [there("g")] }],
      shots: [{ prompt: "x", still: there("s"), seconds: undefined }],
      stray: 1,
    };
    expect(bodyOf(one, from, 2)).toEqual({
      model: "m",
      num_generations: 2,
      input_image: ["http://x/a"],
      elements: [{ frontal_image_url: "http://x/f", reference_image_urls: ["http://x/g"] }],
      shots: [{ prompt: "x", still: "http://x/s" }],
    });
  });
});
