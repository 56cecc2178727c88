"""The outermost layer: a bug is logged whole and told nobody."""

import logging

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from cutroom import logs
from cutroom.api.errors import on_error, on_http_error
from cutroom.api.requests import Requests
from cutroom.api.traffic import Traffic
from cutroom.errors import CutroomError


async def good(request: Request) -> Response:
    request.state.namespace = "alice"
    return PlainTextResponse("good")


async def bad(_request: Request) -> Response:
    raise ZeroDivisionError("the secret is 42")


async def half(_request: Request) -> Response:
    async def pieces():
        yield b"half"
        raise ZeroDivisionError("the secret is 42")

    return StreamingResponse(pieces())


APP = Starlette(
    routes=[Route("/good", good), Route("/bad", bad), Route("/half", half), Route("/livez", good)],
    middleware=[Middleware(Requests, traffic=Traffic({}))],
    exception_handlers={CutroomError: on_error, HTTPException: on_http_error},
)


def get(path: str, **headers: str) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path, headers=headers)

    return anyio.run(call)


def test_a_bug_is_logged_whole_and_told_nobody(caplog):
    caplog.handler.setFormatter(logs.Text())
    answer = get("/bad", **{"x-request-id": "bug-1"})
    assert answer.status_code == 500
    assert answer.json()["error"] == {"type": "unknown_error", "title": "Internal error"}
    assert answer.headers["x-request-id"] == "bug-1"
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert record.getMessage() == "GET /bad failed"
    assert "[request_id=bug-1]: GET /bad failed" in caplog.text
    assert "the secret is 42" in str(record.exc_info)


def test_half_an_answer_is_broken_off():
    with pytest.raises(ZeroDivisionError):
        get("/half")


def test_a_line_a_request(caplog):
    caplog.set_level(logging.INFO)
    get("/good?oxen_signature=secret", authorization="Bearer secret", **{"x-request-id": "a"})
    (line,) = [one.getMessage() for one in caplog.records if one.name == "cutroom.api"]
    assert line.startswith("GET /good 200 ")
    assert line.endswith(" ms alice")


def test_probes_do_not_fill_the_log(caplog):
    caplog.set_level(logging.INFO)
    get("/livez")
    assert not [one for one in caplog.records if one.name == "cutroom.api"]


def test_a_path_cannot_forge_a_line(caplog):
    caplog.set_level(logging.INFO)
    get("/x%0a2026-01-01 INFO forged%1b[31m")
    (line,) = [one.getMessage() for one in caplog.records if one.name == "cutroom.api"]
    assert "\n" not in line
    assert "\x1b" not in line


def test_an_address_with_a_nul_goes_no_further():
    """No database is asked: PostgreSQL would fail on it."""
    assert get("/bad%00").status_code == 404
    answer = get("/bad?status=a%00b")
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"] == "The query holds a NUL character"
    assert answer.headers["x-request-id"]
