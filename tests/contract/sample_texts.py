"""The documented ways to call the hosted API, as texts of programs in Python and for the shell.

Each is written anew from what the hosted pages do: which calls in which order, what is read from
the answers, how the stream is parsed. `https://hub.oxen.ai` and the key are what a user changes.
"""

import json
import os
import subprocess
import sys

HOSTED = "https://hub.oxen.ai"
KEY = "YOUR_API_KEY"
IMAGE = f"{HOSTED}/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
VIDEO = f"{HOSTED}/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
"""Files that the pages name; a search and replace of the host makes them files of this installation."""

PYTHON_SYNC = """\
import os
import requests

answer = requests.post(
    "https://hub.oxen.ai/api/ai/videos/generate",
    headers={
        "Content-Type": "application/json",
        "Authorization": f"Bearer {os.environ['OXEN_API_KEY']}",
    },
    json=BODY,
)
answer.raise_for_status()
print(answer.json())
"""

PYTHON_POLL = """\
import os
import time
import requests

HEADERS = {
    "Content-Type": "application/json",
    "Authorization": f"Bearer {os.environ['OXEN_API_KEY']}",
}

asked = requests.post("https://hub.oxen.ai/api/ai/queue", headers=HEADERS, json=BODY)
asked.raise_for_status()
generation = asked.json()["generations"][0]["generation_id"]

while True:
    row = requests.get(f"https://hub.oxen.ai/api/ai/queue/{generation}", headers=HEADERS).json()
    if row["status"] in {"succeeded", "failed", "cancelled"}:
        break
    time.sleep(PAUSE)

if row["status"] == "succeeded":
    print(f"Result: {row['result_url']}")
else:
    print(f"Generation {row['status']}: {row.get('error_message')}")
"""

PYTHON_STREAM = """\
import json
import os
import requests

KEY = {"Authorization": f"Bearer {os.environ['OXEN_API_KEY']}"}

asked = requests.post(
    "https://hub.oxen.ai/api/ai/queue",
    headers={**KEY, "Content-Type": "application/json"},
    json=BODY,
)
asked.raise_for_status()
generation = asked.json()["generations"][0]["generation_id"]

with requests.get("https://hub.oxen.ai/api/events", headers=KEY, stream=True) as stream:
    name = None
    for line in stream.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name == "media_generation_completed":
            told = json.loads(line.removeprefix("data: "))
            if told.get("generation_id") == generation:
                print(told)
                break
"""

CURL_SYNC = """\
curl -X POST https://hub.oxen.ai/api/ai/videos/generate \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $OXEN_API_KEY" \\
  -d 'BODY'
"""

CURL_ENQUEUE = """\
ID=$(curl -s -X POST https://hub.oxen.ai/api/ai/queue \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $OXEN_API_KEY" \\
  -d 'BODY' | jq -r '.generations[0].generation_id')
"""

CURL_POLL = (
    CURL_ENQUEUE
    + """
while true; do
  STATUS=$(curl -s -H "Authorization: Bearer $OXEN_API_KEY" \\
    "https://hub.oxen.ai/api/ai/queue/$ID" | jq -r '.status')
  echo "Status: $STATUS" >&2
  case $STATUS in succeeded|failed|cancelled) break;; esac
  sleep PAUSE
done

curl -s -H "Authorization: Bearer $OXEN_API_KEY" "https://hub.oxen.ai/api/ai/queue/$ID" | jq .
"""
)

CURL_STREAM = (
    CURL_ENQUEUE
    + """
curl -sN -H "Authorization: Bearer $OXEN_API_KEY" https://hub.oxen.ai/api/events \\
  | awk -v id="$ID" '
    /^event: media_generation_completed$/ { wanted=1; next }
    /^data: / && wanted {
      told = substr($0, 7)
      if (index(told, "\\"generation_id\\":\\"" id "\\"")) { print told; exit }
      wanted = 0
    }
  ' | jq .
"""
)


def python(text: str, url: str, key: str, *, body: object = None, pause: float = 0.2) -> str:
    """What a Python sample prints, its base URL, key and pauses between two looks changed."""
    text = text.replace("BODY", repr(body)).replace("PAUSE", str(pause)).replace(HOSTED, url)
    return ran([sys.executable, "-c", text.replace("YOUR_API_KEY", key)], key)


def shell(text: str, url: str, key: str, *, body: object = None, pause: float = 0.2) -> str:
    """What a cURL sample prints, changed in the same way."""
    text = text.replace("BODY", json.dumps(body)).replace("PAUSE", str(pause)).replace(HOSTED, url)
    return ran(["bash", "-c", text.replace("YOUR_API_KEY", key)], key)


def ran(command: list[str], key: str) -> str:
    """What the program prints; fails unless it ends well."""
    run = subprocess.run(
        command,
        env=os.environ | {"OXEN_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
