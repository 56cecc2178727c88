"""The log of a whole run, at its most talkative: ids on every line, and nothing that is nobody's business."""

import base64
import json
import logging
import sys
import textwrap
import time
from collections import defaultdict

import pytest
import requests

from cutroom import logs
from cutroom.cli.local_server import local_server
from cutroom.sample import birds

EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"
KEY = "sesame-open-8f2a"
SECRET, OLD, TOKEN = "signing-c41f77", "signed-before-9d", "metrics-e0b1"
PROMPT = "make it black and white, zanzibar-7f3"
SHOTS = 'a "quoted" line\nwalrus-51c on the beach'
ENGINE = '''
    import logging, sys

    class Loud:
        """Says everything it should keep to itself, and dies of it."""

        def edit(self, edit, out, tick):
            tick.detail("enhanced_prompt", "narwhal-2b8, by candle light\\nin the rain-3c")
            print("it says narwhal-2b8, by candle light")
            print(edit.prompt)
            print(repr(edit.prompt), file=sys.stderr)
            logging.getLogger("loud").debug("%r", edit)
            raise RuntimeError(edit.prompt)
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The log of a server, its worker and its engines, and what was sent to it."""
    data, code = tmp_path_factory.mktemp("logged"), tmp_path_factory.mktemp("code")
    (code / "loud.py").write_text(textwrap.dedent(ENGINE))
    clip = code / "birds.mp4"
    birds(clip, seconds=1, size=(320, 180), rate=12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(code))
        settings = {
            "log_level": "debug",
            "log_format": "json",
            "relax_limits": "true",
            "poll_interval": "0.1",
            "signing_secret": SECRET,
            "signing_secrets_old": json.dumps([OLD]),
            "metrics_token": TOKEN,
            "engines": json.dumps({TEXT: "loud:Loud"}),
        }
        with local_server(data, **settings) as server:
            server.cutroom("keys", "create", "--namespace", "alice", "--key", KEY)
            server.cutroom("credits", "add", "--namespace", "alice", "100")
            link = server.cutroom("link").partition("#link=")[2]
            told = talk(server.url, clip, link)
    lines = (data / "serve.log").read_text(encoding="utf-8").splitlines()
    return told, [json.loads(line) for line in lines if line.startswith("{")], lines


def talk(url, clip, link):
    """Everything that could end up in a log; returns the ids of what was done, and the signatures."""
    headers = {"Authorization": f"Bearer {KEY}"}
    file = f"{url}/api/repos/alice/box/file/main/birds.mp4"
    requests.put(file, headers=headers, data=clip.read_bytes(), timeout=20).raise_for_status()
    presign = file.replace("/file/main/", "/file/presigned_url/main/")
    signed = requests.get(presign, headers=headers, timeout=20).json()["url"]
    requests.get(signed, timeout=20).raise_for_status()
    requests.get(signed + "x", timeout=20)
    uri = "data:video/mp4;base64," + base64.b64encode(clip.read_bytes()).decode()
    tokens = [link, *sign_in(url, link)]
    bodies = {
        "by-url": {"model": EDIT, "prompt": PROMPT, "input_video": signed},
        "by-data": {"model": EDIT, "prompt": PROMPT, "input_video": uri},
        "refused": {
            "model": EDIT,
            "prompt": PROMPT,
            "input_video": signed,
            "keep_audio": "perhaps",
        },
        "loud": {"model": TEXT, "prompt": SHOTS, "negative_prompt": PROMPT},
    }
    ids = {}
    for name, body in bodies.items():
        asked = headers | {"X-Request-Id": f"request-{name}"}
        answer = requests.post(f"{url}/api/ai/queue", headers=asked, json=body, timeout=20)
        if answer.ok:
            ids[name] = answer.json()["generations"][0]["generation_id"]
        requests.post(f"{url}/api/ai/plan", headers=headers, json=body, timeout=60)
    requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    requests.get(f"{url}/api/ai/queue", headers={"Authorization": f"Bearer {KEY}x"}, timeout=20)
    end = time.monotonic() + 60
    results = {}
    while len(results) < len(ids) and time.monotonic() < end:
        for name, one in ids.items():
            row = requests.get(f"{url}/api/ai/queue/{one}", headers=headers, timeout=20).json()
            if row["completed_at"]:
                results[name] = row
        time.sleep(0.2)
    openai = f"{url}/v1/videos/{ids['loud']}"
    results["openai"] = requests.get(openai, headers=headers, timeout=20).json()
    signatures = [signed, *(row["result_url"] for row in results.values() if row.get("result_url"))]
    signed = [one.partition("oxen_signature=")[2] for one in signatures]
    return ids, results, [*signed, *tokens]


def sign_in(url, link):
    """The tokens of sessions that were used, of a link and of a key."""
    for body in ({"link": link}, {"link": link}, {"key": KEY}, {"key": f"{KEY}x"}):
        with requests.Session() as browser:
            browser.post(f"{url}/api/session", json=body, timeout=20)
            browser.get(f"{url}/api/ai/queue", timeout=20)
            yield from browser.cookies.values()


def test_everything_was_really_done(run):
    (ids, results, signatures), lines, _ = run
    assert set(ids) == {"by-url", "by-data", "loud"}
    # The prompt asks for more than the engine can do, which is an answer with the prompt in it.
    assert {results[name]["status"] for name in ids} == {"failed"}
    assert "zanzibar" in results["by-url"]["error_message"]
    enhanced = {"enhanced_prompt": "narwhal-2b8, by candle light\nin the rain-3c"}
    assert results["loud"]["details"] == results["openai"]["details"] == enhanced
    assert results["by-url"]["details"] == {}
    assert len(signatures) >= 1
    assert {line["process"] for line in lines} >= {"server", "worker"}
    assert any(line["level"] == "debug" for line in lines)


@pytest.mark.parametrize(
    "word",
    [KEY, SECRET, OLD, TOKEN, "zanzibar-7f3", "walrus-51c", "quoted", "narwhal-2b8", "rain-3c", "base64,A", "oxen_signature="],
)  # fmt: skip
def test_the_log_does_not_know(run, word):
    _, _, lines = run
    assert [line for line in lines if word in line] == []


def test_no_signature_and_no_session_is_in_the_log(run):
    (_, _, signatures), _, lines = run
    assert len([one for one in signatures if one.startswith(("cl_", "cs_"))]) == 3
    text = "\n".join(lines)
    for signature in signatures:
        assert signature[:20] not in text


def test_a_line_is_one_object_with_its_ids(run):
    (ids, _, _), lines, raw = run
    by_generation = defaultdict(list)
    for line in lines:
        assert {"time", "level", "logger", "message", "process", "pid"} <= line.keys()
        if "generation_id" in line:
            by_generation[line["generation_id"]].append(line)
        if line["logger"] == "cutroom.api":
            assert line["request_id"]
    for name, one in ids.items():
        about = by_generation[one]
        # One line has both ids: from a request to its generation and back.
        (link,) = [
            line
            for line in about
            if line.get("request_id") == f"request-{name}" and line["process"] == "server"
        ]
        assert link["message"] == f"queued by alice for {TEXT if name == 'loud' else EDIT}"
        worker = [line for line in about if line["process"] == "worker"]
        assert next(line["message"] for line in worker) == "attempt 1 begins"
        assert worker[-1]["message"] == "failed"
    loud = [line["message"] for line in by_generation[ids["loud"]]]
    assert any(line.startswith("the engine: ") for line in loud)
    assert any("[the prompt]" in line for line in loud)
    assert any("the engine's last words" in line for line in loud)
    # Besides the log there is only what `serve` says on stdout.
    rest = [line for line in raw if not line.startswith("{")]
    assert rest[0].startswith("cutroom ")
    assert len(rest) < 25


def test_the_line_of_a_request_has_its_parts(run):
    _, lines, _ = run
    (line,) = [
        line
        for line in lines
        if line.get("request_id") == "request-refused" and line["logger"] == "cutroom.api"
    ]
    assert (line["method"], line["path"], line["status"], line["namespace"]) == (
        "POST",
        "/api/ai/queue",
        400,
        "alice",
    )
    assert line["ms"] >= 0


# --- the two forms ------------------------------------------------------------------------------


def line_of(form, message, secrets=(), **more):
    """The line that a formatter makes of a message."""
    lines = logs.Json("server", secrets) if form == "json" else logs.Text(secrets)
    record = {"name": "a.b", "levelno": 30, "levelname": "WARNING", "msg": message}
    return lines.format(logging.makeLogRecord(record | more))


def test_text_is_for_people():
    with logs.about(request_id="r-1"), logs.about(generation_id="g-1"):
        inside = line_of("text", "hello")
    outside = line_of("text", "outside")
    assert inside.endswith(" WARNING a.b [request_id=r-1 generation_id=g-1]: hello")
    assert outside.endswith(" WARNING a.b: outside")


def test_json_is_for_programs():
    with logs.about(request_id="r-1"), logs.about(generation_id="g-1"):
        inside = json.loads(line_of("json", "hello\nworld"))
    outside = json.loads(line_of("json", "outside", fields={"ms": 1.5}))
    assert (inside["message"], inside["level"], inside["logger"]) == (
        "hello\nworld",
        "warning",
        "a.b",
    )
    assert (inside["request_id"], inside["generation_id"]) == ("r-1", "g-1")
    assert "request_id" not in outside
    assert outside["ms"] == 1.5


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("GET /a?expires=1&oxen_signature=hush-hush&x=1", "&x=1"),
        ("authorization: Bearer hush-hush\nmore", "more"),
        ("key cr_hush-hushhush-hushhush-hush here", "here"),
        ("link cl_hush-hushhush-hushhush-hush here", "here"),
        ("session=cs_hush-hushhush-hushhush-hush here", "here"),
        ("got data:image/png;base64,hushhush== there", "there"),
        ("got DATA:,hush there", "there"),
        ("input_value={'prompt': 'hush, hush'}, input_type=dict", "input_type=dict"),
        ("the secret hush! is out", "is out"),
        ('the secret {"a": "ot\\"hush"} is out', "is out"),
    ],
)
def test_what_slips_into_a_message_is_taken_out(form, message, kept):
    line = line_of(form, message, ("hush!", 'ot"hush'))
    assert "hush" not in line
    assert kept in line


def test_an_exception_is_scrubbed_too():
    try:
        int("http://x/?oxen_signature=hush")
    except ValueError:
        line = line_of("json", "it broke", exc_info=sys.exc_info())
    assert "oxen_signature=[removed]" in json.loads(line)["exception"]
    assert "hush" not in line
