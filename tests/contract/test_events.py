"""/api/events on a real server: the documented bytes, what was missed, and whose events they are."""

import json
import os
import re
import subprocess
import sys

import pytest
import requests
from described import Described

DESCRIBED = Described.ours()
EDIT = "kling-video-o3-pro-video-to-video-edit"
LOOK = {
    "model": EDIT,
    "prompt": "make it black and white",
    "input_video": "https://example.com/birds-on-wire.mp4",
}
FAILS = LOOK | {"input_video": "https://example.com/nonesuch.mp4"}
PADDING = b": " + b" " * 4095 + b"\n\n"
EVENT = re.compile(rb"id: ([0-9]+)\nevent: ([a-z_]+)\ndata: ([^\n]+)\n\n")


class Ear:
    """Listens, and keeps every byte."""

    def __init__(self, server, headers, **query):
        last = query.pop("last_id", None)
        extra = {} if last is None else {"Last-Event-ID": str(last)}
        self.answer = requests.get(
            f"{server.url}/api/events",
            headers=headers | extra,
            params=query,
            stream=True,
            timeout=(10, 40),
        )
        self.chunks = self.answer.iter_content(None)
        self.bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()

    @property
    def events(self):
        """(id, name, data) of every event so far."""
        return [(int(seq), name.decode(), json.loads(data)) for seq, name, data in EVENT.findall(self.bytes)]  # fmt: skip

    def until(self, done):
        """Listen until `done` says of the events so far that they are enough; returns them."""
        for chunk in self.chunks:
            self.bytes += chunk
            if done(self.events):
                for _, name, data in self.events:
                    DESCRIBED.check_event(name, data)
                return self.events
        raise AssertionError(f"the stream ended after {self.events}")

    def until_ended(self, *ids):
        """The events, once each of these generations is told to have ended."""
        return self.until(lambda events: set(ids) <= {one for one, _ in ends(events)})


def ends(events):
    """(generation, name) of each end among events."""
    return [
        (data["generation_id"], name)
        for _, name, data in events
        if name in {"media_generation_completed", "generation_cancelled"}
    ]


@pytest.fixture(scope="module")
def carol(server):
    """The headers of a tenant whom no other test disturbs."""
    headers = server.headers_of(server.cutroom("keys", "create", "--namespace", "carol"))
    server.cutroom("credits", "add", "--namespace", "carol", "100")
    return headers


def enqueue(server, headers, body, **more):
    url = f"{server.url}/api/ai/queue"
    answer = requests.post(url, headers=headers, json=body | more, timeout=30)
    assert answer.status_code == 200, answer.text
    return [one["generation_id"] for one in answer.json()["generations"]]


def test_the_documented_bytes(web, carol):
    with Ear(web, carol) as ear:
        assert ear.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        (good,) = enqueue(web, carol, LOOK)
        (bad,) = enqueue(web, carol, FAILS)
        events = ear.until_ended(good, bad)
    (url,) = [data["url"] for _, _, data in events if "url" in data]
    assert requests.get(url, timeout=10).content[4:8] == b"ftyp"  # without a key
    succeeded = (
        f'event: media_generation_completed\ndata: {{"generation_id":"{good}","status":"succeeded",'
        f'"media_type":"video","model":"{EDIT}","url":"{url}"}}\n\n'
    ).encode()
    failed = (
        f'event: media_generation_completed\ndata: {{"generation_id":"{bad}","status":"failed",'
        '"media_type":"video","error":"input_video: 404 Client Error: Not Found for url: '
        'https://example.com/nonesuch.mp4"}\n\n'
    ).encode()
    assert succeeded + PADDING in ear.bytes
    assert failed in ear.bytes
    assert b"\r" not in ear.bytes
    shape = re.compile(rb"(id: [0-9]+\nevent: [a-z_]+\ndata: [^\n]+\n\n|: [^\n]*\n\n)*")
    assert shape.fullmatch(ear.bytes.rpartition(b"\n\n")[0] + b"\n\n")


def test_progress_comes_before_the_end_and_never_after_it(web, carol):
    with Ear(web, carol) as ear:
        (one,) = enqueue(web, carol, LOOK)
        events = ear.until_ended(one)
    about = [(name, data) for _, name, data in events if data["generation_id"] == one]
    assert [name for name, _ in about][-1] == "media_generation_completed"
    progress = [data for name, data in about if name == "generation_progress"]
    for data in progress:  # with a frame to be seen, if there was one before the end
        data.pop("preview_url", None)
    assert progress == [
        {"generation_id": one, "status": "processing", "media_type": "video", "model": EDIT, "progress": data["progress"]}
        for data in progress
    ]  # fmt: skip
    done = [data["progress"] for data in progress]
    assert done
    assert done == sorted(done)


def test_each_end_is_told_once_and_a_cancelled_one_by_another_name(web, carol):
    with Ear(web, carol) as ear:
        ids = enqueue(web, carol, FAILS, num_generations=2)
        (gone,) = enqueue(web, carol, LOOK)
        for _ in range(2):
            url = f"{web.url}/api/ai/queue/{gone}"
            assert requests.delete(url, headers=carol, timeout=10).ok
        (last,) = enqueue(web, carol, FAILS)
        events = ear.until_ended(*ids, gone, last)
    told = [(one, name) for one, name in ends(events) if one in {*ids, gone}]
    assert sorted(told) == sorted(
        [(one, "media_generation_completed") for one in ids] + [(gone, "generation_cancelled")]
    )
    (data,) = [data for _, name, data in events if name == "generation_cancelled"]
    assert data == {"generation_id": gone, "status": "cancelled", "media_type": "video", "model": EDIT}  # fmt: skip


