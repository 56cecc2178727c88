"""The samples of the pages about the queue, the models, videos in general and reference to video.

Their image model is a video model here, which is the one change besides the base URL and the key;
ids that the pages make up are real ones. Programs that end in a list are those of `cURL` tabs.
"""

import json
import shutil

import pytest
import requests
import sample_texts as texts

TEXT = "kling-video-v2-6-pro-text-to-video"
REFERENCE = "kling-video-o3-pro-reference-to-video"
WEB = "https://example.com"

LISTENER = """\
import json
import queue
import threading
import requests

HEADERS = {"Authorization": "Bearer YOUR_API_KEY"}


def listen(events):
    with requests.get("https://hub.oxen.ai/api/events", headers=HEADERS, stream=True) as stream:
        name = None
        for line in stream.iter_lines(decode_unicode=True):
            if not line:
                name = None
                continue
            if line.startswith(":"):
                continue
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:") and name == "media_generation_completed":
                events.put(json.loads(line[5:].strip()))


events = queue.Queue()
threading.Thread(target=listen, args=(events,), daemon=True).start()

asked = requests.post(
    "https://hub.oxen.ai/api/ai/queue",
    headers={**HEADERS, "Content-Type": "application/json"},
    json=BODY,
).json()
generation = asked["generations"][0]["generation_id"]

while True:
    event = events.get()
    if event["generation_id"] == generation:
        break

if event["status"] == "succeeded":
    content = requests.get(event["url"]).content
    print("Saved", len(content), content[4:8])
else:
    print(f"Failed: {event['error']}")
"""

UNTIL_NONE_IS_LEFT = """\
import time
import requests

HEADERS = {"Authorization": "Bearer YOUR_API_KEY", "Content-Type": "application/json"}

asked = requests.post("https://hub.oxen.ai/api/ai/queue", headers=HEADERS, json=BODY)
generations = asked.json()["generations"]
print(f"Enqueued {len(generations)} generation(s)")

while True:
    status = requests.get(
        "https://hub.oxen.ai/api/ai/queue", headers=HEADERS, params={"model": BODY["model"]}
    ).json()
    if status["count"] == 0:
        break
    time.sleep(PAUSE)

for one in generations:
    row = requests.get(
        f"https://hub.oxen.ai/api/ai/queue/{one['generation_id']}", headers=HEADERS
    ).json()
    print(row["model_name"], row["media_type"], row["status"])
"""

SHELL_UNTIL_NONE_IS_LEFT = """\
curl -s -X POST https://hub.oxen.ai/api/ai/queue \\
  -H "Authorization: Bearer $OXEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d 'BODY'

while true; do
  STATUS=$(curl -s -H "Authorization: Bearer $OXEN_API_KEY" \\
    "https://hub.oxen.ai/api/ai/queue?model=MODEL")
  COUNT=$(echo "$STATUS" | python3 -c "import json,sys; print(json.load(sys.stdin)['count'])")
  [ "$COUNT" -eq 0 ] && break
  sleep PAUSE
done
echo
echo "All done"
"""

ENQUEUE = """\
import requests

answer = requests.post(
    "https://hub.oxen.ai/api/ai/queue",
    headers={"Authorization": "Bearer YOUR_API_KEY", "Content-Type": "application/json"},
    json=BODY,
)

for one in answer.json()["generations"]:
    print(one["generation_id"], one["status"])
"""

SYNC = """\
import requests

answer = requests.post(
    "https://hub.oxen.ai/api/ai/videos/generate",
    headers={"Authorization": "Bearer YOUR_API_KEY", "Content-Type": "application/json"},
    json=BODY,
)

data = answer.json()
print("Video URL:", data["videos"][0]["url"])
"""

SHOTS = [
    {"prompt": "Waves break on a rocky shore, seen from the air", "duration": 5},
    {"prompt": "The camera pulls back until all of the coast is seen", "duration": 5},
]
REFERENCES = {
    "text only": {"prompt": "A puppy runs through a park"},
    "an image": {"prompt": "A dog crosses a field", "input_image": [f"{WEB}/dog.jpg"]},
    "shots": {"multi_prompt": SHOTS, "input_image": [f"{WEB}/reference-face.jpg"]},
    "shots, frames, elements and sound": {
        "multi_prompt": [{"prompt": "@Element1 lifts a cup off the table", "duration": 5}],
        "start_image_url": f"{WEB}/first-frame.jpg",
        "tail_image_url": f"{WEB}/last-frame.jpg",
        "elements": [
            {
                "frontal_image_url": f"{WEB}/character-front.jpg",
                "reference_image_urls": [f"{WEB}/character-side.jpg"],
            }
        ],
        "aspect_ratio": "16:9",
        "generate_audio": True,
    },
}


def python(quick, text, **changes):
    return texts.python(text, quick.url, texts.KEY, **changes).strip()


def shell(quick, text, **changes):
    return texts.shell(text, quick.url, texts.KEY, **changes).strip()


def test_listen_enqueue_download(quick):
    said = python(quick, LISTENER, body={"model": TEXT, "prompt": "A red cube"})
    assert said.startswith("Saved ")
    assert said.endswith("b'ftyp'")


