"""What weather stands on: the world under a moving camera, black bars, the sky. The truth is drawn."""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.engines.classical import drawn

from cutroom.engine import Silent
from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.skyline import SURE, skyline
from cutroom.engines.classical.bars import Bars, bars
from cutroom.engines.classical.op import Scene
from cutroom.engines.classical.sight import Sight
from cutroom.errors import CannotDo
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Encoding, Kind

_W, _H, _COUNT, _RATE = 320, 180, 12, 12


def _clip(path: Path, picture: Callable[[int], np.ndarray]) -> Clip:
    with Encoder(path, _W, _H, Fraction(_RATE), Encoding(crf=8)) as encoder:
        for index in range(_COUNT):
            encoder.write(np.ascontiguousarray(picture(index)), Fraction(index, _RATE))
    return probe(path)


def _scene(clip: Clip) -> Scene:
    edit = Edit("1", "m", Kind.EDIT, "make it snow", clip)
    return Scene(edit, clip, Sight(clip, Silent()), Silent(), 1)


def _ridge() -> np.ndarray:
    """The row where the sky ends, for each column."""
    x = np.arange(_W)
    return (86 + 22 * np.sin(x / 31) + 14 * (x % 50 < 12)).astype(int)


def _view() -> np.ndarray:
    """A gradient sky with a soft cloud over textured land, and the land's ridge."""
    rows, columns = np.mgrid[0:_H, 0:_W]
    cloud = 30 * np.exp(-(((rows - 30) / 14) ** 2) - ((columns - 200) / 60) ** 2)
    sky = np.stack(
        [120 + 0.5 * rows + cloud, 160 + 0.4 * rows + cloud, 215 + 0.1 * rows + cloud], -1
    )
    land = drawn.texture(_W, _H, 3).astype(float) * (0.62, 0.66, 0.50)
    return np.where((rows < _ridge()[None])[..., None], sky, land).clip(0, 255).astype(np.uint8)


def test_what_hangs_in_the_air_moves_with_the_world(tmp_path: Path) -> None:
    wide = drawn.texture(_W + 80, _H)
    panned = _clip(tmp_path / "pan.mp4", lambda n: wide[:, 5 * n : 5 * n + _W])
    path = anchor(_scene(panned)).path
    assert path[:, 0] == pytest.approx([-5 * n / _H for n in range(_COUNT)], abs=0.02)
    assert np.abs(path[:, 1]).max() < 0.02


def test_a_camera_at_rest_costs_no_analysis(tmp_path: Path) -> None:
    scene = _scene(drawn.ball(tmp_path / "ball.mp4").clip)
    assert np.array_equal(anchor(scene).path, np.zeros((1, 2)))
    assert "reel" not in vars(scene.sight)


def test_nothing_falls_over_black_bars(tmp_path: Path) -> None:
    def boxed(_: int) -> np.ndarray:
        picture = drawn.texture(_W, _H)
        picture[:24] = picture[-24:] = 4
        return picture

    clip = _clip(tmp_path / "boxed.mp4", boxed)
    found = bars(clip)
    assert (abs(found.top - 24) <= 2, abs(found.bottom - 24) <= 2) == (True, True)
    assert (found.left, found.right) == (0, 0)
    for prompt in ("heavy rain", "make it snow", "add fog", "add fireflies", "add confetti"):
        paint, _ = drawn.paint_of(clip, prompt)
        source = boxed(0)
        shown = paint(source, 3, 0.25)
        assert np.array_equal(shown[:20], source[:20]), prompt
        assert not np.array_equal(shown[60:90], source[60:90]), prompt


def test_a_dark_sky_alone_is_no_bar(tmp_path: Path) -> None:
    def night(_: int) -> np.ndarray:
        picture = drawn.texture(_W, _H)
        picture[:50] = 5
        return picture

    assert bars(_clip(tmp_path / "night.mp4", night)) == Bars()


def test_the_sky_is_found_where_it_is(tmp_path: Path) -> None:
    view = _view()
    sky = skyline(_scene(_clip(tmp_path / "view.mp4", lambda _: view)))
    truth = np.arange(_H)[:, None] < _ridge()[None]
    seen = sky.matte(view) > 0.5
    assert sky.score > SURE
    assert (seen & truth).sum() / (seen | truth).sum() > 0.93


def test_a_new_sky_is_where_the_old_one_was(tmp_path: Path) -> None:
    view = _view()
    clip = _clip(tmp_path / "view.mp4", lambda _: view)
    sky = np.arange(_H)[:, None] < _ridge()[None] - 6
    land = np.arange(_H)[:, None] > _ridge()[None] + 6
    starry, _ = drawn.paint_of(clip, "add stars to the sky")
    night, _ = drawn.paint_of(clip, "make it moonlit")
    shown = starry(view, 0, 0.0)
    assert shown[sky].mean() < 50
    assert shown[sky].max() > 150
    sunset, _ = drawn.paint_of(clip, "make the sky a sunset")
    red = sunset(view, 0, 0.0)
    assert red[sky][:, 0].mean() > red[sky][:, 2].mean()
    assert np.abs(red[land].astype(int) - view[land]).mean() < 60
    assert not np.array_equal(sunset(view, 0, 0.0)[sky], sunset(view, 0, 2.0)[sky])
    assert not np.array_equal(night(view, 0, 0.0), shown)


def test_without_a_sky_there_are_no_stars(tmp_path: Path) -> None:
    clip = drawn.nothing(tmp_path / "still.mp4").clip
    for prompt in ("add stars to the sky", "make the sky a sunset"):
        with pytest.raises(CannotDo, match="No clear sky"):
            drawn.paint_of(clip, prompt)


def test_there_is_no_sky_in_a_wall_of_texture(tmp_path: Path) -> None:
    assert skyline(_scene(drawn.nothing(tmp_path / "still.mp4").clip)).score < SURE
    clip = _clip(tmp_path / "grey.mp4", lambda _: np.full((_H, _W, 3), 128, np.uint8))
    assert skyline(_scene(dataclasses.replace(clip))).score < SURE
