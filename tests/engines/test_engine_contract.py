"""What every engine promises, whatever it does to the picture."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.engines.echo import Echo
from cutroom.errors import Cancelled, CannotDo
from cutroom.media import images
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Kind

EDITS = [
    pytest.param(Echo(), "give it back", id="echo"),
    pytest.param(Classical(), "make it sepia", id="classical-grade"),
    pytest.param(Classical(), "make it a snowy night with film grain", id="classical-weather"),
    pytest.param(Classical(), "change the background to a sunset beach", id="classical-object"),
]


MADE = [
    pytest.param(Kind.TEXT, "outer space", {}, (1280, 720), id="text"),
    pytest.param(
        Kind.TEXT, "a rocket flies through space, pan left",
        {"aspect_ratio": "9:16", "generate_audio": True}, (720, 1280), id="text-with-sound",
    ),
    pytest.param(
        Kind.REFERENCE, "@Image1 floats in space", {"aspect_ratio": "1:1"}, (960, 960), id="reference"
    ),
]  # fmt: skip
"""Videos made from no clip: kind, prompt, parameters, and the size they are to have."""


class Recorder(Silent):
    """A tick that remembers, and cancels at its `cancel_at`th call."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.told: list[float] = []
        self.notes: list[str] = []
        self._cancel_at = cancel_at

    def __call__(self, done: float) -> None:
        self.told.append(done)
        if self._cancel_at is not None and len(self.told) >= self._cancel_at:
            raise Cancelled

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture(scope="session")
def ball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red ball that rolls over a quiet texture, with a tone: 1 s, 320x180, 24000/1001 a second."""
    path = tmp_path_factory.mktemp("contract") / "ball.mp4"
    random = np.random.default_rng(1)
    texture = random.integers(90, 115, (18, 32, 1)).repeat(10, 0).repeat(10, 1).repeat(3, 2)
    y, x = np.mgrid[:180, :320]
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=Fraction(24000, 1001), options={"crf": "10"})
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        sound = container.add_stream("aac", rate=48000)
        for index in range(24):
            picture = texture.astype(np.uint8).copy()
            picture[(x - 40 - 10 * index) ** 2 + (y - 110) ** 2 < 30**2] = (210, 40, 30)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        tone = np.sin(np.arange(48000) * 440 * 2 * np.pi / 48000, dtype=np.float32)[None] * 0.2
        for start in range(0, 48000, 1024):
            chunk = av.AudioFrame.from_ndarray(tone[:, start : start + 1024], "fltp", "mono")
            chunk.sample_rate, chunk.pts = 48000, start
            container.mux(sound.encode(chunk))
        container.mux(sound.encode(None))
    return path


def edit_of(source: Path, prompt: str, *, keep_audio: bool = False, seed: int = 7) -> Edit:
    clip = probe(source)
    return Edit("contract", "m", Kind.EDIT, prompt, clip, keep_audio=keep_audio, seed=seed)


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return []
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


@dataclass(frozen=True)
class Edited:
    """One edit of the ball, looked at from several sides."""

    result: Path
    tick: Recorder
    source_before: bytes
    """The SHA-256 of the source before the edit."""


@pytest.fixture(scope="module")
def editing(ball, tmp_path_factory):
    """Edits the ball by an engine and a prompt, its sound kept: once, however many look at it."""
    done: dict[tuple[object, str], Edited] = {}

    def edited(engine, prompt: str) -> Edited:
        if (engine, prompt) not in done:
            out, tick = tmp_path_factory.mktemp("edited") / "out.mp4", Recorder()
            before = hashlib.sha256(ball.read_bytes()).digest()
            engine.edit(edit_of(ball, prompt, keep_audio=True), out, tick)
            done[engine, prompt] = Edited(out, tick, before)
        return done[engine, prompt]

    return edited


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
def test_size_rate_frames_and_length_are_the_source_s(engine, prompt, ball, editing) -> None:
    out = editing(engine, prompt).result
    source, result = probe(ball), probe(out)
    told = ("width", "height", "rate", "frames", "duration")
    assert [getattr(result, one) for one in told] == [getattr(source, one) for one in told]
    before = [frame.time for frame in frames(source)]
    assert [frame.time for frame in frames(result)] == before


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
def test_kept_sound_is_the_same_to_the_bit(engine, prompt, ball, editing) -> None:
    assert sound_of(editing(engine, prompt).result) == sound_of(ball) != []


def test_sound_nobody_asked_for_is_not_there(ball, tmp_path) -> None:
    Classical().edit(edit_of(ball, "make it sepia"), tmp_path / "out.mp4", Recorder())
    assert sound_of(tmp_path / "out.mp4") == []


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
def test_progress_rises_to_one(engine, prompt, editing) -> None:
    tick = editing(engine, prompt).tick
    assert tick.told == sorted(tick.told)
    assert 0 <= tick.told[0] < 0.5
    assert tick.told[-1] == 1
    assert len(tick.told) > 5


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
@pytest.mark.parametrize("moment", [1, 5])
def test_cancelling_leaves_no_file(engine, prompt, moment, ball, tmp_path) -> None:
    with pytest.raises(Cancelled):
        engine.edit(edit_of(ball, prompt), tmp_path / "out.mp4", Recorder(cancel_at=moment))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
def test_the_source_is_not_touched(engine, prompt, ball, editing) -> None:
    before = editing(engine, prompt).source_before
    assert hashlib.sha256(ball.read_bytes()).digest() == before


@pytest.mark.parametrize(("engine", "prompt"), EDITS)
def test_one_seed_makes_one_result_also_after_a_cancelled_edit(
    engine, prompt, ball, editing, tmp_path
) -> None:
    first = editing(engine, prompt).result.read_bytes()
    with pytest.raises(Cancelled):
        engine.edit(edit_of(ball, prompt), tmp_path / "out.mp4", Recorder(cancel_at=3))
    engine.edit(edit_of(ball, prompt, keep_audio=True), tmp_path / "out.mp4", Recorder())
    assert (tmp_path / "out.mp4").read_bytes() == first


@pytest.fixture(scope="session")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A yellow disc on nothing."""
    y, x = np.mgrid[:320, :320]
    pixels = np.zeros((320, 320, 4), np.uint8)
    pixels[(x - 160) ** 2 + (y - 160) ** 2 < 140**2] = (230, 200, 20, 255)
    path = tmp_path_factory.mktemp("contract") / "disc.png"
    images.save(path, pixels)
    return path


