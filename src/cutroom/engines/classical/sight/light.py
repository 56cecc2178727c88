"""The light of a clip: its colour, its contrast, and the side it comes from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.sight.subject import Subject

Vector = tuple[float, float]


@dataclass(frozen=True)
class Light:
    """What a newcomer has to match."""

    lightness: float
    """Median Lab L, 0..100."""
    warmth: float
    """Mean Lab b of what is nearly grey, -: cool, +: warm."""
    contrast: float
    """Lab L between the darkest and the lightest twentieth, 0..100."""
    side: Vector
    """Where the light comes from in the picture: (to the right, down), of length 1, or (0, 0): unknown."""
    side_trust: float
    """0..1."""
    shadow: Vector
    """Where shadows fall from the foot of what casts them: (to the right, down), of length 1, or (0, 0)."""
    shadow_trust: float
    """0..1."""


def light(reel: Reel, subject: Subject | None = None, plate: Plate | None = None) -> Light:
    """The light of a clip, by the shading and the shadow of a subject where one is given."""
    picks = reel.sample(9)
    labs = [_lab(reel[i]) for i in picks]
    levels = np.concatenate([lab[::3, ::3, 0].ravel() for lab in labs])
    low, high = np.percentile(levels, (5, 95))
    colours = np.concatenate([lab[::3, ::3].reshape(-1, 3) for lab in labs])
    dull = np.hypot(colours[:, 1], colours[:, 2]) < 22
    warmth = float(colours[dull, 2].mean()) if dull.mean() > 0.02 else float(colours[:, 2].mean())
    side, sure = (0.0, 0.0), 0.0
    shadow, cast = (0.0, 0.0), 0.0
    if subject is not None:
        masks = [subject.small(i) > 127 for i in picks]
        side, sure = _agreed([_shading(lab, m) for lab, m in zip(labs, masks, strict=True)])
        if plate is not None:
            shadow, cast = _agreed(
                [
                    _shadow(lab, _lab(plate.behind(i)), m)
                    for i, lab, m in zip(picks, labs, masks, strict=True)
                ]
            )
    return Light(float(np.median(levels)), warmth, float(high - low), side, sure, shadow, cast)


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _shading(lab: NDArray[np.float32], mask: NDArray[np.bool_]) -> Vector | None:
    """The slope of lightness over a subject: towards its lighter side; None where it has too few pixels."""
    rows, columns = np.nonzero(mask)
    if len(rows) < 150:
        return None
    x = (columns - columns.mean()) / max(float(columns.std()), 1.0)
    y = (rows - rows.mean()) / max(float(rows.std()), 1.0)
    level = lab[rows, columns, 0]
    level = (level - level.mean()) / max(float(level.std()), 1.0)
    return float((x * level).mean()), float((y * level).mean())


def _shadow(
    lab: NDArray[np.float32], behind: NDArray[np.float32], mask: NDArray[np.bool_]
) -> Vector | None:
    """From the foot of a subject to the middle of what is darker than the place but of its colour."""
    rows, columns = np.nonzero(mask)
    if len(rows) < 80:
        return None
    foot = int(rows.max())
    stand = columns[rows > foot - max(3, 0.1 * np.ptp(rows))]
    tall = max(int(np.ptp(rows)), 8)
    share = lab[..., 0] / np.maximum(behind[..., 0], 4)
    same = np.hypot(*np.moveaxis(lab[..., 1:] - behind[..., 1:], 2, 0)) < 9
    dark = (share > 0.35) & (share < 0.88) & same
    dark &= cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    near = np.zeros_like(dark)
    top, left, right = foot - tall // 3, int(stand.mean()) - tall, int(stand.mean()) + tall
    near[max(top, 0) : foot + tall // 2, max(left, 0) : max(right, 0)] = True
    ys, xs = np.nonzero(dark & near)
    if len(ys) < 0.06 * len(rows):
        return None
    way = np.array([xs.mean() - stand.mean(), ys.mean() - foot]) / tall
    return float(way[0]), float(way[1])


def _agreed(ways: list[Vector | None]) -> tuple[Vector, float]:
    """The mean direction, and 0..1 how well those that could be measured agree on it."""
    known = np.array([w for w in ways if w is not None])
    if len(known) < max(2, 0.4 * len(ways)):
        return (0.0, 0.0), 0.0
    mean = known.mean(axis=0)
    size = float(np.hypot(*mean))
    if size < 1e-6:
        return (0.0, 0.0), 0.0
    together = size / max(float(np.hypot(known[:, 0], known[:, 1]).mean()), 1e-6)
    trust = together * min(1.0, size / 0.35) * len(known) / len(ways)
    return (float(mean[0]) / size, float(mean[1]) / size), float(np.clip(trust, 0, 1))
