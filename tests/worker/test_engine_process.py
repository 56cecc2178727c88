"""The engine's process: it loads its engine before there is an order, and leaves nothing behind."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cutroom.catalog import Catalog
from cutroom.media.probe import probe
from cutroom.settings import Settings
from cutroom.types import Edit, Kind
from cutroom.worker.engine_process import EngineProcess
from cutroom.worker.messages import Done, Failed, Order

MODEL = Catalog.load().model("kling-video-o3-pro-video-to-video-edit")


def order(clip: Path, out: Path, prompt: str = "make it black and white") -> Order:
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


def test_the_process_needs_neither_pydantic_nor_a_database_to_start() -> None:
    code = (
        "import sys, cutroom.worker.child, cutroom.engines.classical.engine;"
        "print([m for m in ('pydantic', 'sqlalchemy', 'dbos', 'httpx') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
