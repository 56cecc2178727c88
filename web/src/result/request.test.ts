import { describe, expect, it } from "vitest";
import type { Generation } from "../generations/generations";
import type { Model } from "../models/models";
import { fileName } from "./names";
import { requestOf, without } from "./request";

const MODEL = {
  id: "edit",
  request_schema: {
    properties: {
      seed: { "x-order": 9 },
      input_video: { renderType: "video-url", "x-order": 2 },
      prompt: { "x-order": 1 },
      elements: { "x-order": 3 },
      keep_audio: { "x-order": 4 },
    },
  },
} as unknown as Model;

const row = (more: object = {}): Generation =>
  ({
    generation_id: "0e6f1c4a-52d2-4b0e-9f6e-6a1f7c1f2b11",
    model: "edit",
    model_name: "edit",
    prompt: "make it snow",
    input_video: "http://127.0.0.1:8080/api/repos/alice/clips/file/main/a.mp4#t=1,4",
    keep_audio: false,
    elements: [],
    seed: 7,
    status: "succeeded",
    cost: "1.000000",
    notes: [],
    details: {},
    batch_id: "b",
    something_else: 1,
    target_namespace: "alice",
    target_repo: "playground",
    target_directory: null,
    ...more,
  }) as unknown as Generation;

describe("the request of a row", () => {
  it("is its parameters in the order of the form, and nothing that is the row's own", () => {
    const { body, lost } = requestOf(row(), MODEL, "alice");
    expect(Object.entries(body)).toEqual([
      ["model", "edit"],
      ["prompt", "make it snow"],
      ["input_video", "http://127.0.0.1:8080/api/repos/alice/clips/file/main/a.mp4#t=1,4"],
      ["keep_audio", false],
      ["seed", 7],
    ]);
    expect(lost).toEqual([]);
    expect(without(body, "seed")).not.toHaveProperty("seed");
  });

  it("says where the result should lie when that is not where all lie", () => {
    const told = { target_namespace: "acme", target_repo: "films", target_directory: "a/b" };
    expect(requestOf(row(told), MODEL, "alice").body).toMatchObject(told);
  });

  it("tells which files it has only the beginning of", () => {
    const cut = {
      input_video: "data:video/mp4;base64,AAAA…",
      elements: [{ frontal_image_url: "data:image/png;base64,iVBO…" }],
    };
    expect(requestOf(row(cut), MODEL, "alice").lost).toEqual(["input_video", "elements"]);
  });
});

describe("the name of a file", () => {
  it.each([
    ["Make it a snowy night!", "make-it-a-snowy-night-0e6f1c4a.mp4"],
    ["../../etc/passwd", "etc-passwd-0e6f1c4a.mp4"],
    ["雪が降る夜", "雪が降る夜-0e6f1c4a.mp4"],
    ['<b>\n"quoted" $HOME', "b-quoted-home-0e6f1c4a.mp4"],
    ["🌨️", "result-0e6f1c4a.mp4"],
  ])("of %j is %s", (prompt, name) => {
    expect(fileName(row({ prompt }))).toBe(name);
  });

  it("is short enough for every file system", () => {
    expect(
      new TextEncoder().encode(fileName(row({ prompt: "𠀋".repeat(900) }))).length,
    ).toBeLessThan(255);
  });
});
