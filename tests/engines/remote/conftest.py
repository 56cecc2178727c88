"""Another cutroom that works for us, and drawn files."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from far import KEY, grant

from cutroom.catalog import Catalog
from cutroom.cli.local_server import LocalServer, local_server
from cutroom.media import images
from cutroom.media.probe import probe
from cutroom.sample import birds
from cutroom.types import Clip


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose engine says what it was given; the namespace `us` has credit and KEY."""
    models = [model.id for model in Catalog.load().models]
    settings = {
        "engines": json.dumps(dict.fromkeys(models, "told_engine:Told")),
        "relax_limits": "true",
        "poll_interval": "0.1",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        with local_server(tmp_path_factory.mktemp("other"), **settings) as up:
            grant(up, "us", KEY, dollars=1000)
            yield up


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Drawn birds: a second, 320x180, 12 a second."""
    path = tmp_path_factory.mktemp("clip") / "birds.mp4"
    birds(path, seconds=1, size=(320, 180), rate=12)
    return probe(path)


@pytest.fixture(scope="session")
def stills(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Six images, each another."""
    folder = tmp_path_factory.mktemp("stills")
    made = [folder / f"still-{number}" for number in range(6)]
    for number, path in enumerate(made):
        png = path.with_suffix(".png")
        images.save(png, np.full((320, 320, 4), 40 * number + 20, np.uint8))
        png.rename(path)  # files of an edit have no endings
    return made
