"""What the contract tests share: drawn files on https://example.com/, finished generations, tenants."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import sample_texts as texts
from described import Described

from cutroom import accounts, db, ledger
from cutroom.cli.local_server import LocalServer, local_server
from cutroom.media import images
from cutroom.sample import birds
from cutroom.settings import Settings

EDIT = "kling-video-o3-pro-video-to-video-edit"
SIX = (
    EDIT,
    "kling-video-o3-pro-reference-to-video",
    "kling-video-o3-pro-image-to-video",
    "kling-video-v2-6-pro-text-to-video",
    "kling-video-v2-6-pro-image-to-video",
    "kling-video-v3-pro-motion-control",
)
CLIP = "https://example.com/birds-on-wire.mp4"
LOOK = {"model": EDIT, "prompt": "make it black and white", "input_video": CLIP}
FINAL = {"succeeded", "failed", "cancelled"}


@pytest.fixture(scope="session", autouse=True)
def _as_described() -> Iterator[None]:
    """Whatever our servers answer to these tests must be as the OpenAPI document says."""
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


@pytest.fixture(scope="session")
def tenant(server) -> Callable[..., dict[str, str]]:
    """Make a namespace with so many dollars; the headers of a key of it. Quicker than the command line."""

    def make(name: str, dollars: float = 0) -> dict[str, str]:
        engine = db.connect(Settings(data_dir=server.data_dir).database)
        with db.writing(engine) as tx:
            accounts.ensure(tx, name)
            if dollars:
                ledger.deposit(tx, name, round(dollars * 1_000_000))
            key = accounts.create(tx, name)
        engine.dispose()
        return server.headers_of(key)

    return make


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose engine takes any prompt, and the documented files under the names they have on the pages."""
    folder, web = tmp_path_factory.mktemp("quick"), tmp_path_factory.mktemp("example")
    images.save(web / "square.png", np.full((512, 512, 3), 128, np.uint8))
    for name in ("dog", "reference-face", "first-frame", "last-frame", "character-front", "character-side"):  # fmt: skip
        images.save(web / f"{name}.jpg", np.full((512, 512, 3), 128, np.uint8))
    birds(web / "clip.mp4", seconds=3, size=(320, 180), rate=12)
    settings = {
        "engines": json.dumps(dict.fromkeys(SIX, "quick_engine:Quick")),
        "fetch_map": json.dumps({"https://example.com/": str(web)}),
        "relax_limits": "true",
        "poll_interval": "0.1",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        with local_server(folder, **settings) as up:
            up.cutroom("keys", "create", "--namespace", "alice", "--key", texts.KEY)
            up.cutroom("credits", "add", "--namespace", "alice", "1000")
            for owner in ("elau", "ox"):
                up.cutroom("members", "add", "--organisation", owner, "alice")
            for name, url in (("square.png", texts.IMAGE), ("clip.mp4", texts.VIDEO)):
                requests.put(
                    url.replace(texts.HOSTED, up.url),
                    data=(web / name).read_bytes(),
                    headers={"Authorization": f"Bearer {texts.KEY}"},
                    timeout=10,
                ).raise_for_status()
            yield up
