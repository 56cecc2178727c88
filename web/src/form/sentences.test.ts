import { describe, expect, it } from "vitest";
import type { RequestSchema } from "../models/models";
import { fieldsOf } from "./sentences";

const text = { type: "string" } as const;
const image = { type: "string", renderType: "image-url" } as const;
const schema: RequestSchema = {
  basic: [],
  "x-max-references": 4,
  properties: {
    prompt: text,
    input_video: { type: "string", renderType: "video-url" },
    input_image: { type: "array", items: image },
    elements: { type: "array", items: { properties: { frontal_image_url: image } } },
    multi_prompt: { type: "array", items: { type: "object", properties: { prompt: text } } },
    duration: { type: "integer" },
    start_image_url: image,
    tail_image_url: image,
    character_orientation: text,
    generate_audio: { type: "boolean" },
    cfg_scale: { type: "number" },
  },
};
const VIDEO = "A video is needed here.";
const WORDS = "Say in words what you want to see.";

describe("each sentence goes to its parameter", () => {
  it.each([
    ["Field required: input_video", { input_video: VIDEO }],
    ["Field required: prompt, input_video", { prompt: WORDS, input_video: VIDEO }],
    ["Field required: prompt; Field required: input_video", { prompt: WORDS, input_video: VIDEO }],
    ["Field required: input_image", { input_image: "An image is needed here." }],
    ["Field required: multi_prompt[1].prompt", { "multi_prompt[1].prompt": WORDS }],
    [
      "Field required: elements[0].frontal_image_url",
      { "elements[0].frontal_image_url": "An image is needed here." },
    ],
    ["Invalid URL: input_video", { input_video: "This is no URL." }],
    [
      "Invalid URL: input_image[1]: it must begin with http://, https:// or data:",
      { "input_image[1]": "Invalid URL: it must begin with http://, https:// or data:" },
    ],
    [
      "cfg_scale: Input should be less than or equal to 10",
      { cfg_scale: "Input should be less than or equal to 10" },
    ],
    ["input_video: takes one, got 2", { input_video: "takes one, got 2" }],
    [
      "Getting model response error: 422 - duration value '7' is invalid. Try using duration='5' instead, as duration support may vary by model and mode.",
      {
        duration:
          "duration value '7' is invalid. Try using duration='5' instead, as duration support may vary by model and mode.",
      },
    ],
    [
      "Getting model response error: 422 - Prompt cannot be empty",
      { prompt: "Prompt cannot be empty" },
    ],
    ["Prompt cannot be empty", { prompt: "Prompt cannot be empty" }],
    [
      "Getting model response error: 422 - Value error, Cannot provide both 'prompt' and 'multi_prompt'.",
      {
        prompt: "Cannot provide both 'prompt' and 'multi_prompt'.",
        multi_prompt: "Cannot provide both 'prompt' and 'multi_prompt'.",
      },
    ],
    [
      "Getting model response error: 422 - Total shot duration (18s) exceeds maximum allowed (15s).",
      { multi_prompt: "Total shot duration (18s) exceeds maximum allowed (15s)." },
    ],
    [
      "Getting model response error: 422 - Input should be '1', '2' or '3'",
      { multi_prompt: "Input should be '1', '2' or '3'" },
    ],
    [
      "At most 4 images and elements together; this request has 5",
      { input_image: "At most 4 images and elements together; this request has 5" },
    ],
    [
      "At most 4 images and elements together with a video; this request has 5",
      { input_image: "At most 4 images and elements together with a video; this request has 5" },
    ],
    [
      "The prompt mentions @Image3, but the request has no such image",
      { prompt: "The prompt mentions @Image3, but the request has no such image" },
    ],
    [
      "tail_image_url needs start_image_url",
      { tail_image_url: "tail_image_url needs start_image_url" },
    ],
    [
      "elements need character_orientation 'video'",
      { elements: "elements need character_orientation 'video'" },
    ],
    [
      "generate_audio must be off with input_video",
      { generate_audio: "generate_audio must be off with input_video" },
    ],
    [
      "start_image_url and tail_image_url need video_mode 'reference', or no input_video",
      {
        start_image_url:
          "start_image_url and tail_image_url need video_mode 'reference', or no input_video",
      },
    ],
    [
      "num_generations must be an integer between 1 and 4",
      { num_generations: "num_generations must be an integer between 1 and 4" },
    ],
    ["Model not found: x", { model: "Model not found: x" }],
    // What a generation failed with:
    [
      "input_image 2: The image is 100x80 pixels; at least 300 pixels are taken on each side.",
      {
        input_image:
          "Number 2: The image is 100x80 pixels; at least 300 pixels are taken on each side.",
      },
    ],
    [
      "input_video: 404 Client Error: Not Found for url: http://a/b; c",
      { input_video: "404 Client Error: Not Found for url: http://a/b; c" },
    ],
    [
      "Something else went wrong; nobody knows what: alas",
      { "": "Something else went wrong; nobody knows what: alas" },
    ],
    ["unheard_of: not taken", { "": "unheard_of: not taken" }],
    ["Field required: unheard_of", { "": "Field required: unheard_of" }],
    ["Invalid URL", { "": "Invalid URL" }],
    ["", { "": "" }],
  ] as [string, object][])("%s", (detail, expected) => {
    expect(fieldsOf(detail, schema)).toEqual(expected);
  });

  it("puts several apart, and those of one parameter together", () => {
    const detail =
      "Field required: input_video; cfg_scale: Input should be a valid number; cfg_scale: and another thing; and 3 more";
    expect(fieldsOf(detail, schema)).toEqual({
      input_video: VIDEO,
      cfg_scale: "Input should be a valid number and another thing",
      "": "and 3 more",
    });
  });

  it("says of a model without the parameter what the server said", () => {
    const bare = { ...schema, properties: { prompt: text } };
    const detail = "At most 4 images and elements together; this request has 5";
    expect(fieldsOf(detail, bare)).toEqual({ "": detail });
  });
});
