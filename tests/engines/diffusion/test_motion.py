"""Motion control from driver to file, with a make of numpy alone."""

from fractions import Fraction

import av
import numpy as np
import pytest
from heard import Heard

from cutroom.engines.diffusion.family import SmallerWindow
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.motion import motion
from cutroom.errors import Cancelled, CannotDo
from cutroom.media import images
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Edit, Element, Encoding, Kind
from cutroom.weights.rows import Profile, Recipe

ENCODING = Encoding(preset="ultrafast", crf=8)
RECIPE = Recipe(
    profile=Profile.SMALL, kind=Kind.MOTION, family="animate", weights=("tiny",), memory=1,
    memory_least=1, rate=24, window=9, multiple=16, long_side=160, area=160 * 96, steps=2, overlap=1,
)  # fmt: skip


class Puppeteer:
    """Makes the character grey as bright as the driver's middle, and keeps what it was asked."""

    def __init__(self, most: int = 99) -> None:
        self.shots, self.most = [], most

    def __call__(self, shot, tick):
        if shot.frames > self.most:
            raise SmallerWindow("too much", self.most)
        self.shots.append(shot)
        tick(0.5)
        made = np.empty((shot.frames, shot.height, shot.width, 3), np.uint8)
        made[:] = shot.video[:, shot.height // 2, shot.width // 2, None, None]
        if "lead" in shot.options:
            made[: len(shot.options["lead"])] = shot.options["lead"]
        return made


def driver(path, count=21, rate=Fraction(24), size=(96, 64), aspect=Fraction(1)):
    """Frames that grow brighter, white at the left edge and the right."""
    with Encoder(path, *size, rate, ENCODING, pixel_aspect=aspect) as encoder:
        for n in range(count):
            frame = np.full((size[1], size[0], 3), 30 + 8 * n, np.uint8)
            frame[:, :8] = frame[:, -8:] = 255
            encoder.write(frame, n / rate)
    return probe(path)


@pytest.fixture
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "character.png"
    images.save(path, np.full((300, 500, 3), 120, np.uint8))
    return path


def edit_of(clip, image, **more) -> Edit:
    told = {"images": (image,), "seed": 3, "encoding": ENCODING} | more
    return Edit("1", "m", Kind.MOTION, "@Image1 dances as in @Video1", clip, **told)


def run(edit, out, make, tick=None):
    tick = tick or Heard()
    motion(edit, Crew(RECIPE, make), out, tick)
    return tick


@pytest.mark.parametrize(("rate", "seen"), [(Fraction(24), 21), (Fraction(60), 9)])
def test_times_are_the_driver_s_and_the_shape_is_the_image_s(rate, seen, image, tmp_path) -> None:
    clip, make = driver(tmp_path / "driver.mp4", rate=rate), Puppeteer()
    tick = run(edit_of(clip, image), tmp_path / "out.mp4", make)
    result = probe(tmp_path / "out.mp4")
    told = ("rate", "frames", "duration")
    assert [getattr(result, one) for one in told] == [getattr(clip, one) for one in told]
    assert abs(result.width / result.height - 500 / 300) < 0.02
    middles = [frame.pixels[50, 50, 0] for frame in frames(result)]
    for n, middle in enumerate(middles):
        assert abs(int(middle) - (30 + 8 * n)) < 14, n
    assert sum(shot.frames for shot in make.shots) - len(make.shots) + 1 == seen
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1.0


def test_each_window_goes_on_from_the_one_before_and_knows_the_opening(image, tmp_path) -> None:
    clip, make = driver(tmp_path / "driver.mp4"), Puppeteer()
    run(edit_of(clip, image), tmp_path / "out.mp4", make)
    assert [(shot.start, shot.frames) for shot in make.shots] == [(0, 5), (4, 9), (12, 9)]
    first, second, third = make.shots
    assert "lead" not in first.options
    assert second.options["lead"].shape == (1, *second.images[0].shape)
    for shot in make.shots:
        assert (shot.options["opening"] == first.video[0]).all()
        assert shot.prompt == "The character dances as in the video"
        assert shot.seed == 3
    assert (second.video[0] == first.video[-1]).all()
    assert (third.video[0] == second.video[-1]).all()


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(4, 3)])
def test_the_driver_is_shown_whole_and_in_its_shape(aspect, image, tmp_path) -> None:
    clip, make = driver(tmp_path / "driver.mp4", aspect=aspect), Puppeteer()
    assert clip.pixel_aspect == aspect
    run(edit_of(clip, image), tmp_path / "out.mp4", make)
    seen = make.shots[0].video[0]
    lit = seen.max(axis=-1) > 15
    wide, tall = lit.any(axis=0).sum(), lit.any(axis=1).sum()
    assert abs(wide / tall - 96 / 64 * aspect) < 0.1
    assert max(wide / seen.shape[1], tall / seen.shape[0]) > 0.97


