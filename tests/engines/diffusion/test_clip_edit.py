"""An edit of a clip from file to file, made by a painter in the place of a model: what it gets, and what becomes of the clip."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from heard import Heard

from cutroom.engines.diffusion.family import SmallerWindow
from cutroom.engines.diffusion.tasks.clip_edit import clip_edit
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.media import timeline
from cutroom.media.decode import frames
from cutroom.media.images import save
from cutroom.media.probe import probe
from cutroom.types import Edit, Encoding, Kind
from cutroom.weights.rows import Profile, Recipe

RECIPE = Recipe(
    Profile.SMALL, Kind.EDIT, "bernini", ("none",), 0, 0, rate=16, window=81, multiple=8,
    long_side=128, area=128 * 80, steps=2, overlap=5, images=4,
)  # fmt: skip


def picture(at: float, size=(128, 80)) -> np.ndarray:
    """A quiet texture with a red square on it that is a share 0..1 of the way to the right."""
    width, height = size
    noise = np.random.default_rng(2).integers(70, 150, (10, 16, 3), np.uint8)
    frame = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    side = height // 4
    left, top = round(at * (width - side)), height // 3
    frame[top : top + side, left : left + side] = (200, 40, 40)
    return frame


def drawn(
    path: Path,
    times: list[Fraction],
    end: Fraction,
    rate: Fraction,
    size=(128, 80),
    rotation=0.0,
    sound=True,
) -> Path:
    clock = 60000
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate, options={"crf": "8", "bf": "0"})
        video.width, video.height, video.pix_fmt = (
            *size,
            "yuv444p" if size[0] % 2 or size[1] % 2 else "yuv420p",
        )
        video.codec_context.time_base = Fraction(1, clock)
        if rotation:
            video.set_display_rotation(rotation, hflip=False, vflip=False)
        heard = out.add_stream("aac", rate=48000) if sound else None
        for index, at in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(float(at / end), size), format="rgb24")
            frame.pts, frame.time_base = round(at * clock), Fraction(1, clock)
            after = times[index + 1] if index + 1 < len(times) else end
            for packet in video.encode(frame):
                packet.duration = round((after - at) * clock)
                out.mux(packet)
        out.mux(video.encode(None))
        if heard is not None:
            tone = np.sin(np.arange(round(end * 48000)) * 0.06).astype(np.float32)[None] * 0.1
            for start in range(0, tone.shape[1], 1024):
                chunk = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(tone[:, start : start + 1024]), "fltp", "mono"
                )
                chunk.sample_rate, chunk.pts = 48000, start
                out.mux(heard.encode(chunk))
            out.mux(heard.encode(None))
    return path


def steady(path: Path, rate: Fraction, count: int, **more) -> Path:
    return drawn(path, [i / rate for i in range(count)], count / rate, rate, **more)


def soft(film: np.ndarray) -> np.ndarray:
    """What a model does to every pixel: blurred a little, a shade off, noisy."""
    rng = np.random.default_rng(int(film[0, 0, 0, 0]))
    soft = np.stack([cv2.GaussianBlur(one, (0, 0), 0.7) for one in film])
    return (
        np.clip(soft * [1.01, 0.99, 1.0] + [1, -1, 1] + rng.normal(0, 1, film.shape), 0, 255)
        .round()
        .astype(np.uint8)
    )


def blue(film: np.ndarray) -> np.ndarray:
    """The red square made blue, everything else made anew."""
    red = (film[..., 0] > 150) & (film[..., 1] < 90)
    return soft(np.where(red[..., None], film[..., ::-1], film))


class Painter:
    """A make that keeps what it was asked."""

    def __init__(self, paint=blue) -> None:
        self.shots, self.paint = [], paint

    def __call__(self, shot, tick):
        self.shots.append(shot)
        tick(0.5)
        video = shot.video.copy()
        made = self.paint(shot.video)
        assert (shot.video == video).all()
        return made


def edit_of(path: Path, **more) -> Edit:
    told = {
        "prompt": "make the square blue",
        "keep_audio": True,
        "seed": 11,
        "encoding": Encoding(crf=6),
    }
    return Edit("e", "m", Kind.EDIT, video=probe(path), **(told | more))


def run(path: Path, out: Path, make=None, tick=None, *, recipe=RECIPE, only=True, **more):
    tick = tick or Heard()
    clip_edit(
        edit_of(path, **more), Crew(recipe, make or Painter()), out, tick, only_the_change=only
    )
    return tick


def shown(path: Path) -> np.ndarray:
    return np.stack([frame.pixels for frame in frames(probe(path))])


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


VARYING = [Fraction(i, 30) for i in range(8)] + [Fraction(1, 2) + Fraction(i, 25) for i in range(9)]


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda p: steady(p, Fraction(24000, 1001), 13), id="23.976"),
        pytest.param(lambda p: steady(p, Fraction(30000, 1001), 14), id="29.97"),
        pytest.param(lambda p: steady(p, Fraction(60), 23), id="60"),
        pytest.param(lambda p: drawn(p, VARYING, Fraction(1), Fraction(30)), id="varying"),
        pytest.param(lambda p: steady(p, Fraction(24), 1), id="one-frame"),
        pytest.param(lambda p: steady(p, Fraction(24), 3), id="three-frames"),
        pytest.param(lambda p: steady(p, Fraction(25), 9, size=(160, 90), rotation=90.0), id="rotated"),
        pytest.param(lambda p: steady(p, Fraction(25), 9, size=(201, 115)), id="odd-and-larger"),
    ],
)  # fmt: skip
def test_size_rate_frames_times_length_and_sound_are_the_clip_s(draw, tmp_path) -> None:
    path, out = draw(tmp_path / "clip.mp4"), tmp_path / "out.mp4"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    tick = run(path, out)
    source, result = probe(path), probe(out)
    assert (result.width, result.height) == (
        source.width + source.width % 2,
        source.height + source.height % 2,
    )
    told = ("rate", "frames", "duration", "rotation")
    assert [getattr(result, one) for one in told[:3]] == [getattr(source, one) for one in told[:3]]
    assert list(timeline.of(out).times()) == list(timeline.of(path).times())
    assert sound_of(out) == sound_of(path) != []
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["clip.mp4", "out.mp4"]


@pytest.mark.parametrize(("rate", "size"), [(24, (128, 80)), (48, (128, 80)), (24, (320, 200))])
def test_the_change_is_there_in_every_frame_and_the_rest_is_the_clip(rate, size, tmp_path) -> None:
    path, out = (
        steady(tmp_path / "clip.mp4", Fraction(rate), rate // 2 + 1, size=size),
        tmp_path / "out.mp4",
    )
    tick = run(path, out)
    source, result = shown(path), shown(out)
    for before, after in zip(source, result, strict=True):
        red = (
            cv2.erode(
                ((before[..., 0] > 150) & (before[..., 1] < 90)).astype(np.uint8), np.ones((5, 5))
            )
            > 0
        )
        assert red.sum() > 50
        want = before[..., ::-1].astype(int)
        assert np.abs(want - after)[red].mean() < 12, "the square is blue, wherever it is by now"
        far = (
            cv2.dilate(
                ((before[..., 0] > 150) & (before[..., 1] < 90)).astype(np.uint8),
                np.ones((3, 3)),
                iterations=20 * size[0] // 128,
            )
            == 0
        )
        assert np.abs(before.astype(int) - after)[far].mean() < 1.2
    assert any("% of the picture is the source's own" in note for note in tick.notes)
    assert any("enlarged" in note for note in tick.notes) == (size[0] > 128)
    assert any("motion" in note for note in tick.notes) == (rate > 25)


def test_a_change_of_the_whole_picture_is_shown_whole(tmp_path) -> None:
    path, out = steady(tmp_path / "clip.mp4", Fraction(24), 9), tmp_path / "out.mp4"
    tick = run(path, out, Painter(lambda film: 255 - film))
    assert np.abs(255 - shown(path).astype(int) - shown(out)).mean() < 3
    assert any("whole picture" in note for note in tick.notes)


def test_a_model_that_changes_nothing_is_not_passed_off_as_done(tmp_path) -> None:
    path = steady(tmp_path / "clip.mp4", Fraction(24), 9)
    tick = run(path, tmp_path / "out.mp4", Painter(soft))
    assert any("Hardly anything is different" in note for note in tick.notes)


def test_with_the_setting_off_all_of_it_is_the_model_s(tmp_path) -> None:
    path, out = steady(tmp_path / "clip.mp4", Fraction(24), 9), tmp_path / "out.mp4"
    tick = run(path, out, only=False)
    source, result = shown(path).astype(int), shown(out)
    still = np.s_[:, 60:]  # below the square
    assert np.abs(blue(source.astype(np.uint8)) - result.astype(int)).mean() < 3
    assert np.abs(source - result)[still].mean() > 0.6, "softer and noisier there too"
    assert not any("own" in note for note in tick.notes)


LONG = replace(RECIPE, window=17)


def test_windows_are_given_their_place_and_the_same_seed(tmp_path) -> None:
    make, tick = Painter(), Heard()
    path = steady(tmp_path / "clip.mp4", Fraction(24), 50)
    run(path, tmp_path / "out.mp4", make, tick=tick, recipe=LONG)
    source = shown(path)
    assert len(make.shots) > 3
    for shot in make.shots:
        assert (shot.start % 4, shot.frames % 4, shot.seed) == (0, 1, 11)
        assert shot.frames <= 17
        assert shot.video.shape == (shot.frames, shot.height, shot.width, 3)
        assert np.abs(shot.video[0].astype(int) - source[shot.start]).mean() < 1
    assert make.shots[0].start == 0
    assert make.shots[-1].start + make.shots[-1].frames == 53
    for shot, frame in zip(make.shots, tick.seen, strict=False):  # then those of the result
        assert (frame == blue(shot.video)[shot.frames // 2]).all()


def test_nobody_sees_where_windows_meet(tmp_path) -> None:
    """Each window comes out a little brighter than the one before."""
    calls = []

    def paint(film):
        calls.append(film)
        return np.clip(255 - film.astype(int) + 3 * len(calls), 0, 255).astype(np.uint8)

    path, out = steady(tmp_path / "clip.mp4", Fraction(24), 50), tmp_path / "out.mp4"
    run(path, out, Painter(paint), recipe=LONG)
    level = shown(out)[:, 60:].astype(float).mean(axis=(1, 2, 3))  # below the square nothing moves
    assert len(calls) > 3
    assert np.abs(np.diff(level)).max() < 0.5
    assert abs(level[-1] - level[0]) < 1


@pytest.mark.parametrize("stop_at", [1, 60, 75, 120])
def test_whoever_cancels_finds_no_file(stop_at, tmp_path) -> None:
    path = steady(tmp_path / "clip.mp4", Fraction(24), 50)
    tick = Heard(lambda heard: len(heard.told) == stop_at)
    with pytest.raises(Cancelled):
        run(path, tmp_path / "out.mp4", tick=tick, recipe=LONG)
    assert [one.name for one in tmp_path.iterdir()] == ["clip.mp4"]


def test_another_attempt_goes_on_after_the_windows_that_were_finished(tmp_path) -> None:
    path, parts = steady(tmp_path / "clip.mp4", Fraction(24), 50), tmp_path / "parts"
    first, second, other = Painter(), Painter(), Painter()

    def dies(shot, tick):
        if len(first.shots) == 2:
            raise EngineFailed("The GPU is gone.")
        return first(shot, tick)

    with pytest.raises(EngineFailed, match="gone"):
        run(path, tmp_path / "out.mp4", dies, recipe=LONG, parts=parts)
    run(path, tmp_path / "out.mp4", second, recipe=LONG, parts=parts)
    starts = [shot.start for shot in (*first.shots, *second.shots)]
    assert starts == sorted(set(starts))
    run(path, tmp_path / "whole.mp4", recipe=LONG)
    assert (shown(tmp_path / "out.mp4") == shown(tmp_path / "whole.mp4")).all()
    run(path, tmp_path / "other.mp4", other, recipe=LONG, parts=parts, seed=12)
    assert len(other.shots) == len(starts), "another seed's windows are others"


def test_a_card_with_less_memory_has_shorter_windows(tmp_path) -> None:
    painter = Painter()

    def make(shot, tick):
        if shot.frames > 9:
            raise SmallerWindow("Too much.", 9)
        return painter(shot, tick)

    path, out = steady(tmp_path / "clip.mp4", Fraction(24), 21), tmp_path / "out.mp4"
    tick = run(path, out, make)
    assert {shot.frames for shot in painter.shots} == {9}
    assert any("memory for 9 frames" in note for note in tick.notes)
    assert probe(out).frames == 21


def test_what_the_model_makes_is_checked(tmp_path) -> None:
    path = steady(tmp_path / "clip.mp4", Fraction(24), 9)
    with pytest.raises(EngineFailed, match="was due"):
        run(path, tmp_path / "out.mp4", Painter(lambda film: film[:-1]))
    assert not (tmp_path / "out.mp4").exists()


def test_references_come_with_every_window_in_the_model_s_words(tmp_path) -> None:
    hat = tmp_path / "hat.png"
    save(hat, np.full((300, 400, 3), 90, np.uint8))
    make = Painter()
    path = steady(tmp_path / "clip.mp4", Fraction(24), 25)
    run(path, tmp_path / "out.mp4", make, recipe=LONG, prompt="put @Image1 on it", images=(hat,))
    assert len(make.shots) > 1
    for shot in make.shots:
        assert "@" not in shot.prompt
        assert [image.shape[1] for image in shot.images] == [256]
    with pytest.raises(CannotDo, match="at most 0 reference images"):
        run(path, tmp_path / "out.mp4", make, recipe=replace(LONG, images=0), images=(hat,))
