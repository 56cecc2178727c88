"""The planner that asks a chat endpoint: a real HTTP server answers well, badly, slowly and with malice."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cutroom.chat import Endpoint, Unanswered
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.reader import asked, schema
from cutroom.errors import CannotDo, InvalidParams
from cutroom.settings import Settings
from cutroom.types import Clip, Edit, Kind

_CLIP = Clip(Path("x.mp4"), 320, 180, Fraction(24), 24, Fraction(1), audio="aac")
_KEY = "sk-very-secret"
_STRANGE = "conjure the ambience of a rainswept midnight"
_GOOD = {"ops": [{"op": "rain", "density": 1.5}, {"op": "night"}], "kept": [], "cannot": []}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.asked.append((self.path, self.headers, json.loads(self.rfile.read(length))))
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who asked hung up."""


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_port}/v1/"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    for name, value in {"URL": server.url, "MODEL": "tiny", "KEY": _KEY, "TIMEOUT": "1"}.items():
        monkeypatch.setenv(f"CUTROOM_PLANNER_{name}", value)
    yield server
    server.shutdown()
    server.server_close()


def _edit(prompt: str) -> Edit:
    return Edit("1", "m", Kind.EDIT, prompt, _CLIP)


def _says(content: object, status: int = 200) -> Callable[[Any], None]:
    """An answer whose message is `content`, as JSON unless it is text."""
    text = content if isinstance(content, str) else json.dumps(content)
    return _sends(json.dumps({"choices": [{"message": {"content": text}}]}).encode(), status)


def _sends(raw: bytes, status: int = 200, **headers: str) -> Callable[[Any], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)

    return answer


def _drips(head: bool) -> Callable[[Any], None]:
    """An answer that never ends, a letter now and then."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(
            b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"Content-Length: 900\r\n\r\n")
        )
        for _ in range(200):
            request.wfile.write(b"a")
            time.sleep(0.05)

    return answer


def test_what_the_grammar_refuses_is_planned_by_the_model_and_marked(chat) -> None:
    chat.answer = _says(_GOOD)
    told = Classical().plan(_edit(_STRANGE))
    assert [row["op"] for row in told["ops"]] == ["night", "rain"]
    assert told["planner"] == "tiny"
    ((path, headers, body),) = chat.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {_KEY}"
    assert body["model"] == "tiny"
    assert body["messages"][1] == {"role": "user", "content": _STRANGE}
    ops = body["response_format"]["json_schema"]["schema"]["properties"]["ops"]["items"]["anyOf"]
    assert {one["properties"]["op"]["const"] for one in ops} == {kind.name for kind in OPS}


def test_what_the_grammar_understands_is_asked_of_nobody(chat) -> None:
    assert Classical().plan(_edit("make it night"))["planner"] == "grammar"
    assert chat.asked == []


def test_without_an_endpoint_the_refusal_stands(chat, monkeypatch) -> None:
    monkeypatch.delenv("CUTROOM_PLANNER_URL")
    with pytest.raises(CannotDo):
        Classical().plan(_edit(_STRANGE))
    assert chat.asked == []


def test_a_server_without_formats_is_asked_again_without(chat) -> None:
    def answer(request: Any) -> None:
        formatted = "response_format" in chat.asked[-1][2]
        (_sends(b"{}", 400) if formatted else _says("```json\n" + json.dumps(_GOOD) + "\n```"))(
            request
        )

    chat.answer = answer
    assert Classical().plan(_edit(_STRANGE))["planner"] == "tiny"
    assert len(chat.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        _says("I would love to help!"),
        _says([1, 2]),
        _says({"ops": []}),
        _says({"ops": [{"op": "rm -rf"}]}),
        _says({"ops": [{"op": "snow", "density": 1e9}]}),
        _says('{"ops": [{"op": "snow", "density": NaN}]}'),
        _says({"ops": [{"op": "snow", "path": "/etc/passwd"}]}),
        _says({"ops": [{"op": "snow"}] * 1000}),
        _says({"ops": [{"op": "brighter"}, {"op": "darker"}]}),
        _says({"ops": [{"op": "sepia"}], "kept": ["the colours"]}),
        _says({"ops": [{"op": "replace", "mention": "@image1", "who": "man"}]}),
        _says({"ops": [{"op": "background", "image": 3}]}),
        _says({"ops": [{"op": "night"}], "cannot": ["the midnight"]}),
        _says("[" * 200_000),
        _sends(b"\xff\xfe not json"),
        _sends(b"{}"),
        _sends(b'{"choices": [{"message": {"content": null}}]}'),
        _sends(b"", 500),
        _sends(b"", 401),
        _sends(b"a" * (3 << 20)),
        _sends(b"", 302, Location="http://127.0.0.1:9/"),
        _drips(head=False),
        _drips(head=True),
        lambda request: request.wfile.write(b"SSH-2.0-surprise\r\n"),
        lambda request: None,
    ],
)
@pytest.mark.timeout(20)
def test_a_bad_answer_leaves_the_grammars_refusal_and_no_key_in_the_log(
    chat, caplog, answer
) -> None:
    caplog.set_level(logging.DEBUG)
    chat.answer = answer
    with pytest.raises(CannotDo, match="conjure"):
        Classical().plan(_edit(_STRANGE))
    assert "did not help" in caplog.text
    assert _KEY not in caplog.text
    assert _STRANGE not in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "ftp://here/", "http://user:word@here/"])
def test_an_endpoint_that_is_not_there_is_no_answer(url: str) -> None:
    with pytest.raises((Unanswered, InvalidParams)) as no:
        asked(_edit(_STRANGE), Endpoint(url, "tiny", _KEY, 2))
    assert _KEY not in str(no.value)


def test_the_key_shows_nowhere_and_reaches_the_engines_process() -> None:
    settings = Settings(planner_key=_KEY)
    assert _KEY not in repr(settings)
    assert settings.environment()["CUTROOM_PLANNER_KEY"] == _KEY
    assert _KEY not in repr(Endpoint("http://here/", "tiny", _KEY))


def test_the_schema_is_json_and_names_every_choice() -> None:
    text = json.dumps(schema())
    assert '"const": "recolour"' in text
    assert '"turquoise"' in text
