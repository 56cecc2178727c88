"""Van Gogh: thick strokes in rows that follow the forms and swirl where there are none, blues against yellows."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical import brush, tone
from cutroom.engines.classical.grade import Floats, paint_of
from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_TINT = np.array([13, 5, -15], np.float32)
"""How a stroke's warm hairs differ from its cold ones."""


@dataclass(frozen=True, slots=True)
class VanGogh(Spoken):
    """Post-impressionist strokes; strength sets their size."""

    strength: float = 1.0
    name: ClassVar[str] = "van_gogh"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "strokes after Van Gogh"
    examples: ClassVar[tuple[str, ...]] = (
        "make the style Van Gogh.",
        "in the style of Vincent van Gogh",
        "make it post-impressionist",
    )
    phrases: ClassVar[Phrases] = {
        "van gogh": {},
        "vincent van gogh": {},
        "(van gogh|vincent van gogh) (style|painting|style painting|look|effect|art)": {},
        "(painted|made) by (van gogh|vincent van gogh)": {},
        "(like|as|in the style of) (a van gogh|van gogh|vincent van gogh)": {},
        "van gogh style painting": {},
        "starry night (style|painting|look)": {},
        "(like|in the style of) the starry night": {},
        "post-impressionist": {},
        "post-impressionism": {},
        "post impressionist": {},
        "post impressionism": {},
        "post-impressionist (painting|style)": {},
        "swirling (brush strokes|brushstrokes|strokes)": {},
    }
    company: ClassVar[str] = (
        "painting painted swirling bold thick expressive brush strokes impasto starry night oil sky art masterpiece"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Painted at up to 500 lines; the bristles and the swirls stand still."""
        rows = min(scene.clip.height, 500)
        columns = max(1, round(scene.clip.width * rows / scene.clip.height))
        size = self.strength**0.7
        strands = _strands(rows, columns, max(rows / 190 * size, 0.8), scene.seed)
        swirl = _swirl(rows, columns, scene.seed)
        radius, length = max(2, round(rows / 85 * size)), max(4, round(rows / 30 * size))
        rich = paint_of(_palette)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            dabs = brush.bytes_of(brush.kuwahara(np.asarray(small, np.uint8), radius, 5.0))
            marks = _combed(strands, *_along(dabs, swirl, rows / 60), length)
            painted = rich(dabs, index, seconds).astype(np.float32)
            # A loaded brush: its hairs leave lighter and darker, warmer and colder paint side by side.
            tinted = painted * (1 + 0.24 * marks[..., :1]) + marks[..., 1:2] * _TINT
            slope = cv2.Sobel(
                cv2.GaussianBlur(marks[..., 0], (0, 0), 0.8), cv2.CV_32F, 1, 1, ksize=3
            )
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


def _palette(rgb: Floats) -> Floats:
    """Cobalt and ultramarine in the shadows, chrome yellow in the lights, greens kept; nothing is grey."""
    full = tone.saturation(tone.contrast(rgb, 0.18), 1.5)
    split = tone.split(full, (-0.05, 0.0, 0.20), (0.07, 0.04, -0.17), 0.9)
    return tone.curve(split, ((0, 0.05), (0.5, 0.53), (1, 0.97)))
