"""The engine's process: it loads its engine before there is an order, and leaves nothing behind."""

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cutroom.catalog import Catalog
from cutroom.media.probe import probe
from cutroom.settings import Settings
from cutroom.types import Edit, Kind
from cutroom.worker.engine_process import Died, EngineProcess
from cutroom.worker.messages import Done, Failed, Order

MODEL = Catalog.load().model("kling-video-o3-pro-video-to-video-edit")


def order(clip: Path, out: Path, prompt: str = "make it black and white") -> Order:
    clip = Path(shutil.copy(clip, out.with_name("clip.mp4")))  # an engine reads what lies beside it
    return Order(Edit("one", MODEL.id, Kind.EDIT, prompt, video=probe(clip)), MODEL, str(out))


def ended(engine: EngineProcess) -> Done | Failed:
    return engine.wait(lambda _: True, 0.05, time.monotonic() + 60).end


def test_an_order_may_come_when_the_engine_is_long_loaded(birds_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    with EngineProcess(MODEL.engine, Settings(), tmp_path) as engine:
        maps = Path(f"/proc/{engine._process.pid}/maps")
        if maps.exists():  # Linux
            while "libavcodec" not in maps.read_text():
                assert engine._process.poll() is None
                time.sleep(0.05)
        engine.begin(order(birds_clip, out))
        end = ended(engine)
    assert end == Done(float(probe(out).duration))


def test_a_refusal_is_an_outcome(birds_clip: Path, tmp_path: Path) -> None:
    with EngineProcess(MODEL.engine, Settings(), tmp_path) as engine:
        engine.begin(order(birds_clip, tmp_path / "out.mp4", "sing me a song"))
        end = ended(engine)
    assert isinstance(end, Failed)
    assert end.error_kind == "cannot_do"


def test_an_engine_that_cannot_be_loaded_is_told_when_something_is_ordered(
    birds_clip: Path, tmp_path: Path
) -> None:
    odd = replace(MODEL, engine="no.such.engine:Class")
    with EngineProcess(odd.engine, Settings(), tmp_path) as engine:
        engine.begin(replace(order(birds_clip, tmp_path / "out.mp4"), model=odd))
        end = ended(engine)
    assert isinstance(end, Failed)
    assert (
        "no.such.engine:Class of kling-video-o3-pro-video-to-video-edit cannot be loaded"
        in end.message
    )


def test_nothing_is_left_of_one_that_never_got_an_order(tmp_path: Path) -> None:
    with (
        pytest.raises(InterruptedError),
        EngineProcess(MODEL.engine, Settings(), tmp_path) as engine,
    ):
        raise InterruptedError  # as when the generation is cancelled while its files are fetched
    assert engine._process.returncode is not None


SHOWING = replace(MODEL, engine="showing_engine:Showing")


def seen(clip: Path, folder: Path, prompt: str) -> list[bytes]:
    """What is seen of an edit meanwhile."""
    frames: list[bytes] = []
    with EngineProcess(SHOWING.engine, Settings(), folder) as engine:
        engine.begin(replace(order(clip, folder / "out.mp4", prompt), model=SHOWING))
        deadline = time.monotonic() + 60
        report = engine.wait(lambda _: True, 0.05, deadline, frames.append)
    assert isinstance(report.end, Done), report
    return frames


@pytest.fixture
def _showing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.usefixtures("_showing")
def test_the_first_frame_is_seen_at_once_and_small(birds_clip: Path, tmp_path: Path) -> None:
    frame, *more = seen(birds_clip, tmp_path, "odd frames")
    assert len(more) < 10  # of fifty
    with Image.open(BytesIO(frame)) as image:
        assert (image.format, image.size) == ("JPEG", (480, 270))
        assert image.getpixel((5, 5)) == (0, 0, 0)


@pytest.mark.usefixtures("_showing")
def test_what_is_no_frame_or_too_large_is_not_seen(birds_clip: Path, tmp_path: Path) -> None:
    assert seen(birds_clip, tmp_path, "odd large") == []


@pytest.mark.usefixtures("_showing")
def test_a_line_without_end_ends_the_process(birds_clip: Path, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Died):
        seen(birds_clip, tmp_path, "endless")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


def test_the_process_needs_neither_pydantic_nor_a_database_to_start() -> None:
    code = (
        "import sys, cutroom.worker.child, cutroom.engines.classical.engine;"
        "print([m for m in ('pydantic', 'sqlalchemy', 'dbos', 'httpx') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
