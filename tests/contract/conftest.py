"""What the contract tests share: drawn files on https://example.com/, finished generations, tenants."""

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import requests

from cutroom.media import images
from cutroom.sample import birds

if CHECKING := find_spec("jsonschema_rs") is not None:  # test_openapi.py fails without it
    from described import Described

EDIT = "kling-video-o3-pro-video-to-video-edit"
CLIP = "https://example.com/birds-on-wire.mp4"
LOOK = {"model": EDIT, "prompt": "make it black and white", "input_video": CLIP}
FINAL = {"succeeded", "failed", "cancelled"}


@pytest.fixture(scope="session", autouse=True)
def _as_described() -> Iterator[None]:
    """Whatever our servers answer to these tests must be as the OpenAPI document says."""
    if not CHECKING:
        yield
        return
    described, send = Described.ours(), requests.Session.send

    def checked(session: requests.Session, request: Any, **more: Any) -> requests.Response:
        answer = send(session, request, **more)
        if "x-request-id" in answer.headers:
            described.check(answer, read=not more.get("stream"))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "send", checked)
        yield


@pytest.fixture(scope="session")
def web(server):
    """The server with a clip and an image on https://example.com/."""
    birds(server.web / "birds-on-wire.mp4", seconds=1, size=(320, 180), rate=12)
    square = np.full((320, 320, 4), 255, np.uint8)
    square[80:240, 80:240, 1:3] = 30
    images.save(server.web / "square.png", square)
    return server


@pytest.fixture(scope="session")
def until_final(server) -> Callable[..., dict[str, Any]]:
    """The row of a generation once its status is final."""

    def wait(
        generation_id: str, seconds: float = 60, headers: dict[str, str] = server.headers
    ) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            url = f"{server.url}/api/ai/queue/{generation_id}"
            row = requests.get(url, headers=headers, timeout=10).json()
            if row["status"] in FINAL:
                return row
            time.sleep(0.1)
        raise AssertionError(f"not final after {seconds} s: {row}")

    return wait


@pytest.fixture(scope="session")
def done(web, until_final) -> dict[str, Any]:
    """The row of one generation of alice's that succeeded."""
    answer = requests.post(
        f"{web.url}/api/ai/queue", headers=web.headers, json=LOOK, timeout=30
    ).json()
    row = until_final(answer["generations"][0]["generation_id"])
    assert row["status"] == "succeeded", row
    return row


@pytest.fixture(scope="session")
def bob(server) -> dict[str, str]:
    """The headers of another tenant."""
    return server.headers_of(server.cutroom("keys", "create", "--namespace", "bob"))