@pytest.fixture
def made(disc):
    def make(kind: Kind, prompt: str, params: dict[str, object]) -> Edit:
        drawn = (disc,) if kind is Kind.REFERENCE else ()
        return Edit("contract", "m", kind, prompt, None, drawn, seed=7, params={"duration": 1, **params})  # fmt: skip

    return make


@pytest.mark.parametrize(("kind", "prompt", "params", "size"), MADE)
def test_a_video_from_nothing_is_as_asked(kind, prompt, params, size, made, tmp_path) -> None:
    ticks, files = Recorder(), []
    for name in ("a.mp4", "b.mp4"):
        Classical().edit(made(kind, prompt, params), tmp_path / name, ticks if name == "a.mp4" else Recorder())  # fmt: skip
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    result = probe(tmp_path / "a.mp4")
    assert (result.width, result.height) == size
    assert (result.rate, result.frames, result.duration) == (24, 24, 1)
    assert [frame.time for frame in frames(result)] == [Fraction(n, 24) for n in range(24)]
    assert (result.audio is not None) == bool(params.get("generate_audio"))
    assert ticks.told == sorted(ticks.told)
    assert ticks.told[0] < 0.5
    assert ticks.told[-1] == 1
    assert len(ticks.told) > 5


@pytest.mark.parametrize(("kind", "prompt", "params", "size"), MADE)
@pytest.mark.parametrize("moment", [1, 5])
def test_cancelling_a_video_from_nothing_leaves_no_file(kind, prompt, params, size, moment, made, tmp_path) -> None:  # fmt: skip
    with pytest.raises(Cancelled):
        Classical().edit(made(kind, prompt, params), tmp_path / "out.mp4", Recorder(moment))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", [Echo(), Classical()], ids=["echo", "classical"])
def test_without_a_video_it_says_so(engine, tmp_path) -> None:
    with pytest.raises(CannotDo, match="video"):
        engine.edit(Edit("x", "m", Kind.EDIT, "make it sepia"), tmp_path / "out.mp4", Recorder())
    assert list(tmp_path.iterdir()) == []