def test_who_comes_back_hears_what_was_missed(web, carol, until_final):
    with Ear(web, carol) as ear:
        (first,) = enqueue(web, carol, FAILS)
        seq, name, _ = ear.until_ended(first)[-1]
        assert name == "media_generation_completed"
    missed = enqueue(web, carol, FAILS, num_generations=3)
    for one in missed:
        until_final(one, headers=carol)
    with Ear(web, carol, last_id=seq) as ear:
        events = ear.until_ended(*missed)
    assert {data["generation_id"] for _, _, data in events} == set(missed)
    numbers = [number for number, _, _ in events]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > seq


def test_a_generation_that_ended_before_one_could_connect_is_told(web, carol, until_final):
    (one,) = enqueue(web, carol, FAILS)
    until_final(one, headers=carol)
    with Ear(web, carol) as ear:
        assert ear.until_ended(one)


@pytest.mark.parametrize("last", ["999999999999", "4ef840a4-...", "-1", "1.5", "9" * 99])
def test_an_id_that_is_not_from_here_is_answered_with_a_reset(web, carol, last):
    with Ear(web, carol, last_id=last) as ear:
        ((seq, name, data),) = ear.until(bool)
    assert (name, data["reason"]) == ("reset", "unknown")
    assert seq > 0


def test_after_a_reset_the_stream_goes_on(web, carol):
    with Ear(web, carol, last_id="mine") as ear:
        ((seq, _, _),) = ear.until(bool)
        (one,) = enqueue(web, carol, FAILS)
        assert all(number >= seq for number, _, _ in ear.until_ended(one))


def test_nobody_hears_of_others(web, carol, bob, until_final):
    web.cutroom("credits", "add", "--namespace", "bob", "20")
    with Ear(web, bob, last_id=0) as ear:
        (hers,) = enqueue(web, carol, FAILS)
        until_final(hers, headers=carol)
        (his,) = enqueue(web, bob, FAILS)
        ear.until_ended(his)
    assert hers.encode() not in ear.bytes
    assert b"carol" not in ear.bytes


def test_members_hear_all_of_an_organisation_if_they_ask(web, carol, bob):
    dave = web.headers_of(web.cutroom("keys", "create", "--namespace", "dave"))
    web.cutroom("credits", "add", "--namespace", "newsroom", "20")
    for member in ("carol", "dave"):
        web.cutroom("members", "add", "--organisation", "newsroom", member)
    with Ear(web, dave, namespace="newsroom") as all_of_it, Ear(web, carol) as her_own:
        (shared,) = enqueue(web, carol, FAILS, target_namespace="newsroom")
        (private,) = enqueue(web, carol, FAILS)
        (last,) = enqueue(web, dave, FAILS, target_namespace="newsroom")
        all_of_it.until_ended(shared, last)
        her_own.until_ended(shared, private)
    assert private.encode() not in all_of_it.bytes
    assert last.encode() not in her_own.bytes
    url = f"{web.url}/api/events?namespace=newsroom"
    assert requests.get(url, headers=bob, timeout=10).status_code == 403
    web.cutroom("members", "remove", "--organisation", "newsroom", "carol")
    assert requests.get(url, headers=carol, timeout=10).status_code == 403
    with Ear(web, carol, last_id=0) as her_own:
        her_own.until_ended(private)
    assert shared.encode() not in her_own.bytes  # the URL of a result would be signed anew


SAMPLE = """
import json
import os
import requests

AUTH = {"Authorization": "Bearer " + os.environ["KEY"]}
with requests.get(os.environ["HOST"] + "/api/events", headers=AUTH, stream=True) as stream:
    event_name = None
    for line in stream.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            event_name = line.removeprefix("event: ")
        elif line.startswith("data: ") and event_name == "media_generation_completed":
            payload = json.loads(line.removeprefix("data: "))
            if payload.get("generation_id") == os.environ["GEN_ID"]:
                print(payload["status"])
                break
"""
AWK = """
curl -sN -H "Authorization: Bearer $KEY" "$HOST/api/events" | awk -v id="$GEN_ID" '
  /^event: media_generation_completed$/ { expect=1; next }
  /^data: / && expect {
    payload = substr($0, 7)
    if (index(payload, "\\"generation_id\\":\\"" id "\\"")) { print payload; exit }
    expect = 0
  }'
"""


@pytest.mark.parametrize("command", [[sys.executable, "-c", SAMPLE], ["bash", "-c", AWK]])
def test_clients_like_the_documented_ones(web, command):
    """They subscribe after enqueueing; the second reads through whatever awk there is."""
    (one,) = enqueue(web, web.headers, LOOK)
    environment = os.environ | {"HOST": web.url, "KEY": web.key, "GEN_ID": one}
    client = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert "succeeded" in client.stdout.readline()
    finally:
        os.killpg(client.pid, 9)  # curl itself ends at the next keep-alive only
        client.wait()
        client.stdout.close()


def test_head_is_answered_at_once(web):
    answer = requests.head(f"{web.url}/api/events", headers=web.headers, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
