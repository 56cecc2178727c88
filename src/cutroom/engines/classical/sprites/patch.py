"""A hole in a still picture filled with what is round about it, once and for all."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.membrane import membrane

_LONGEST = 420
"""Pixels of the longer side at which a hole is filled: the time grows faster than the area."""


def patched(pixels: Pixels, hole: NDArray[np.bool_]) -> Pixels:
    """The picture with `hole` filled from its surroundings; every other pixel as it was.

    Shift maps (He and Sun 2012, in OpenCV's xphoto) copy whole stretches of the surroundings, so
    texture and straight lines go on; a membrane then takes the steps of light off their seams.
    """
    if not hole.any():
        return pixels
    window = _around(hole)
    part, gap = np.ascontiguousarray(pixels[window]), hole[window]
    shrink = min(1.0, _LONGEST / max(part.shape[:2]))
    size = (max(8, round(part.shape[1] * shrink)), max(8, round(part.shape[0] * shrink)))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    # A small pixel that the hole touches at all is unknown: its colour is a mixture.
    lost = cv2.resize(gap.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.01
    filled = _seamless(small, _copied(small, lost), lost)
    grown = cv2.resize(filled, part.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    soft = cv2.blur(gap.astype(np.float32), (3, 3)) * gap
    cover = np.maximum(soft, cv2.erode(gap.astype(np.uint8), np.ones((3, 3), np.uint8)))[..., None]
    out = pixels.copy()
    out[window] = np.clip(part + cover * (grown.astype(np.float32) - part) + 0.5, 0, 255)
    return out


def _around(hole: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The hole's box with as much again on every side: what it is filled from."""
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    down, across = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    reach = max(down, across, min(hole.shape) // 4)
    return (
        slice(max(int(rows[0]) - reach, 0), min(int(rows[-1]) + 1 + reach, hole.shape[0])),
        slice(max(int(columns[0]) - reach, 0), min(int(columns[-1]) + 1 + reach, hole.shape[1])),
    )


def _copied(small: Pixels, lost: NDArray[np.bool_]) -> Pixels:
    """The hole filled with shifted pieces of the rest."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    kept = np.where(lost, 0, 255).astype(np.uint8)
    filled = np.zeros_like(lab)
    cv2.setRNGSeed(7)
    cv2.xphoto.inpaint(lab, kept, filled, cv2.xphoto.INPAINT_SHIFTMAP)
    return np.asarray(cv2.cvtColor(filled, cv2.COLOR_LAB2RGB), np.uint8)


def _seamless(small: Pixels, filled: Pixels, lost: NDArray[np.bool_]) -> Pixels:
    """The filling lifted and tinted so that it meets the rest without a step."""
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    gap = lost.astype(np.uint8)
    inner = (gap > 0) & (cv2.erode(gap, round_) == 0)
    outside = cv2.blur(small.astype(np.float32) * ~lost[..., None], (7, 7))
    inside = cv2.blur(filled.astype(np.float32) * lost[..., None], (7, 7))
    share = cv2.blur(lost.astype(np.float32), (7, 7))[..., None]
    step = outside / np.maximum(1 - share, 1e-3) - inside / np.maximum(share, 1e-3)
    # A large step is an edge of the picture, not another light.
    fair = inner & (np.abs(step).max(axis=2) < 30)
    lift = membrane(np.asarray(step, np.float32), fair.astype(np.float32))
    return np.asarray(
        np.where(lost[..., None], np.clip(filled + lift + 0.5, 0, 255), small), np.uint8
    )
