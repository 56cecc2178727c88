"""A worker's seat: who stays in it, and that nothing of one generation is found in the next."""

import logging
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from cutroom import logs
from cutroom.catalog import Catalog
from cutroom.media.probe import probe
from cutroom.settings import Settings
from cutroom.types import Edit, Kind
from cutroom.worker.messages import Done, Failed, Order
from cutroom.worker.seat import Seat

MODEL = replace(
    Catalog.load().model("kling-video-o3-pro-video-to-video-edit"), engine="staying_engine:Staying"
)


class Room:
    """A seat, and generations to try it with."""

    def __init__(self, folder: Path, clip: Path) -> None:
        self.folder, self.clip = folder, clip
        self.seat = Seat(Settings(log_level="debug"))
        self.pid = 0
        """Of the process that carried out the last one."""

    def carry_out(self, name, prompt, model=MODEL):
        folder = self.folder / name
        folder.mkdir()
        clip = Path(shutil.copy(self.clip, folder / "clip.mp4"))
        edit = Edit(name, model.id, Kind.EDIT, prompt, video=probe(clip))
        with (
            logs.about(generation_id=name),
            self.seat.engine(model, folder, self.folder / "parts" / name) as engine,
        ):
            self.pid = engine._process.pid
            engine.begin(Order(edit, model, str(folder / "out.mp4")))
            return engine.wait(lambda _: True, 0.05, time.monotonic() + 60)


@pytest.fixture
def room(tmp_path, birds_clip, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = Room(tmp_path, birds_clip)
    yield made
    made.seat.close()


def alive(pid):
    return Path(f"/proc/{pid}").exists()


def test_it_outlives_the_thread_that_asked_for_it(room):
    thread = Thread(target=room.carry_out, args=("one", ""))
    thread.start()
    thread.join()
    pid = room.pid
    room.carry_out("two", "")
    assert room.pid == pid
    room.seat.close()
    assert not alive(pid)


def test_other_options_make_another_engine(room):
    assert room.carry_out("one", "").notes == ("hello",)
    pid = room.pid
    loud = replace(MODEL, options={"greeting": "HELLO"})
    assert room.carry_out("two", "", loud).notes == ("HELLO",)
    assert room.pid != pid
    assert not alive(pid)


def test_none_stays_that_cannot_say_whether_it_is_sound(room):
    unsure = replace(MODEL, engine="staying_engine:Unsure")
    report = room.carry_out("one", "", unsure)
    assert isinstance(report.end, Done)
    assert not alive(room.pid)


def test_none_stays_in_a_seat_that_is_closed(room):
    room.seat.close()
    assert isinstance(room.carry_out("one", "").end, Done)
    assert not alive(room.pid)


def test_a_block_that_orders_nothing_leaves_it_in_its_place(room):
    room.carry_out("one", "")
    pid = room.pid
    with pytest.raises(InterruptedError), room.seat.engine(MODEL, room.folder, room.folder):
        raise InterruptedError  # as when the next generation's files are not to be had
    room.carry_out("two", "")
    assert room.pid == pid


def test_what_it_says_belongs_to_the_generation_and_nothing_of_it_to_the_next(room, caplog):
    caplog.set_level(logging.DEBUG, "cutroom.worker")
    first = room.carry_out("one", "say:zanzibar tell:narwhal nag:pelican flood:zanzibar hold:1")
    pid = room.pid
    second = room.carry_out("two", "raise")
    assert room.pid == pid
    assert first.details == {"enhanced_prompt": "narwhal by candle light\nin the rain"}
    assert (second.notes, second.details) == (("hello",), {})
    assert isinstance(second.end, Failed)
    printed = {
        name: "\n".join(
            record.getMessage()
            for record in caplog.records
            if getattr(record, "ids", {}).get("generation_id") == name
        )
        for name in ("one", "two")
    }
    assert "the engine: WARNING staying: was told [the prompt]" in printed["one"]
    assert "half a line about zanzibar" in printed["one"]
    assert "how about [the prompt]" in printed["one"]
    assert "raised what it should not" in printed["two"].replace("[the prompt]", "raise")
    assert "zanzibar" not in printed["two"]
    (last,) = [text for text in caplog.messages if "the engine's last words" in text]
    assert "zanzibar" not in last
    assert "narwhal" not in caplog.text
    assert "candle" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_twenty_generations_take_no_more_memory_than_a_few(room):
    def resident():
        status = Path(f"/proc/{room.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    much = "hold:40000000"  # what is that large, malloc gives back at once
    for n in range(6):
        room.carry_out(f"early-{n}", much if n % 2 else "")
    pid, before = room.pid, resident()
    for n in range(20):
        room.carry_out(f"late-{n}", much if n % 2 else "")
    assert room.pid == pid
    assert resident() - before < 20_000, "kB; one edit holds twice as much"
