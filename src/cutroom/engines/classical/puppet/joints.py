"""Where a standing figure's joints are, read off its outline."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]

JOINTS = (
    "crown",
    "neck",
    "hip",
    "left_hip",
    "left_knee",
    "left_foot",
    "right_hip",
    "right_knee",
    "right_foot",
)
"""Order of a figure's points; left and right as seen on the screen."""
BODY = slice(0, 3)
LEGS = ((3, 4, 5), (6, 7, 8))


@dataclass(frozen=True)
class Stance:
    """A figure at rest."""

    joints: Points
    """(9, 2) in the order of JOINTS."""
    whole: bool
    """Whether it is seen to its feet; else it is cut off at the hip."""
    legs: bool
    """Whether its two legs can be told apart."""
    shoulders: float
    """Pixels across its upper body."""
    shares: tuple[float, float]
    """Where neck and hip are between its highest and its lowest row."""

    @property
    def tall(self) -> float:
        """From crown to hip, pixels: what can be compared between figures that are cut off and whole."""
        return float(np.linalg.norm(self.joints[0] - self.joints[2]))


def stance(
    mask: Mask, *, cut_off: bool = False, shares: tuple[float, float] | None = None
) -> Stance | None:
    """The figure of an outline; `cut_off` where the picture ends at its waist. None for no figure.

    `shares`: where neck and hip are known to be; else they are looked for in this outline alone.
    """
    rows = np.flatnonzero(mask.sum(axis=1) > 0)
    if len(rows) < 12:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    tall = bottom - top
    wide = mask[top:bottom].sum(axis=1).astype(float)
    smooth = np.convolve(np.pad(wide, tall // 40 + 1, mode="edge"), np.ones(2 * (tall // 40) + 3) / (2 * (tall // 40) + 3), "valid")  # fmt: skip
    neck = _neck(smooth, cut_off=cut_off) if shares is None else round(shares[0] * tall)
    body = slice(top + neck, top + max(neck + 2, round(neck + 0.5 * (tall - neck))))
    shoulders = float(np.percentile(mask[body].sum(axis=1), 80))
    crotch = tall if cut_off else _crotch(mask[top:bottom], neck)
    hip = tall if cut_off else min(crotch, round(0.62 * tall))
    if shares is not None and not cut_off:
        hip = round(shares[1] * tall)
    crown = _middle(mask, top, top + max(2, neck // 2)), float(top)
    joints = [crown, (_middle(mask, top + neck - 1, top + neck + 2), float(top + neck))]
    joints.append((_middle(mask, top + hip - max(2, tall // 20), top + hip), float(top + hip)))
    legs = not cut_off and crotch < 0.8 * tall
    joints += _legs(mask, top, hip, tall, joints[2][0], apart=legs)
    return Stance(
        np.array(joints, np.float64),
        not cut_off,
        legs,
        max(shoulders, 2.0),
        (neck / tall, hip / tall),
    )


def _neck(wide: NDArray[np.float64], *, cut_off: bool) -> int:
    """Row of the narrowest place below the head; a share of the height where there is none."""
    tall = len(wide)
    usual = 0.36 if cut_off else 0.15
    low, high = (round(0.16 * tall), round(0.6 * tall)) if cut_off else (round(0.08 * tall), round(0.34 * tall))  # fmt: skip
    part = wide[low:high]
    narrow = low + int(part.argmin())
    head, chest = float(wide[:narrow].max(initial=0)), float(wide[narrow:].max(initial=0))
    found = low < narrow < high - 1 and wide[narrow] < 0.93 * head and wide[narrow] < 0.8 * chest
    return narrow if found else max(1, round(usual * tall))


def _crotch(mask: Mask, neck: int) -> int:
    """Row from which two legs go down, apart for most of the way; the height where they do not part."""
    tall = len(mask)
    parted = np.array([_runs(row) >= 2 for row in mask])
    for row in range(max(neck + 2, round(0.38 * tall)), round(0.8 * tall)):
        if parted[row : round(0.96 * tall)].mean() > 0.75 and parted[row : row + 3].all():
            return row
    return tall


def _runs(row: Mask) -> int:
    """Runs of at least a fiftieth of the row."""
    edges = np.flatnonzero(np.diff(np.r_[0, row.astype(np.int8), 0]))
    return int((edges[1::2] - edges[::2] > max(1, len(row) // 50)).sum())


def _middle(mask: Mask, start: int, stop: int) -> float:
    """Where the figure's middle is between two rows, from left to right."""
    columns = np.nonzero(mask[max(start, 0) : max(stop, start + 1)])[1]
    return float(np.median(columns)) if len(columns) else mask.shape[1] / 2


def _legs(
    mask: Mask, top: int, hip: int, tall: int, x: float, *, apart: bool
) -> list[tuple[float, float]]:  # one figure's measures
    """Hip, knee and foot of the left and the right leg; both the same where they are not apart."""
    start, stop = top + hip, min(top + tall, mask.shape[0])
    if not apart or stop - start < 4:
        rows = [start + share * (0.97 * (top + tall) - start) for share in (0.0, 0.5, 1.0)]
        return [(x, float(row)) for row in rows] * 2
    ways: list[list[tuple[float, float]]] = [[], []]
    for row in range(start + 1, stop):
        edges = np.flatnonzero(np.diff(np.r_[0, mask[row].astype(np.int8), 0]))
        middles = (edges[::2] + edges[1::2] - 1) / 2
        if len(middles) >= 2:
            ways[0].append((float(middles[0]), float(row)))
            ways[1].append((float(middles[-1]), float(row)))
        elif len(middles) and ways[0]:  # one foot ends higher than the other
            side = int(np.argmin([abs(way[-1][0] - middles[0]) for way in ways]))
            ways[side].append((float(middles[0]), float(row)))
    points = []
    for way in ways:
        if not way:
            way.append((x, float(stop - 1)))
        foot = way[max(0, round(0.94 * (len(way) - 1)))]
        knee = way[len(way) // 2]
        points += [(0.5 * (knee[0] + x), float(start)), knee, foot]
    return points


def bones_of(joints: Points) -> list[tuple[Points, Points]]:
    """Head, torso, left thigh and shin, right thigh and shin: (upper end, lower end)."""
    pairs = [(0, 1), (1, 2)] + [pair for a, b, c in LEGS for pair in ((a, b), (b, c))]
    return [(joints[a], joints[b]) for a, b in pairs]


def cropped_below(mask: Mask) -> bool:
    """Whether the figure is cut off by the picture's lower edge."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return False
    wide = float(mask[rows[0] : rows[-1] + 1].sum(axis=1).max())
    return bool(rows[-1] >= len(mask) - 2 and mask[-2:].any(axis=0).sum() > 0.35 * wide)


def clean(matte: NDArray[np.uint8]) -> Mask:
    """The largest piece of a matte 0..255."""
    mask = (matte > 127).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.zeros(mask.shape, np.bool_)
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), np.bool_)
