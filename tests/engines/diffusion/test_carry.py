"""Frames between two that the model saw: what was changed goes along with what it was changed on."""

import cv2
import numpy as np
import pytest

from cutroom.engines.diffusion.fitting.carry import Neighbour, Stretch

SIZE = (160, 96)


def texture(seed: int, size: tuple[int, int], cells=(16, 10)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return cv2.resize(
        rng.integers(40, 215, (cells[1], cells[0], 3), np.uint8),
        size,
        interpolation=cv2.INTER_CUBIC,
    )


def scene(at: float) -> np.ndarray:
    """A patch that moves over a background, twelve pixels from 0 to 1."""
    frame = texture(1, SIZE)
    left = 50 + round(12 * at)
    frame[30:66, left : left + 36] = texture(2, (36, 36), (7, 7))
    return frame


def recoloured(at: float) -> np.ndarray:
    frame, left = scene(at), 50 + round(12 * at)
    patch = frame[30:66, left : left + 36]
    frame[30:66, left : left + 36] = patch[..., [2, 0, 1]] // 2 + 60
    return frame


def with_sticker(at: float) -> np.ndarray:
    """Something new that moves its own way, upwards where the patch goes right."""
    frame, top = scene(at), 60 - round(12 * at)
    frame[top : top + 24, 110:134] = texture(3, (24, 24), (5, 5))
    return frame


def without(at: float) -> np.ndarray:
    del at
    return texture(1, SIZE)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.square(one.astype(float) - other).mean(), 1e-9)))


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("edit", [recoloured, with_sticker, without])
def test_what_was_changed_moves_as_it_did(edit, share) -> None:
    ends = edit(0.0), edit(1.0)
    stretch = Stretch(Neighbour(scene(0), ends[0]), Neighbour(scene(1), ends[1]))
    here = scene(share)
    before = here.copy()
    told = stretch(here, share)
    blend = ends[0] + (ends[1].astype(float) - ends[0]) * share
    nearest = ends[0] if share <= 0.5 else ends[1]
    truth = edit(share)
    assert psnr(told, truth) > 25
    if edit is not without:
        assert psnr(told, truth) > psnr(blend, truth) + 4
        assert psnr(told, truth) > psnr(nearest, truth) + 4
    assert (here == before).all()


def test_what_was_not_changed_is_the_frame_itself() -> None:
    stretch = Stretch(*(Neighbour(scene(at), scene(at)) for at in (0.0, 1.0)))
    assert psnr(stretch(scene(0.5), 0.5), scene(0.5)) > 33


def test_at_a_cut_the_change_comes_from_the_frame_s_own_side() -> None:
    """After it everything is another place; grey was made of the one, yellow of the other."""
    here, there = texture(1, SIZE), texture(9, SIZE, (11, 7))
    grey = np.repeat(cv2.cvtColor(here, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    yellow = np.minimum(there, np.array([255, 255, 20], np.uint8))
    told = Stretch(Neighbour(here, grey), Neighbour(there, yellow))(here, 0.5)
    assert psnr(told, grey) > 28
