import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { curl, python } from "./snippet";

const PROMPTS: Record<string, string> = {
  plain: "make it a snowy night",
  quotes: `it's "night", isn't it? '''""" '\\''`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
  dollars: "$HOME $(id) `id` ${PATH} %s %n !! !$ \\$",
  backslashes: "\\ \\\\ \\n \\u0041 \\",
  lines: "one\ntwo\r\nthree\ttab\n\nJSON\nEOF\n)",
  letters: "snö 雪 🌨️ 👩‍👩‍👧 \u202eevil\u2028\u0085",
  controls: "\u0000\u0001\u001b[31m\u007f",
  html: "<script>alert(1)</script> &amp; <b>",
};

const SNIPPET = { host: "http://127.0.0.1:9", keys: true };
const bodyOf = (prompt: string) => ({
  model: "kling-video-o3-pro-video-to-video-edit",
  prompt,
  input_video: "http://127.0.0.1:9/api/repos/it's/clips/file/main/a%20b.mp4#t=3,6.5",
  input_image: ["http://example.com/a.png"],
  keep_audio: true,
  cfg_scale: 0.5,
  seed: 9007199254740991,
  elements: [{ frontal_image_url: "http://example.com/b.png", reference_image_urls: [] }],
});

const folder = mkdtempSync(join(tmpdir(), "snippet-"));

const all = Object.entries(PROMPTS);

describe.each(all)("a prompt with %s", (name, prompt) => {
  const body = bodyOf(prompt);

  it("goes through a shell as it is", () => {
    const file = join(folder, `${name}.sh`);
    writeFileSync(file, curl({ ...SNIPPET, body }));
    execFileSync("sh", ["-n", file]);
    execFileSync("bash", ["-n", file]);
    // A curl of our own tells what it was given, and answers nothing.
    const told = spawnSync(
      "sh",
      ["-c", `curl() { for last; do :; done; printf '%s' "$last"; }\n. "${file}"`],
      { encoding: "utf8", env: { ...process.env, CUTROOM_KEY: "cr_test" } },
    );
    expect(told.status).toBe(1);
    expect(JSON.parse(told.stderr)).toEqual(body);
  });

  it("hides nothing from who reads it", () => {
    for (const write of [curl, python]) {
      expect([...write({ ...SNIPPET, body })].filter(isHidden)).toEqual([]);
    }
  });
});

/** Whether a letter is not seen, or makes others be seen in another place. */
function isHidden(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  const control = (code < 0x20 && letter !== "\n") || (code >= 0x7f && code < 0xa0);
  return control || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

it("goes through Python as it is, whatever the prompt", () => {
  const files = all.map(([name, prompt]) => {
    const file = join(folder, `${name}.py`);
    writeFileSync(file, python({ ...SNIPPET, body: bodyOf(prompt) }));
    return file;
  });
  execFileSync("python3", ["-m", "py_compile", ...files]);
  const told = execFileSync("python3", ["-c", BODIES, ...files], { encoding: "utf8" });
  expect(JSON.parse(told)).toEqual(all.map(([, prompt]) => bodyOf(prompt)));
});

/** Python that tells what each program would send. */
const BODIES = `
import ast, json, sys
def body(path):
    tree = ast.parse(open(path, encoding="utf-8").read())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return next(ast.literal_eval(word.value) for call in calls for word in call.keywords if word.arg == "json")
print(json.dumps([body(path) for path in sys.argv[1:]]))
`;

it("says what is missing without a key, and closes no shell", () => {
  const text = curl({ ...SNIPPET, body: bodyOf("x") });
  const { CUTROOM_KEY: _, ...env } = process.env;
  const told = spawnSync("sh", ["-c", `${text}\necho still here`], { encoding: "utf8", env });
  expect(told.stderr).toContain("CUTROOM_KEY");
  expect(told.stdout).toContain("still here");
});

it("asks for no key where none is wanted", () => {
  for (const write of [curl, python]) {
    expect(write({ ...SNIPPET, keys: false, body: bodyOf("x") })).not.toContain("CUTROOM_KEY");
  }
});
