"""How the person of a clip moves: joints in every frame, read off the matte and smoothed over time."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.puppet.joints import Points, Stance, clean, cropped_below, stance
from cutroom.engines.classical.sight import Sight, Subject
from cutroom.errors import CannotDo

_STIRS = 0.012
"""Joints that stray less than this share of the figure's height are held still: noise of the matte."""
_SEEN = 0.75
"""Share of the frames in which a figure must be made out."""


@dataclass(frozen=True)
class Acting:
    """A figure through a clip; full-size pixels."""

    joints: NDArray[np.float64]
    """(frames, 9, 2) in the order of `figure.JOINTS`."""
    sizes: NDArray[np.float64]
    """(frames,) how large the figure is, over its usual size."""
    usual: Stance
    """The figure in the middle of all its poses."""

    def grounded(self, home: NDArray[np.float64], scale: tuple[float, float]) -> "Acting":
        """The same without the camera's motion: as seen from the clip's middle frame."""
        size = np.array(scale)
        flat = np.concatenate([self.joints / size, np.ones((*self.joints.shape[:2], 1))], axis=2)
        moved = np.einsum("fij,fkj->fki", home, flat)
        return Acting(moved[..., :2] / moved[..., 2:] * size, self.sizes, self.usual)


def acting(subject: Subject, sight: Sight, rate: float) -> Acting:
    """Follow the figure of a subject. Raises CannotDo where it is lost, or holds still."""
    count, scale = len(sight.reel), np.array(sight.reel.scale)
    masks = [clean(subject.small(i)) for i in range(count)]
    cut_off = float(np.mean([cropped_below(m) for m in masks])) > 0.5
    alone = [f for m in masks if (f := stance(m, cut_off=cut_off))]
    # A leg that is lifted, or a ball, hides where the hip is; in most frames it can be seen.
    sure = [f for f in alone if f.legs] or alone
    neck, hip = np.median([f.shares for f in sure], axis=0) if sure else (0.15, 0.55)
    figures = [stance(m, cut_off=cut_off, shares=(float(neck), float(hip))) for m in masks]
    seen = np.array([f is not None for f in figures])
    if seen.mean() < _SEEN:
        raise CannotDo(
            f"The figure that is to be followed was made out in {seen.mean():.0%} of the frames only"
            f" ({_SEEN:.0%} needed)."
        )
    legs = not cut_off and float(np.mean([f.legs for f in figures if f])) > 0.5
    raw = np.full((count, 9, 2), np.nan)
    for index, one in enumerate(figures):
        if one is not None:
            raw[index] = one.joints
            if one.legs != legs:
                raw[index, 3:] = np.nan
    joints = np.stack([[_calm(raw[:, j, k], rate) for k in (0, 1)] for j in range(9)]).transpose(2, 0, 1)  # fmt: skip
    areas = np.array([np.sqrt(float(m.sum())) for m in masks])
    areas[~seen] = np.nan
    _steady(areas[seen])
    sizes = _calm(areas, rate, 1.0)
    middle = np.median(joints, axis=0) * scale
    shoulders = float(np.median([f.shoulders for f in figures if f])) * float(scale[0])
    found = Acting(
        joints * scale, np.clip(sizes / np.median(sizes), 0.4, 2.5), Stance(middle, not cut_off, legs, shoulders, (float(neck), float(hip)))
    )  # fmt: skip
    _upright(found)
    _moves(found, sight)
    return found


def _steady(sizes: NDArray[np.float64]) -> None:
    """Raises CannotDo where the matte is now the whole figure and now an arm."""
    low, high = np.percentile(sizes, (5, 95))
    if low < 0.62 * high:
        raise CannotDo(
            f"The figure that is to be followed comes and goes in pieces (between {low / high:.0%} and 100% of its"
            " size): it is not seen well enough to move a character by it."
        )


def _upright(found: Acting) -> None:
    """Raises CannotDo where what was followed does not stand or sit as a person does."""
    turns = np.degrees(lean(found.joints)[:, 1])
    low, high = np.percentile(turns, (5, 95))
    if abs(np.median(turns)) > 25 or high - low > 45:
        raise CannotDo(
            "What moves in the video does not stand upright as a person does, so its head, body and legs cannot"
            " be told apart."
        )


def _moves(found: Acting, sight: Sight) -> None:
    """Raises CannotDo where the figure does nothing that could be carried over."""
    still = found if sight.camera.still else found.grounded(sight.camera.home, sight.reel.scale)
    strays = np.percentile(still.joints, 95, axis=0) - np.percentile(still.joints, 5, axis=0)
    most = float(strays[:3].max()) / max(found.usual.tall, 1.0)
    legs = float(strays[3:].max()) / max(found.usual.tall, 1.0) if found.usual.legs else 0.0
    if max(most, legs) < 2 * _STIRS:
        raise CannotDo(
            "The figure in the video hardly moves its head, body or legs, and these are what this engine carries"
            " over; movements of arms, hands and the face are not."
        )


def _calm(values: NDArray[np.float64], rate: float, seconds: float = 0.16) -> NDArray[np.float64]:
    """Gaps bridged; a median against jumps, then a Gaussian against jitter."""
    known = np.flatnonzero(~np.isnan(values))
    if len(known) == 0:
        return np.zeros_like(values)
    whole = np.interp(np.arange(len(values)), known, values[known])
    half = max(1, round(0.5 * seconds * rate))
    padded = np.pad(whole, half, mode="edge")
    steady = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    soft = cv2.GaussianBlur(
        steady[None], (0, 0), max(0.5, 0.35 * seconds * rate), borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(soft[0], np.float64)


def lean(joints: Points) -> NDArray[np.float64]:
    """Angles (..., 4) of head, torso, left and right leg from upright, radians, clockwise on the screen."""
    pairs = ((1, 0), (2, 1), (5, 3), (8, 6))
    ways = np.stack([joints[..., b, :] - joints[..., a, :] for a, b in pairs], axis=-2)
    return np.asarray(np.arctan2(ways[..., 0], -ways[..., 1]), np.float64)


def reach(joints: Points) -> NDArray[np.float64]:
    """Lengths (..., 4) of the same."""
    pairs = ((1, 0), (2, 1), (5, 3), (8, 6))
    return np.stack([np.linalg.norm(joints[..., b, :] - joints[..., a, :], axis=-1) for a, b in pairs], axis=-1)  # fmt: skip