def test_four_at_once_until_none_is_left(quick):
    body = {"model": TEXT, "prompt": "A pattern in blue and gold", "num_generations": 4}
    said = python(quick, UNTIL_NONE_IS_LEFT, body=body).splitlines()
    assert said == ["Enqueued 4 generation(s)", *[f"{TEXT} video succeeded"] * 4]


def test_one_until_none_is_left_with_curl(quick):
    body = {"model": TEXT, "prompt": "A sunset over the sea", "duration": 5}
    text = SHELL_UNTIL_NONE_IS_LEFT.replace("MODEL", TEXT)
    first, _, last = shell(quick, text, body=body).partition("\n")
    assert [one["status"] for one in json.loads(first)["generations"]] == ["queued"]
    assert last == "All done"


def test_a_video_in_one_call(quick):
    body = {"model": TEXT, "prompt": "A red balloon rises into a blue sky", "duration": 5}
    assert python(quick, SYNC, body=body).startswith(f"Video URL: {quick.url}/")


def test_shots_in_one_call(quick):
    body = {"model": REFERENCE, "multi_prompt": SHOTS, "aspect_ratio": "16:9"}
    assert python(quick, SYNC, body=body).startswith(f"Video URL: {quick.url}/")


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_to_video(quick, name):
    body = {"model": REFERENCE, **REFERENCES[name]}
    generation, _, status = python(quick, ENQUEUE, body=body).partition(" ")
    assert status == "queued"
    look = 'curl -s -H "Authorization: Bearer $OXEN_API_KEY" "https://hub.oxen.ai/api/ai/queue/ID"'
    row = json.loads(shell(quick, look.replace("ID", generation)))
    assert row["generation_id"] == generation
    assert {field: row[field] for field in REFERENCES[name]} == REFERENCES[name]


@pytest.mark.skipif(not shutil.which("jq"), reason="the cURL samples need jq")
def test_look_and_cancel_with_curl(quick):
    ask = texts.CURL_ENQUEUE + "echo $ID"
    body = {"model": TEXT, "prompt": "A quiet street", "num_generations": 1}
    generation = shell(quick, ask, body=body)
    cancel = 'curl -s -X DELETE -H "Authorization: Bearer $OXEN_API_KEY" "https://hub.oxen.ai/api/ai/queue/ID"'
    answer = json.loads(shell(quick, cancel.replace("ID", generation)))
    assert answer == {"status": "success", "generation_id": generation}


def test_a_stream_that_is_only_listened_to(quick):
    python(quick, ENQUEUE, body={"model": TEXT, "prompt": "A quiet street"})
    text = 'timeout 6 curl -N -H "Authorization: Bearer $OXEN_API_KEY" https://hub.oxen.ai/api/events; exit 0'
    said = shell(quick, text)
    assert "\nevent: media_generation_completed\ndata: {" in f"\n{said}"


MODELS = """\
import requests

answer = requests.get(
    "https://hub.oxen.ai/api/ai/modelsQUERY", headers={"Authorization": "Bearer YOUR_API_KEY"}
)
for model in answer.json()["data"]:
    print(model["id"], model["endpoint"], model["display_name"], sep="|")
"""
ONE_MODEL = """\
import requests

answer = requests.get(
    "https://hub.oxen.ai/api/ai/models/kling-video-o3-pro-reference-to-video?deployment_status=live",
    headers={"Authorization": "Bearer YOUR_API_KEY"},
)
model = answer.json()
print(f"Endpoint: {model['endpoint']}")
print(f"Pricing: {model['pricing']['cost_per_second']}")
if model.get("request_schema"):
    print(f"Parameters: {sorted(model['request_schema']['properties'])}")
"""


def test_models_are_listed_searched_and_told(quick):
    every = python(quick, MODELS.replace("QUERY", "")).splitlines()
    assert len(every) >= 6
    assert all("|/videos/generate|" in line for line in every)
    found = python(quick, MODELS.replace("QUERY", "/search?search=kling")).splitlines()
    assert {line.split("|")[0] for line in found} >= {TEXT, REFERENCE}
    endpoint, pricing, parameters = python(quick, ONE_MODEL).splitlines()
    assert (endpoint, pricing) == ("Endpoint: /videos/generate", "Pricing: 0.224")
    assert "multi_prompt" in parameters


@pytest.mark.parametrize("act", ["activate", "deactivate"])
def test_custom_models_are_not_here(quick, act):
    """These two samples cannot work: there are no deployments to turn on and off."""
    answer = requests.post(
        f"{quick.url}/api/ai/models/my-custom-model/{act}",
        headers={"Authorization": f"Bearer {texts.KEY}"},
        timeout=10,
    )
    assert answer.status_code == 404


def test_an_engine_that_tells_no_plans_leaves_both_open(quick):
    body = {"model": TEXT, "prompt": "anything at all"}
    headers = {"Authorization": f"Bearer {texts.KEY}"}
    answer = requests.post(f"{quick.url}/api/ai/plan", headers=headers, json=body, timeout=30)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["plan"], told["refusal"]) == (None, None)
    assert told["engine"] == "quick_engine:Quick"
    assert told["cost"] == {"per_second": "0.070000", "seconds": 5, "at_most": "0.350000"}
