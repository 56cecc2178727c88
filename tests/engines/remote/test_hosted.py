"""The remote engine over a server that answers as the hosted API does, where that is not as cutroom does, and badly."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from far import EDIT, Ticks
from scripted import Asked, Scripted, drip, scripted, send

from cutroom.engines.remote.engine import Remote
from cutroom.errors import Cancelled, CutroomError, EngineFailed
from cutroom.intake.fetch import Fetcher
from cutroom.types import Edit, Kind

KEY = "oxen-key-of-ours"
FILES = "/api/repos/ox/cutroom-inputs/file"


@dataclass
class Hosted:
    """Answers in turn what is put before a request's usual answer."""

    server: Scripted
    clip: bytes
    before: dict[str, list[Callable[[Any], None]]] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)

    def __call__(self, handler: Any, asked: Asked) -> None:
        path = asked.path.partition("?")[0]
        if waiting := self.before.get(f"{asked.method} {path}"):
            waiting.pop(0)(handler)
            return
        match asked.method, path:
            case "GET", "/api/users/me":
                send(handler, {"user": {"username": "ox"}})
            case "POST", "/api/repos":
                send(handler, {"error": {"type": "resource_already_exists"}}, 409)
            case "PUT", _:
                send(handler, {"commit": {"id": "1"}})
            case "GET", _ if path.startswith(f"{FILES}/presigned_url/main/"):
                there = path.removeprefix(f"{FILES}/presigned_url/main/")
                send(handler, {"url": f"{self.server.url}{FILES}/main/{there}?oxen_signature=abc"})
            case "POST", "/api/ai/queue":
                send(handler, {"generations": [{"generation_id": "g1", "status": "processing"}]})
            case "GET", "/api/ai/queue/g1":
                row = {
                    "status": "succeeded",
                    "result_url": f"{self.server.url}/made.mp4?oxen_signature=abc",
                }
                send(handler, {**row, **self.row})
            case "GET", "/made.mp4":
                send(handler, self.clip)
            case _:
                send(handler, {"status": "success"})

    def of(self, method: str, start: str = "") -> list[Asked]:
        return [
            one for one in self.server.asked if one.method == method and one.path.startswith(start)
        ]


def hang_up(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def hosted(clip, monkeypatch) -> Iterator[Hosted]:
    with scripted(lambda *_: None) as server:
        server.answer = Hosted(server, clip.path.read_bytes())
        monkeypatch.setenv("CUTROOM_REMOTE_URL", server.url)
        monkeypatch.setenv("CUTROOM_REMOTE_KEY", KEY)
        yield server.answer


@pytest.fixture
def run(hosted, clip, stills, tmp_path):
    def run(patience: float = 5.0, tick: Ticks | None = None) -> Ticks:
        tick = tick or Ticks()
        edit = Edit("an-id", EDIT, Kind.EDIT, "snow on @Image1", clip, (stills[0],), seed=3)
        Remote(poll=0.01, patience=patience).edit(edit, tmp_path / "out.mp4", tick)
        assert (tmp_path / "out.mp4").read_bytes() == hosted.clip
        return tick

    return run


def test_the_hosted_api_gets_urls_that_anybody_could_fetch(hosted, run) -> None:
    run()
    (queued,) = hosted.of("POST", "/api/ai/queue")
    body = queued.json
    assert body["input_video"].startswith(f"{hosted.server.url}{FILES}/main/an-id/")
    assert body["input_video"].endswith(".mp4?oxen_signature=abc")
    assert body["input_image"][0].endswith(".png?oxen_signature=abc")
    assert {name: body[name] for name in ("model", "prompt", "seed", "num_generations")} == {
        "model": EDIT, "prompt": "snow on @Image1", "seed": 3, "num_generations": 1,
    }  # fmt: skip
    assert len(hosted.of("PUT")) == 2
    assert b'name="file"; filename=' in hosted.of("PUT")[0].body
    for one in hosted.server.asked:
        assert one.headers["Authorization"] == f"Bearer {KEY}"
    assert {one.path for one in hosted.of("DELETE")} == {one.path for one in hosted.of("PUT")}


def test_a_request_that_may_have_been_heard_is_not_repeated(hosted, run) -> None:
    for answer in (
        lambda handler: send(handler, b"", 502),
        hang_up,
    ):
        hosted.before = {"POST /api/ai/queue": [answer]}
        hosted.server.asked.clear()
        with pytest.raises(EngineFailed, match=r"status 502|not asked twice"):
            run()
        assert len(hosted.of("POST", "/api/ai/queue")) == 1


def test_looks_are_repeated_until_the_server_is_itself_again(hosted, run) -> None:
    hosted.before = {
        "GET /api/ai/queue/g1": [
            lambda handler: send(handler, {"status": "queued"}),
            lambda handler: send(handler, b"<html>", 502),
            hang_up,
            lambda handler: send(handler, b"{"),
            lambda handler: send(handler, {"status": "processing", "progress": "much"}),
            lambda handler: send(handler, {"status": "processing", "progress": float("nan")}),
            lambda handler: send(handler, {"status": "processing", "progress": 10**400}),
            lambda handler: send(handler, {"status": "processing", "progress": -1}),
        ],
        "GET /made.mp4": [hang_up],
    }
    run(patience=30)
    assert not any(hosted.before.values())
    assert len(hosted.of("POST", "/api/ai/queue")) == 1


@pytest.mark.parametrize(
    ("before", "row", "sentence"),
    [
        ({"GET /api/users/me": {"user": 1}}, {}, "whose key ours is"),
        ({f"GET {FILES}/presigned_url": {}}, {}, "gives no URL"),
        ({"POST /api/ai/queue": {"generations": []}}, {}, "under which id"),
        ({"POST /api/ai/queue": {"generations": [{"generation_id": ""}]}}, {}, "under which id"),
        ({}, {"status": ["succeeded"]}, "not its API"),
        ({}, {"status": None}, "not its API"),
        ({}, {"result_url": None}, "not where the result is"),
        ({}, {"result_url": "http://169.254.169.254/x.mp4"}, "not public"),
        ({}, {"result_url": "http://user:pass@example.com/x.mp4"}, "no user and password"),
        ({}, {"result_url": "data:video/mp4,x"}, "could not be had"),
        ({}, {"status": "failed", "error_message": "Insufficient credits"}, "run out of credits"),
        ({}, {"status": "failed", "error_message": None}, "The remote server failed."),
        ({}, {"status": "failed", "error_message": "x" * 9000}, "x…$"),
    ],
)  # fmt: skip
def test_answers_that_do_not_help(hosted, run, clip, before, row, sentence) -> None:
    hosted.row = row
    for request, body in before.items():
        if "presigned" in request:
            hosted.before = {
                f"GET {one}": [lambda handler, body=body: send(handler, body)]
                for one in presigned(clip)
            }
        else:
            hosted.before = {request: [lambda handler, body=body: send(handler, body)]}
    with pytest.raises(EngineFailed, match=sentence) as told:
        run(patience=0.2)
    assert len(told.value.message) < 2100


def presigned(clip) -> list[str]:
    from cutroom.engines.remote.files import named  # noqa: PLC0415

    return [f"{FILES}/presigned_url/main/an-id/{named(clip.path).name}"]


def test_what_a_server_says_is_on_one_line_and_without_our_key(hosted, run) -> None:
    hosted.row = {
        "notes": [f"one\ntwo {KEY}", 3, "", "x" * 9000],
        "details": {"enhanced_prompt": "better", "other": 7},
    }
    tick = run()
    assert tick.notes[0] == "one two [the key]"
    assert len(tick.notes) == 2
    assert len(tick.notes[1]) <= 2000
    assert tick.details == {"enhanced_prompt": "better"}


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (401, "upstream", "CUTROOM_REMOTE_KEY"),
        (402, "upstream", "run out of credits"),
        (403, "upstream", "status 403: no, sorry"),
        (400, "invalid_params", "^no, sorry$"),
        (413, "invalid_params", "^no, sorry$"),
        (301, "upstream", "its own address"),
    ],
)
def test_refusals_by_status(hosted, run, status, kind, sentence) -> None:
    body = {"error": {"type": "x", "title": "no", "detail": "no, sorry"}, "status": "error"}
    hosted.before = {"POST /api/ai/queue": [lambda handler: send(handler, body, status, Location="http://169.254.169.254/")]}  # fmt: skip
    with pytest.raises(CutroomError, match=sentence) as told:
        run()
    assert told.value.kind == kind
    assert len(hosted.of("DELETE", FILES)) == 2  # the files do not stay there


