"""Requests and the whole of their answers, as they stand in `golden/`."""

import json
import re
import time
import tomllib
import uuid
from datetime import datetime
from pathlib import Path

import pytest
import requests

from cutroom.catalog import Catalog
from cutroom.schema import request_schema

TEXT = "kling-video-v2-6-pro-text-to-video"
FOLDER = Path(__file__).parent / "golden"
ERRORS = tomllib.loads((FOLDER / "errors.toml").read_text(encoding="utf-8"))["pair"]
ANSWERS = tomllib.loads((FOLDER / "answers.toml").read_text(encoding="utf-8"))["pair"]


def is_a_time(value):
    return isinstance(value, int) and time.time() - 3600 < value < time.time() + 60


STANDS_FOR = {
    "<id>": lambda value: str(uuid.UUID(value)) == value,
    "<time>": is_a_time,
    "<time or null>": lambda value: value is None or is_a_time(value),
    "<url>": lambda value: re.match(r"http://[^?]+\.mp4\?expires=\d+&oxen_signature=", value),
    "<text>": lambda value: isinstance(value, str) and len(value) > 20,
    "<whole>": lambda value: isinstance(value, int),
    "<number>": lambda value: 0 <= value <= 1,
    "<money>": lambda value: re.fullmatch(r"\d+\.\d{6}", value),
    "<list>": lambda value: isinstance(value, list),
    "<hex>": lambda value: re.fullmatch(r"[0-9a-f]{32}", value),
    "<moment>": lambda value: datetime.fromisoformat(value).tzinfo is not None,
    "<schema>": lambda value: value == request_schema(Catalog.load().model(TEXT)),
    "<pace>": lambda value: value is None or value["per_second"] >= 0 < value["runs"] <= 50,
    "<refusal>": lambda value: value.keys() == {"message", "understood", "cannot"},
}


def same(told, expected):
    """What is told, with the words of `expected` in the place of what they stand for."""
    if isinstance(expected, str) and expected in STANDS_FOR and STANDS_FOR[expected](told):
        return expected
    if isinstance(expected, dict) and isinstance(told, dict):
        return {name: same(value, expected.get(name)) for name, value in told.items()}
    if isinstance(expected, list) and isinstance(told, list) and len(told) == len(expected):
        return [same(*both) for both in zip(told, expected, strict=True)]
    return told


def key_in(headers):
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def names(web, done, bob, tenant):
    """What the words with a dollar stand for."""
    return {
        "$HOST": web.url,
        "$DONE": done["generation_id"],
        "$POOR": key_in(tenant("pauper")),
        "$BOB": key_in(bob),
    }


def named(text, names):
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def ask(server, pair, names):
    method, path = named(pair["request"], names).split(" ")
    key = named(pair.get("key", server.key), names)
    body = named(pair["body"], names).encode() if "body" in pair else None
    headers = server.headers_of(key) if key else {}
    answer = requests.request(method, server.url + path, headers=headers, data=body, timeout=90)
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    return answer


@pytest.mark.parametrize("pair", ERRORS, ids=[pair["name"] for pair in ERRORS])
def test_errors(web, names, pair):
    answer = ask(web, pair, names)
    expected = json.loads(named(pair["answer"], names))
    told = answer.json()
    assert (answer.status_code, same(told, expected)) == (pair["status"], expected)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"


def test_answers(web, names):
    asked = []
    for pair in ANSWERS:
        answer = ask(web, pair, names)
        expected = json.loads(named(pair["answer"], names))
        told = answer.json()
        assert (answer.status_code, same(told, expected)) == (200, expected), pair["name"]
        if "generations" in told and pair["request"].startswith("POST"):
            asked += [one["generation_id"] for one in told["generations"]]
            names = names | {"$LAST": asked[-1]}
    for one in asked:
        url = f"{web.url}/api/ai/queue/{one}"
        requests.delete(url, headers=web.headers, timeout=30)