def test_a_card_with_less_memory_has_shorter_windows(image, tmp_path) -> None:
    clip, make = driver(tmp_path / "driver.mp4"), Puppeteer(most=5)
    tick = run(edit_of(clip, image), tmp_path / "out.mp4", make)
    assert {shot.frames for shot in make.shots} == {5}
    assert sum("memory for 5 frames" in note for note in tick.notes) == 1
    assert probe(tmp_path / "out.mp4").frames == 21


@pytest.mark.parametrize("keep", [True, False])
def test_sound_is_kept_where_it_is_to_be(keep, image, tmp_path) -> None:
    silent = driver(tmp_path / "silent.mp4")
    path = tmp_path / "driver.mp4"
    with av.open(str(silent.path)) as source, av.open(str(path), "w") as container:
        video = container.add_stream_from_template(source.streams.video[0])
        sound = container.add_stream("aac", rate=48000)
        tone = np.sin(np.arange(42000) * 0.05, dtype=np.float32)[None] * 0.2
        for start in range(0, 42000, 1024):
            chunk = av.AudioFrame.from_ndarray(tone[:, start : start + 1024], "fltp", "mono")
            chunk.sample_rate, chunk.pts = 48000, start
            container.mux(sound.encode(chunk))
        container.mux(sound.encode(None))
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                container.mux(packet)
    run(edit_of(probe(path), image, keep_audio=keep), tmp_path / "out.mp4", Puppeteer())

    def packets(file):
        with av.open(str(file)) as container:
            if not container.streams.audio:
                return []
            return [bytes(packet) for packet in container.demux(audio=0) if packet.size]

    assert packets(tmp_path / "out.mp4") == (packets(path) if keep else [])
    assert packets(path)


def test_whoever_cancels_finds_no_file(image, tmp_path) -> None:
    clip = driver(tmp_path / "driver.mp4")
    for stop_at in (1, 5, 12):
        with pytest.raises(Cancelled):
            run(
                edit_of(clip, image),
                tmp_path / "out.mp4",
                Puppeteer(),
                Heard(lambda heard, n=stop_at: len(heard.told) == n),
            )
        assert {one.name for one in tmp_path.iterdir()} == {"driver.mp4"}


def test_what_the_weights_cannot_take_is_refused(image, tmp_path) -> None:
    clip, make = driver(tmp_path / "driver.mp4"), Puppeteer()
    with pytest.raises(CannotDo, match="leave elements out"):
        run(edit_of(clip, image, elements=(Element(image),)), tmp_path / "out.mp4", make)
    with pytest.raises(CannotDo, match="takes an image"):
        run(edit_of(None, image), tmp_path / "out.mp4", make)
    assert not make.shots
    tick = run(
        edit_of(clip, image, params={"character_orientation": "image"}), tmp_path / "out.mp4", make
    )
    assert any("turns as the person" in note for note in tick.notes)
