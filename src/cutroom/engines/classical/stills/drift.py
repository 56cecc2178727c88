"""Water, clouds and fire of a still set in motion: found, and moved within their borders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.stills import regions
from cutroom.engines.classical.stills.depth import CUT_OUT, Depth
from cutroom.engines.classical.stills.matter import Bend, Clouds, Flames, Going, Matter, Waves
from cutroom.engines.classical.stills.regions import Float, Region
from cutroom.engines.classical.stills.wish import Drift
from cutroom.errors import CannotDo

_BARS = {"sky": 0.55, "water": 0.5, "fire": 0.5}
_NAMES = {"sky": "sky", "water": "water", "fire": "flames"}
_PERIOD = 7.0
"""Seconds after which matter is where it was; stretched to fit the film a whole number of times."""


class Drifting:
    """The far layer of a still at any moment, with its matter in motion."""

    def __init__(
        self, drifts: Sequence[Drift], picture: Pixels, seen: Depth, seconds: float, seed: int
    ) -> None:
        """Raises CannotDo where a region to be moved is not found with certainty."""
        self._period = seconds / max(1, round(seconds / _PERIOD))
        self._seed = seed
        small = regions.small(picture)
        self._parts = [(d, _found(d, small, seen)) for d in drifts]
        self._layers: list[_Layer] = []
        self._base = picture
        self.over(picture)

    def over(self, picture: Pixels) -> None:
        """Take another picture of the same scene, such as the one without its subject."""
        self._base = picture
        make: dict[str, Callable[[Matter], Bend]] = {"sky": Clouds, "water": Waves, "fire": Flames}
        self._layers = []
        for drift, region in self._parts:
            going = Going(drift.pace, self._period, self._seed)
            self._layers.append(_layer(picture, region, make[drift.region], going))

    def __call__(self, seconds: float) -> Pixels:
        """The picture at a moment; a new array."""
        frame = self._base.copy()
        for layer in self._layers:
            part = frame[layer.rows, layer.columns]
            moved = layer.bend(seconds)
            kept = cv2.multiply(part, layer.rest, scale=1 / 255)
            part[:] = cv2.add(kept, cv2.multiply(moved, layer.cover, scale=1 / 255))
        return frame


@dataclass(frozen=True)
class _Layer:
    """A region's box in the picture, its cover there and what moves in it."""

    rows: slice
    columns: slice
    cover: Pixels
    """0..255, three channels."""
    rest: Pixels
    bend: Bend


def _found(drift: Drift, small: Pixels, seen: Depth) -> Region:
    """The region to be moved. Raises CannotDo where it is not there for certain."""
    heaven = seen.sky
    if drift.region == "sky":
        region = heaven
    else:
        region = regions.water(small, heaven) if drift.region == "water" else regions.fire(small)
    bar, name = _BARS[drift.region], _NAMES[drift.region]
    if region.trust < bar:
        raise CannotDo(
            f"{drift.say().capitalize()}: no {name} could be told for certain in the image"
            f" (certainty {region.trust:.0%}, {bar:.0%} needed)."
        )
    if drift.region == "sky" and _blank(small, region):
        raise CannotDo("The clouds drift: the sky of the image is clear, so there is nothing in it to move.")  # fmt: skip
    cover = region.cover
    if drift.region == "water" and seen.cut.trust >= CUT_OUT:
        cover = np.asarray(np.clip(cover - seen.cut.cover, 0, 1), np.float32)
    return Region(cover, region.trust)


def _blank(small: Pixels, heaven: Region) -> bool:
    """Whether a sky holds nothing but a gradient."""
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.5)
    inside = cv2.erode((heaven.cover > 0.9).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if inside.sum() < 200:
        return True
    rows, columns = np.nonzero(inside)
    terms = np.c_[np.ones(len(rows)), rows, columns, rows**2, columns**2, rows * columns].astype(
        float
    )
    fitted = terms @ np.linalg.lstsq(terms, grey[inside], rcond=None)[0]
    return float(np.std(grey[inside] - fitted)) < 2.2


def _layer(picture: Pixels, region: Region, make: Callable[[Matter], Bend], going: Going) -> _Layer:
    height, width = picture.shape[:2]
    cover = cv2.resize(region.cover, (width, height), interpolation=cv2.INTER_CUBIC)
    cover = cv2.ximgproc.guidedFilter(picture, cover, max(2, height // 120), 60.0)
    cover = np.asarray(np.clip((cover - 0.3) / 0.55, 0, 1), np.float32)
    rows, columns = np.nonzero(cover > 0.02)
    box = (
        slice(int(rows.min()), int(rows.max()) + 1),
        slice(int(columns.min()), int(columns.max()) + 1),
    )
    part = np.ascontiguousarray(picture[box])
    inside = np.ascontiguousarray(cover[box], np.float32)
    matter = Matter(_spread(part, inside), height, box[0], going)
    mask = np.repeat(np.asarray(inside * 255 + 0.5, np.uint8)[..., None], 3, axis=2)
    return _Layer(*box, mask, 255 - mask, make(matter))


def _spread(part: Pixels, inside: Float) -> Pixels:
    """The matter of a region carried on beyond its border, so that nothing else is drawn into it."""
    solid = (inside > 0.9).astype(np.float32)
    colour, weight = part.astype(np.float32) * solid[..., None], solid
    for sigma in (3.0, 12.0, 48.0):
        shrink = max(1, round(sigma / 4))
        size = (max(2, part.shape[1] // shrink), max(2, part.shape[0] // shrink))
        small = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
        share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        near = cv2.resize(cv2.GaussianBlur(share, (0, 0), sigma / shrink), part.shape[1::-1])
        blend = cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), part.shape[1::-1])
        fill = (weight < 0.5) & (near > 1e-3)
        colour = np.where(fill[..., None], blend / np.maximum(near, 1e-3)[..., None], colour)
        weight = np.where(fill, 1.0, weight).astype(np.float32)
    return np.asarray(np.where((weight > 0.5)[..., None], np.clip(colour, 0, 255), part), np.uint8)
