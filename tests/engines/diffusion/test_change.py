"""Only the change: where a film really differs from the clip, and that nothing else of the clip is touched."""

import cv2
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.diffusion.fitting.change import Rooms, change
from cutroom.engines.diffusion.fitting.composite import composite
from cutroom.engines.diffusion.fitting.enlarged import enlarged
from cutroom.engines.scaling import resized

SIZE = (192, 112)
COUNT = 9


def source(index: int, size=SIZE) -> np.ndarray:
    """A still, detailed place with a ramp of light."""
    rng = np.random.default_rng(4)
    coarse = cv2.resize(
        rng.integers(30, 200, (14, 24, 3), np.uint8), size, interpolation=cv2.INTER_CUBIC
    )
    fine = rng.normal(0, 8, (size[1], size[0], 1))
    return np.clip(
        coarse + fine + np.linspace(-15, 15, size[0])[None, :, None] + index % 2, 0, 255
    ).astype(np.uint8)


def remade(frame: np.ndarray, seed: int) -> np.ndarray:
    """What going through a model's VAE does: blur, a shift by part of a pixel, a shade, compression, noise."""
    height, width = frame.shape[:2]
    moved = cv2.warpAffine(
        cv2.GaussianBlur(frame, (0, 0), 0.9),
        np.float32([[1, 0, 0.4], [0, 1, -0.3]]),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
    )
    shade = np.clip(moved * np.array([1.015, 0.99, 1.0]) + [2, -1, 1.5], 0, 255).astype(np.uint8)
    coded = cv2.imdecode(
        cv2.imencode(".jpg", shade, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR
    )
    return np.clip(coded + np.random.default_rng(seed).normal(0, 1.2, frame.shape), 0, 255).astype(
        np.uint8
    )


def disc(index: int) -> np.ndarray:
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return (x - 60 - 4 * index) ** 2 + (y - 50) ** 2 < 20**2


def tinted(frame: np.ndarray, index: int) -> np.ndarray:
    return np.where(disc(index)[..., None], frame[..., [1, 2, 0]] // 2 + np.uint8(90), frame)


def removed(frame: np.ndarray, index: int) -> np.ndarray:
    """The detail within the disc gone, its tone nearly the same."""
    return np.where(disc(index)[..., None], cv2.GaussianBlur(frame, (0, 0), 9), frame)


def compared(edit, count=COUNT):
    given = np.stack([source(i) for i in range(count)])
    made = np.stack([remade(edit(one, i), i) for i, one in enumerate(given)])
    rooms = Rooms(*(np.zeros((count, SIZE[1] // 2, SIZE[0] // 2), np.uint8) for _ in range(2)))
    return given, made, change(given, made, rooms, Silent())


@pytest.mark.parametrize("edit", [tinted, removed])
def test_a_change_is_found_whole_and_the_rest_is_kept(edit) -> None:
    given, _, found = compared(edit)
    assert 0.5 < found.kept < 0.95
    for index in range(COUNT):
        inside = (
            cv2.resize(
                disc(index).astype(np.uint8),
                (SIZE[0] // 2, SIZE[1] // 2),
                interpolation=cv2.INTER_AREA,
            )
            > 0
        )
        matte = found.mattes[index]
        plain = inside & (
            np.abs(edit(given[index], index).astype(int) - given[index]).max(axis=2)[::2, ::2] > 25
        )
        assert (matte[plain] > 200).mean() > 0.97
        assert (
            matte[cv2.dilate(inside.astype(np.uint8), np.ones((3, 3)), iterations=16) == 0] == 0
        ).all()


@pytest.mark.parametrize("edit", [tinted, removed])
def test_untouched_pixels_are_the_clip_s_to_the_bit_at_its_own_size(edit) -> None:
    _, made, found = compared(edit)
    large = source(3, (576, 336))
    before = large.copy()
    here = resized(large, SIZE)
    told = composite(large, here, found.shade(made[3]), found.mattes[3])
    weight = cv2.resize(found.mattes[3], (576, 336), interpolation=cv2.INTER_LINEAR)
    assert (told[weight == 0] == large[weight == 0]).all()
    assert (weight == 0).mean() > 0.5
    assert (told[weight == 255] != large[weight == 255]).any()
    assert (large == before).all()
    assert composite(large, here, made[3], np.zeros_like(found.mattes[3])) is large


def test_a_shade_beside_the_change_is_mended() -> None:
    """The change fades out into the clip although the model's picture is ten levels too dark there."""
    large = source(0)
    dark = np.clip(large.astype(int) - 10, 0, 255).astype(np.uint8)
    matte = np.zeros((56, 96), np.uint8)
    matte[20:40, 30:60] = 255
    told = composite(large, large, dark, matte).astype(int)
    assert np.abs(told - large).mean(axis=2)[38:80, 58:122].mean() < 3


def test_mattes_do_not_flicker() -> None:
    _, _, found = compared(lambda frame, _: tinted(frame, 3), count=12)
    mattes = np.stack([found.mattes[i] for i in range(12)]).astype(int)
    assert np.abs(np.diff(mattes, axis=0)).mean() < 1


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda f, _: 255 - f, id="negative"),
        pytest.param(lambda f, _: np.clip(f * [1.1, 1, 0.85], 0, 255).astype(np.uint8), id="warmer"),
        pytest.param(lambda f, _: np.repeat(f.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2), id="grey"),
        pytest.param(lambda f, _: cv2.stylization(f, sigma_s=30, sigma_r=0.5), id="painted"),
        pytest.param(lambda f, _: f, id="nothing-to-be-seen"),
    ],
)  # fmt: skip
def test_a_change_of_the_whole_picture_is_one(look) -> None:
    assert compared(look)[2].whole


def test_a_model_s_picture_is_as_sharp_as_the_clip_where_it_kept_what_is_there() -> None:
    large = source(0, (576, 336))
    here = resized(large, SIZE)
    green = here[..., [1, 0, 2]]
    truth = large[..., [1, 0, 2]].astype(float)
    with_detail = np.abs(enlarged(green, here, large) - truth).mean()
    without = np.abs(resized(green, (576, 336)) - truth).mean()
    assert with_detail < 0.6 * without
    other = source(0)[::-1].copy()
    plain = resized(other, (576, 336)).astype(float)
    assert np.abs(enlarged(other, here, large) - plain).mean() < 1, "none of it on something else"
