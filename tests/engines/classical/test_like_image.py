"""The colours of a reference: how near the clip comes, and what is held back."""

from pathlib import Path

import numpy as np
import pytest
from tests.engines.classical import drawn

from cutroom.engines.classical.colour.transfer import oklab, skin, transfer
from cutroom.errors import CannotDo
from cutroom.media.images import save


def _reference(path: Path, *, painted: bool = False) -> Path:
    """Deep blue and yellow, flat or worked all over."""
    rng = np.random.default_rng(2)
    picture = np.zeros((120, 160, 4), np.uint8)
    picture[..., 3] = 255
    picture[:, :, :3] = (30, 50, 130)
    picture[40:80, 40:120, :3] = (230, 190, 60)
    if painted:
        noise = rng.normal(0, 34, (120, 160, 1))
        picture[..., :3] = np.clip(picture[..., :3] + noise, 0, 255).astype(np.uint8)
    save(path, picture)
    return path


def test_a_clip_comes_near_the_colours_of_its_reference(tmp_path: Path) -> None:
    clip = drawn.nothing(tmp_path / "clip.mp4").clip
    image = _reference(tmp_path / "reference.png")
    paint, _ = drawn.paint_of(clip, "in the colours of @Image1", (image,))
    source, shown = drawn.painted(clip, paint)[0]
    wanted = oklab(np.array([[30, 50, 130], [230, 190, 60]], np.float32) / 255)
    goal = wanted[0] * (1 - 1 / 6) + wanted[1] / 6
    before, after = (oklab(p.astype(np.float32) / 255).mean(axis=(0, 1)) for p in (source, shown))
    assert np.abs(after - goal)[1:].max() < 0.35 * np.abs(before - goal)[1:].max()
    spread = [oklab(p.astype(np.float32) / 255)[..., 2].std() for p in (source, shown)]
    assert spread[1] > 1.5 * spread[0]


def test_transport_gives_a_cloud_the_other_s_mean_and_spread() -> None:
    rng = np.random.default_rng(1)
    here = np.clip(rng.normal(120, 20, (1, 4000, 3)), 0, 255).astype(np.uint8)
    turned = rng.normal(0, 1, (1, 4000, 3)) @ [[24, 6, 0], [6, 20, -5], [0, -5, 16]] + (
        140,
        110,
        90,
    )
    there = np.clip(turned, 0, 255).astype(np.uint8)
    moved = oklab(transfer(here, there).grade(here.astype(np.float32) / 255))[0]
    goal = oklab(there.astype(np.float32) / 255)[0]
    assert moved.mean(axis=0) == pytest.approx(goal.mean(axis=0), abs=0.03)
    assert moved.std(axis=0) == pytest.approx(goal.std(axis=0), rel=0.35)


def test_skin_is_held_back() -> None:
    faces = (
        np.array([[224, 172, 140], [198, 134, 98], [141, 85, 60], [90, 56, 42]], np.float32) / 255
    )
    others = (
        np.array([[60, 120, 200], [70, 140, 60], [200, 200, 200], [220, 30, 30]], np.float32) / 255
    )
    assert skin(faces).min() > 0.45
    assert skin(others).max() < 0.15


def test_a_painting_s_style_gets_strokes_and_a_note_says_whose(tmp_path: Path) -> None:
    clip = drawn.nothing(tmp_path / "clip.mp4").clip
    image = _reference(tmp_path / "painting.png", painted=True)
    paint, notes = drawn.paint_of(clip, "apply the style of @Image1", (image,))
    plain, _ = drawn.paint_of(clip, "in the colours of @Image1", (image,))
    assert any("strokes" in note for note in notes.said)
    source = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 9)
    assert np.abs(paint(source, 0, 0.0).astype(int) - plain(source, 0, 0.0)).mean() > 4


def test_an_image_that_was_not_attached_is_missed(tmp_path: Path) -> None:
    clip = drawn.nothing(tmp_path / "clip.mp4").clip
    with pytest.raises(CannotDo, match="attached"):
        drawn.paint_of(clip, "make it look like @Image2", (_reference(tmp_path / "one.png"),))
