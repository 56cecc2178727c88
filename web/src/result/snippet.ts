/** The same request as a program: it asks, waits and saves the video, as it stands. */

export interface Snippet {
  /** Where the server is, without a slash at its end. */
  host: string;
  /** What is asked for. */
  body: Readonly<Record<string, unknown>>;
  /** Whether the server wants a key; it is read from the variable CUTROOM_KEY. */
  keys: boolean;
}

/** For sh, bash and zsh, pasted or as a file; it needs curl and sed. */
export function curl({ host, body, keys }: Snippet): string {
  const auth = keys ? ` -H "$auth"` : "";
  return `(
set -eu
host=${quoted(host)}
${keys ? `auth="Authorization: Bearer \${CUTROOM_KEY:?is not set: put your key into it}"\n` : ""}answer=$(curl -sS "$host/api/ai/queue"${auth} -H 'Content-Type: application/json' --data-binary ${quoted(json(body))})
id=$(printf '%s' "$answer" | sed -n 's/.*"generation_id": *"\\([0-9a-f-]*\\)".*/\\1/p')
if [ -z "$id" ]; then printf '%s\\n' "$answer" >&2; exit 1; fi
while :; do
  row=$(curl -sS "$host/api/ai/queue/$id"${auth})
  case $(printf '%s' "$row" | sed -n 's/.*"status": *"\\([a-z]*\\)".*/\\1/p') in
    succeeded) break ;;
    queued | processing) sleep 2 ;;
    *) printf '%s\\n' "$row" >&2; exit 1 ;;
  esac
done
url=$(printf '%s' "$row" | sed -n 's/.*"result_url": *"\\([^"]*\\)".*/\\1/p')
curl -sSf -o "$id.mp4" "$url"
printf '%s\\n' "$id.mp4"
)
`;
}

/** For Python 3.10 or newer with the package requests. */
export function python({ host, body, keys }: Snippet): string {
  const auth = `session.headers["Authorization"] = f"Bearer {os.environ['CUTROOM_KEY']}"\n`;
  return `${keys ? "import os\n" : ""}import sys
import time
from pathlib import Path

import requests

host = ${literal(host, 0)}
session = requests.Session()
${keys ? auth : ""}
answer = session.post(
    f"{host}/api/ai/queue",
    json=${literal(body, 1)},
    timeout=60,
)
if not answer.ok:
    sys.exit(answer.text)
generation = answer.json()["generations"][0]["generation_id"]

while True:
    answer = session.get(f"{host}/api/ai/queue/{generation}", timeout=60)
    answer.raise_for_status()
    row = answer.json()
    if row["status"] not in ("queued", "processing"):
        break
    time.sleep(2)
if row["status"] != "succeeded":
    sys.exit(row["error_message"] or row["status"])

video = requests.get(row["result_url"], timeout=600)
video.raise_for_status()
Path(f"{generation}.mp4").write_bytes(video.content)
print(f"{generation}.mp4")
`;
}

/**
 * JSON that can stand between single quotes in any shell: a quote, an exclamation mark (history), control
 * characters and those that turn the direction of writing are told by number.
 */
function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, escaped);
}

const UNSAFE = /['!\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (letter: string): string =>
  `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A JSON value as Python writes it, beginning at a depth of indentation. */
function literal(value: unknown, depth: number): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return JSON.stringify(value).replace(HIDDEN, escaped);
  if (typeof value !== "object") return String(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const inner = "    ".repeat(depth + 1);
  const items = Array.isArray(value)
    ? value.map((item) => literal(item, depth + 1))
    : Object.entries(value).map(
        ([name, item]) => `${literal(name, 0)}: ${literal(item, depth + 1)}`,
      );
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join("")}${"    ".repeat(depth)}${close}`;
}

const HIDDEN = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
