"""Thick paint: rows of strokes that follow the forms, and swirl where there is nothing to follow."""

import cv2
import numpy as np

from cutroom.engines.classical.colour.grade import Floats, Grade, paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Paint, Pixels
from cutroom.types import Clip

_TINT = np.array([13, 5, -15], np.float32)
"""How a stroke's warm hairs differ from its cold ones."""


def stroked(clip: Clip, seed: int, strength: float, colours: Grade) -> Paint:
    """The paint of a clip in such strokes; at up to 500 lines, bristles and swirls stand still."""
    rows = min(clip.height, 500)
    columns = max(1, round(clip.width * rows / clip.height))
    size = strength**0.7
    strands = _strands(rows, columns, max(rows / 190 * size, 0.8), seed)
    swirl = _swirl(rows, columns, seed)
    radius, length = max(2, round(rows / 85 * size)), max(4, round(rows / 30 * size))
    rich = paint_of(colours)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        dabs = brush.bytes_of(brush.kuwahara(np.asarray(small, np.uint8), radius, 5.0))
        marks = _combed(strands, *_along(dabs, swirl, rows / 60), length)
        painted = rich(dabs, index, seconds).astype(np.float32)
        # A loaded brush: its hairs leave lighter and darker, warmer and colder paint side by side.
        tinted = painted * (1 + 0.24 * marks[..., :1]) + marks[..., 1:2] * _TINT
        slope = cv2.Sobel(cv2.GaussianBlur(marks[..., 0], (0, 0), 0.8), cv2.CV_32F, 1, 1, ksize=3)
        light = np.clip(1 + 0.16 * slope, 0.72, 1.3)[..., None]
        return brush.grown(brush.bytes_of(np.minimum(tinted * light, 255)), pixels)

    return paint


def _strands(rows: int, columns: int, wide: float, seed: int) -> Floats:
    """Noise for the bristles, mean 0, deviation 1: (rows, columns, 2)."""
    noise = dice(seed, 419).standard_normal((rows, columns, 2), dtype=np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), wide), np.float32)
    return np.asarray(noise / max(float(noise.std()), 1e-6), np.float32)


def _swirl(rows: int, columns: int, seed: int) -> Floats:
    """Where strokes go that have nothing to follow, as doubled angles: (rows, columns, 2), unit vectors."""
    height = clouds(rows, columns, 0.42, 2, dice(seed, 420))
    gx, gy = (
        cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=5),
        cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=5),
    )
    angle = 2 * (np.arctan2(gy, gx) + np.pi / 2)
    return np.dstack([np.cos(angle), np.sin(angle)]).astype(np.float32)


def _along(dabs: Pixels, swirl: Floats, smoothing: float) -> tuple[Floats, Floats]:
    """Unit vectors along the forms, or the swirl where these are weak: the structure tensor, doubled angles."""
    grey = cv2.cvtColor(dabs, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    doubled = cv2.GaussianBlur(
        cv2.merge([gx * gx - gy * gy, 2 * gx * gy]), (0, 0), max(smoothing, 1.0)
    )
    doubled = -doubled + swirl * np.float32(0.004)
    angle = 0.5 * np.arctan2(doubled[..., 1], doubled[..., 0])
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def _combed(strands: Floats, vx: Floats, vy: Floats, length: int) -> Floats:
    """The strands drawn out along the field, (rows, columns, 2). Line integral convolution, bent once halfway."""
    rows, columns = vx.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    total = strands.copy()
    count = 1
    for way in (-1.0, 1.0):
        half = np.float32(way * length / 2)
        bend_x = cv2.remap(
            vx, x + vx * half, y + vy * half, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        bend_y = cv2.remap(
            vy, x + vx * half, y + vy * half, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        same = np.where(bend_x * vx + bend_y * vy < 0, np.float32(-1), np.float32(1))
        for step in range(2, length + 1, 3):
            far = np.float32(way * max(0.0, step - length / 2))
            near = np.float32(way * min(step, length / 2))
            at_x = x + vx * near + bend_x * same * far
            at_y = y + vy * near + bend_y * same * far
            total += cv2.remap(strands, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            count += 1
    return np.asarray(total / np.float32(1.6 * count**0.5), np.float32)
