"""Sound made from a plan: how loud, when, and always the same."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.ambience.cue import Cue
from cutroom.engines.classical.ambience.loudness import loudness
from cutroom.engines.classical.ambience.mix import SOUNDS, ambience
from cutroom.engines.classical.ambience.noise import RATE
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.films.score import cues
from cutroom.engines.classical.films.script import read
from cutroom.engines.classical.ops.lightning import strikes
from cutroom.engines.classical.scenes.places import PLACES
from cutroom.media.probe import probe
from cutroom.media.sound import heard
from cutroom.types import Edit, Kind


def _track(*sounds: Cue, seconds: int = 3, seed: int = 3) -> np.ndarray:
    return np.concatenate(list(ambience([(sounds, seconds)], seed)))


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_as_loud_as_broadcast_and_never_clips(name: str) -> None:
    track = _track(Cue(name), seconds=4)
    assert track.shape == (4 * RATE, 2)
    assert track.dtype == np.float32
    assert loudness(track) == pytest.approx(-23, abs=1)
    assert np.abs(track).max() < 10 ** (-1 / 20)
    assert np.abs(track.mean(axis=0)).max() < 0.002
    assert np.abs(track[:48]).max() < 0.02  # it comes in from silence and goes out to it
    assert np.abs(track[-48:]).max() < 0.02


def test_loudness_is_that_of_the_standard() -> None:
    """A 997 Hz sine of full scale on both sides is 0 LUFS (ITU-R BS.1770: -3.01 on one)."""
    t = np.arange(4 * RATE) / RATE
    tone = np.sin(2 * np.pi * 997 * t).astype(np.float32)
    assert loudness(np.stack([tone, tone], axis=1)) == pytest.approx(0.0, abs=0.3)
    assert loudness(np.stack([tone, 0 * tone], axis=1)) == pytest.approx(-3.01, abs=0.3)


def test_the_seed_decides() -> None:
    one, again, other = (_track(Cue("rain"), Cue("wind"), seconds=1, seed=s) for s in (3, 3, 4))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def _envelope(track: np.ndarray) -> np.ndarray:
    """Loudest sample of every hundredth of a second."""
    return np.abs(track).max(axis=1).reshape(-1, RATE // 100).max(axis=1)


def test_steps_are_heard_when_the_feet_come_down() -> None:
    shot = read("a person walks in the desert", 3)
    step = next(cue for cue in cues(shot, 3) if cue.sound == "steps")
    assert step.ground == "sand"
    level = _envelope(_track(Cue("steps", 0, step.moments, "sand")))
    quiet = np.median(level)
    for at in step.moments:
        before, after = level[int(100 * at) - 4 : int(100 * at) - 1], level[int(100 * at) : int(100 * at) + 5]  # fmt: skip
        assert after.max() > 4 * max(before.max(), quiet) or at < 0.3


def test_thunder_follows_each_flash() -> None:
    shot = read("a storm over the sea", 5)
    thunder = next(cue for cue in cues(shot, 3) if cue.sound == "thunder")
    assert list(thunder.moments) == strikes(5.0, 3)
    level = _envelope(_track(Cue("thunder", 0, (1.0,)), seconds=4))
    assert level[:165].max() < 0.001
    assert level[170:190].max() > 0.3 * level.max()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hour", ["day", "night"])
def test_every_place_is_heard(place: str, hour: str) -> None:
    made = cues(read(f"{place} at {hour}" if place != "space" else place, 5), 3)
    assert made
    assert all(cue.sound in {*SOUNDS, "thunder", "steps"} for cue in made)


def test_shots_give_way_to_one_another_without_a_gap() -> None:
    track = np.concatenate(list(ambience([((Cue("rain"),), 2), ((Cue("surf"),), 2)], 3)))
    assert len(track) == 4 * RATE
    power = (track**2).mean(axis=1).reshape(-1, RATE // 20).mean(axis=1)
    assert power[30:50].min() > 0.1 * np.median(power)


def test_a_film_with_sound_has_it_as_long_as_its_picture(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    params = {"duration": 1, "generate_audio": True}
    Classical().edit(Edit("1", "m", Kind.TEXT, "outer space", seed=3, params=params), out, Silent())
    clip = probe(out)
    assert clip.audio == "aac"
    track = np.concatenate(list(heard(clip)))
    assert len(track) == RATE * Fraction(clip.duration)
    assert loudness(track) == pytest.approx(-23, abs=2)
    assert np.abs(track).max() < 10 ** (-1 / 20)
