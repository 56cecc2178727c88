from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from cutroom.media import planes
from cutroom.media.colour_map import PlaneMap
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.media.transcode import transcode
from cutroom.types import Encoding

LUMA = np.array([0.2126, 0.7152, 0.0722])


def same(rgb: np.ndarray) -> np.ndarray:
    return rgb.copy()


def negative(rgb: np.ndarray) -> np.ndarray:
    return 1 - rgb


def grey(rgb: np.ndarray) -> np.ndarray:
    return np.repeat((rgb @ LUMA)[:, None], 3, axis=1)


def duller(rgb: np.ndarray) -> np.ndarray:
    return grey(rgb) + 0.4 * (rgb - grey(rgb))


def warmer(rgb: np.ndarray) -> np.ndarray:
    return rgb ** np.array([0.8, 1.0, 1.3])


MAPS = {"same": same, "negative": negative, "grey": grey, "duller": duller, "warmer": warmer}


def mapped(
    colours: Callable, frame: VideoFrame, source: str = "bt709", *, full: bool = False
) -> VideoFrame:
    """The frame by way of tables, in BT.709."""
    to_rgb = planes.to_rgb_coefficients(source, full_range=full)
    return PlaneMap(colours, to_rgb, planes.to_yuv_coefficients("bt709"))(frame)


def samples(frame: VideoFrame) -> list[np.ndarray]:
    return [planes.view(frame, index).astype(float) for index in range(3)]


def colourful(matrix: str = "bt709") -> VideoFrame:
    """Blocks of 2x2 of random colours, brighter to the right, as a frame."""
    chance = np.random.default_rng(7)
    blocks = chance.integers(0, 256, (90, 160, 3)) * np.linspace(0.2, 1, 160)[None, :, None]
    pixels = np.repeat(np.repeat(blocks, 2, axis=0), 2, axis=1).astype(np.uint8)
    return planes.to_yuv(pixels, planes.to_yuv_coefficients(matrix))


def by_floats(
    colours: Callable, frame: VideoFrame, source: str = "bt709", *, full: bool = False
) -> list[np.ndarray]:
    """Y, Cb, Cr of the map carried out exactly, for frames whose chroma blocks are of one colour."""
    luma, cb, cr = samples(frame)
    cb, cr = (np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1) for plane in (cb, cr))
    ways = planes.to_rgb_coefficients(source, full_range=full)
    rgb = np.stack([luma, cb, cr], axis=-1).reshape(-1, 3) @ ways[:, :3].T + ways[:, 3]
    out = np.clip(colours(np.clip(rgb / 255, 0, 1)), 0, 1) * 255
    back = planes.to_yuv_coefficients("bt709")
    yuv = (out @ back[:, :3].T + back[:, 3]).reshape(*luma.shape, 3)
    return [yuv[..., 0], yuv[::2, ::2, 1], yuv[::2, ::2, 2]]


def decibels(one: np.ndarray, two: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((one - two) ** 2), 1e-9)))


@pytest.mark.parametrize("colours", MAPS.values(), ids=MAPS)
def test_it_is_near_the_same_map_in_floats(colours: Callable) -> None:
    frame = colourful()
    for got, due in zip(samples(mapped(colours, frame)), by_floats(colours, frame), strict=True):
        assert decibels(got, due) > 48


@pytest.mark.parametrize(("source", "full"), [("smpte170m", False), ("bt709", True)])
def test_the_numbers_of_the_source_may_mean_something_else(source: str, full: bool) -> None:
    frame = colourful(source)
    due = by_floats(same, frame, source, full=full)
    for got, plane in zip(samples(mapped(same, frame, source, full=full)), due, strict=True):
        assert (
            decibels(got, plane) > 44
        )  # a frame of limited range read as full is partly outside RGB


def test_grey_has_no_colour_at_all() -> None:
    _, cb, cr = samples(mapped(grey, colourful()))
    assert set(np.unique(cb)) | set(np.unique(cr)) == {128}


def test_pure_colours_stay_pure() -> None:
    for colour in np.eye(3, dtype=np.uint8) * 255:
        for one in (colour, 255 - colour):
            pixels = np.broadcast_to(one, (16, 16, 3)).copy()
            frame = planes.to_yuv(pixels, planes.to_yuv_coefficients("bt709"))
            for got, due in zip(samples(mapped(same, frame)), samples(frame), strict=True):
                assert np.abs(got - due).max() <= 1


def test_a_gradient_has_no_bands() -> None:
    """A sky from blue to pale, every level: no step is wide, and none is far off."""
    levels = np.linspace(0, 1, 960)[:, None]
    sky = (np.array([70, 120, 200]) * (1 - levels) + np.array([190, 210, 235]) * levels).round()
    pixels = np.repeat(sky[:, None, :], 8, axis=1).astype(np.uint8)
    frame = planes.to_yuv(pixels, planes.to_yuv_coefficients("bt709"))
    for plane, due in zip(samples(mapped(warmer, frame)), by_floats(warmer, frame), strict=True):
        assert np.abs(np.diff(plane[:, 0])).max() <= 2
        assert np.abs(plane - due).max() <= 1.25


class Turned:
    """The negative as a ColourMap that counts how often it is asked for RGB."""

    def __init__(self) -> None:
        self.painted = 0

    def colours(self, rgb: np.ndarray) -> np.ndarray:
        return negative(rgb)

    def __call__(self, pixels: np.ndarray, _index: int, _seconds: float) -> np.ndarray:
        self.painted += 1
        return 255 - pixels


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((64, 48), {}),
        ((64, 48), {"rotation": (90, False, False)}),
        ((64, 48), {"pixel_format": "yuv444p"}),
    ],
    ids=["plain", "turned", "444"],
)
def test_a_clip_is_mapped_by_planes_or_by_rgb_to_the_same(
    tmp_path: Path,
    write_clip: Callable,
    draw: Callable,
    listener: Callable,
    size: tuple[int, int],
    options: dict,
) -> None:
    path = write_clip(
        tmp_path / "a.mp4", (draw(i, *size) for i in range(6)), rate=Fraction(12), **options
    )
    clip, out, paint = probe(path), tmp_path / "out.mp4", Turned()
    transcode(clip, out, paint, listener(), keep_audio=False, encoding=Encoding(crf=4))
    assert paint.painted == (6 if options else 0)
    for before, after in zip(frames(clip), frames(probe(out)), strict=True):
        assert decibels(255.0 - before.pixels, after.pixels.astype(float)) > 36


def test_greys_by_luma_are_those_by_table_and_go_on_beyond_white() -> None:
    """Where luma alone decides, it is looked up by itself; whites beyond white stay apart."""
    frame = colourful()
    by_curve = samples(mapped(grey, frame))[0]
    nearly = samples(mapped(lambda rgb: grey(rgb) + 8e-3 * (rgb[:, :1] - 0.5) ** 2, frame))[0]
    assert np.abs(by_curve - nearly).max() <= 2
    planes.view(frame, 0)[:] = np.linspace(0, 255, frame.width).astype(np.uint8)
    for index in (1, 2):
        planes.view(frame, index)[:] = 128
    beyond = samples(mapped(grey, frame))[0]
    assert np.abs(beyond - samples(frame)[0]).max() <= 1