def test_cancelling_while_the_request_is_under_way(hosted, run) -> None:
    def slowly(handler: Any) -> None:
        tick.cancelled = True
        time.sleep(0.25)
        send(handler, {"generations": [{"generation_id": "g1"}]})

    tick = Ticks(cancel=lambda _: getattr(tick, "cancelled", False))
    hosted.before = {"POST /api/ai/queue": [slowly]}
    with pytest.raises(Cancelled):
        run(tick=tick)
    assert [one.path for one in hosted.of("DELETE", "/api/ai")] == ["/api/ai/queue/g1"]


def test_a_server_that_drips_is_left_when_nobody_waits(hosted, run) -> None:
    hosted.before = {"GET /api/ai/queue/g1": [drip]}
    tick = Ticks(cancel=lambda _: bool(hosted.of("GET", "/api/ai/queue")))
    with pytest.raises(Cancelled):
        run(tick=tick)


def test_nothing_half_downloaded_is_left(hosted, run, tmp_path) -> None:
    hosted.before = {"GET /made.mp4": [drip]}
    with pytest.raises(Cancelled):
        run(tick=Ticks(cancel=lambda _: bool(hosted.of("GET", "/made.mp4"))))
    hosted.before = {"GET /made.mp4": [lambda handler: send(handler, b"no", 404)]}
    with pytest.raises(EngineFailed):
        run()
    assert list(tmp_path.glob("out*")) == []


def test_a_name_that_was_used_for_something_else_is_not_insisted_on(hosted, run) -> None:
    used = {"error": {"type": "idempotency_key_reused", "detail": "used"}}
    hosted.before = {"POST /api/ai/queue": [lambda handler: send(handler, used, 422)]}
    run()
    names = [one.headers["Idempotency-Key"] for one in hosted.of("POST", "/api/ai/queue")]
    assert names == ["an-id", "an-id-2"]


def test_a_result_elsewhere_is_fetched_without_the_key(hosted, run, clip, monkeypatch) -> None:
    with scripted(lambda handler, _: send(handler, hosted.clip)) as elsewhere:
        hosted.row = {"result_url": f"{elsewhere.url}/made.mp4?signature=abc"}
        with pytest.raises(EngineFailed, match="not public") as told:
            run()
        assert "signature" not in told.value.message
        assert elsewhere.asked == []
        # As if its address were public.
        monkeypatch.setitem(Fetcher.__init__.__kwdefaults__, "allow", lambda _: True)
        run()
        (asked,) = elsewhere.asked
    assert asked.path == "/made.mp4?signature=abc"
    assert "Authorization" not in asked.headers
