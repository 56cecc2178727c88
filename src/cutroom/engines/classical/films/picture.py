"""Pictures as part of a film: behind everything, or as its first or last frame."""

from pathlib import Path

import cv2
import numpy as np

from cutroom.engines.classical.films.projector import Project
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop
from cutroom.media.images import load

_HOLD, _MELT = 0.35, 1.1
"""Seconds that a first or last picture stands alone, and in which it and the film cross."""
_DRIFT = 0.035
"""How much a picture grows while it stands: a still image in a film looks like a fault."""


def filling(path: Path, size: tuple[int, int]) -> Pixels:
    """The picture scaled and cut to fill (width, height), transparent parts on white."""
    rgba = load(path)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    pixels = (rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    scale = max(size[0] / pixels.shape[1], size[1] / pixels.shape[0])
    grown = (
        max(size[0], round(pixels.shape[1] * scale)),
        max(size[1], round(pixels.shape[0] * scale)),
    )
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted = cv2.resize(pixels, grown, interpolation=way)
    left, top = (grown[0] - size[0]) // 2, (grown[1] - size[1]) // 2
    return np.ascontiguousarray(fitted[top : top + size[1], left : left + size[0]])


def backdrop(path: Path, size: tuple[int, int]) -> Backdrop:
    """The picture as a world behind actors; it stands still."""
    picture = filling(path, size)
    picture.setflags(write=False)
    return lambda _seconds: picture


def opened(project: Project, picture: Pixels) -> Project:
    """The shot that begins with a picture: exactly it, then melting into the shot."""

    def paint(seconds: float) -> Pixels:
        return _melted(picture, project, seconds, seconds)

    return paint


def closed(project: Project, picture: Pixels, length: float, frame: float) -> Project:
    """The shot of `length` seconds that ends on a picture: exactly it in the last frame of `frame` seconds."""

    def paint(seconds: float) -> Pixels:
        return _melted(picture, project, seconds, max(length - frame - seconds, 0.0))

    return paint


def _melted(picture: Pixels, project: Project, seconds: float, away: float) -> Pixels:
    """The frame `away` seconds from the picture's own moment."""
    if away >= _HOLD + _MELT:
        return project(seconds)
    still = _grown(picture, 1 + _DRIFT * away / (_HOLD + _MELT))
    share = min(max((away - _HOLD) / _MELT, 0.0), 1.0)
    share = share * share * (3 - 2 * share)
    if share == 0:
        return still
    return np.asarray(cv2.addWeighted(still, 1 - share, project(seconds), share, 0), np.uint8)


def _grown(picture: Pixels, scale: float) -> Pixels:
    """The picture enlarged about its middle."""
    if scale == 1:
        return picture.copy()
    height, width = picture.shape[:2]
    matrix = np.array([[scale, 0, width / 2 * (1 - scale)], [0, scale, height / 2 * (1 - scale)]])
    grown = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC)
    return np.asarray(grown, np.uint8)
