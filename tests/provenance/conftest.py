"""A drawn clip, signed; and what a file's streams are, whatever stands around them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import pytest

from cutroom.media.probe import probe
from cutroom.provenance.means import Means
from cutroom.provenance.signing import Provenance, Signed
from cutroom.types import Edit, Kind

MODEL = "kling-video-o3-pro-video-to-video-edit"
PROMPT = "give the secret agent a moustache"


def packets(path: Path) -> list[tuple]:
    """Every packet of every stream: its times and its bytes."""
    with av.open(str(path)) as container:
        return [
            (one.stream.index, one.pts, one.dts, one.duration, bytes(one))
            for one in container.demux()
        ]


def boxes(path: Path) -> list[str]:
    """The names of the file's outer boxes, in order."""
    content, at, names = path.read_bytes(), 0, []
    while at < len(content):
        names.append(content[at + 4 : at + 8].decode())
        at += int.from_bytes(content[at : at + 4], "big")
    return names


def edit_of(video: Path | None, *, kind: Kind = Kind.EDIT, **more) -> Edit:
    clip = video and probe(video)
    return Edit("id", MODEL, kind, PROMPT, video=clip, **more)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Means:
    """The data folder of an installation with a key that it made itself."""
    return Means(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def sign(birds_clip: Path, home: Means) -> Callable[..., Signed]:
    """Takes the drawn clip for the result of an edit, and signs a copy of it at `path`."""

    def make(path: Path, edit: Edit, engine: str = "classical", means: Means = home) -> Signed:
        shutil.copy(birds_clip, path)
        request = {"model": MODEL, "prompt": PROMPT, "seed": 3}
        return Provenance(means).sign(edit, engine, request, path)

    return make


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory, birds_clip: Path, sign: Callable) -> Path:
    """A result with a manifest. Look, do not change it."""
    path = tmp_path_factory.mktemp("signed") / "result.mp4"
    assert sign(path, edit_of(birds_clip)).notes == ()
    return path


@pytest.fixture(scope="session")
def seen() -> SimpleNamespace:
    """What tests look at files with, and what they make edits with."""
    return SimpleNamespace(
        packets=packets, boxes=boxes, edit_of=edit_of, MODEL=MODEL, PROMPT=PROMPT
    )
