"""Journeys through the playground: a real server, the classical engine, and a browser without a window.

Each file of web/journeys is a test here; they are written for Playwright and run by Vitest.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from cutroom import accounts, db, ledger, sessions
from cutroom.sample import birds
from cutroom.settings import Settings
from cutroom.terms import Scope, Terms

WEB = Path(__file__).parents[2] / "web"
JOURNEYS = sorted(path.name.removesuffix(".journey.ts") for path in (WEB / "journeys").glob("*.journey.ts"))  # fmt: skip

REAL = "mdn_shared-assets__flower.mp4"


@pytest.fixture(scope="session")
def small_clip(tmp_path_factory):
    """Two drawn birds: 2 s, 640x360, 24 frames a second."""
    path = tmp_path_factory.mktemp("journeys") / "birds.mp4"
    birds(path, seconds=2, size=(640, 360))
    return path


@pytest.fixture(scope="session")
def real_clip(tmp_path_factory):
    """A real clip of 5 s, where there are some; else two drawn birds of 4 s, 1280x720."""
    real = Path(os.environ.get("CUTROOM_TEST_MEDIA", "/nonexistent"), "clips", REAL)
    if real.is_file():
        return real
    path = tmp_path_factory.mktemp("journeys") / "drawn.mp4"
    birds(path)
    return path


@pytest.fixture
def member(journey, server):
    """A namespace of the journey's own, with credit; what its person has in hand, as the journeys name it."""
    user = f"journey-{journey}"
    engine = db.connect(Settings(data_dir=server.data_dir).database)
    with db.writing(engine) as tx:
        for name in (user, f"{user}-poor"):
            accounts.ensure(tx, name)
        ledger.deposit(tx, user, 100_000_000)
        given = {
            "CUTROOM_USER": user,
            "CUTROOM_KEY": accounts.create(tx, user, terms=Terms(frozenset(Scope))),
            "CUTROOM_LINK": sessions.add_link(tx, user, int(time.time()) + 3600),
            # Of somebody to whom nobody gave any.
            "CUTROOM_POOR_KEY": accounts.create(tx, f"{user}-poor"),
        }
    engine.dispose()
    return given


@pytest.mark.timeout(600)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(journey, server, member, small_clip, real_clip, chromium, playground, tmp_path):
    clip_url = f"{server.url}/api/repos/{member['CUTROOM_USER']}/clips/file/main/birds.mp4"
    headers = server.headers_of(member["CUTROOM_KEY"])
    requests.put(
        clip_url, data=small_clip.read_bytes(), headers=headers, timeout=30
    ).raise_for_status()
    environment = {
        **os.environ,
        **member,
        "NO_COLOR": "1",
        "CUTROOM_URL": server.url,
        "CUTROOM_CLIP": str(small_clip),
        "CUTROOM_CLIP_URL": clip_url,
        "CUTROOM_REAL_CLIP": str(real_clip),
        "CUTROOM_CHROMIUM": chromium,
        "CUTROOM_SCRATCH": str(tmp_path),
        "CUTROOM_PYTHON": sys.executable,
    }
    vitest = playground.source / "node_modules" / ".bin" / "vitest"
    done = subprocess.run(
        [vitest, "run", "--config", "vitest.journeys.ts", f"journeys/{journey}.journey.ts"],
        cwd=playground.source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
