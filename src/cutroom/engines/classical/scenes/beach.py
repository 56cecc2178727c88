"""A beach: sea to the horizon, foam that runs up wet sand, palms at the side."""

import math

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Float, lay_over, smooth
from cutroom.engines.classical.scenes.plants import palms, swayed
from cutroom.engines.classical.scenes.sky import Sky
from cutroom.engines.classical.scenes.water import Water

_SAND = {"day": (226, 204, 164), "sunset": (186, 130, 104), "night": (52, 58, 74)}
_EDGE = 0.80
"""Where the water ends, share of the height, unless somebody stands higher up."""
_FOAM = {"day": (252, 253, 252), "sunset": (255, 226, 204), "night": (120, 134, 156)}


def draw(canvas: Canvas) -> Backdrop:
    """The beach on a canvas."""
    width, height = canvas.width, canvas.height
    lift = min(max(canvas.feet - 0.03 - _EDGE, -0.17), 0.0)
    horizon, shore = round((0.50 + lift) * height), round((0.70 + lift) * height)
    sky = Sky(canvas, horizon)
    water = Water(canvas, sky, height - horizon - round(0.06 * height))
    sand = _sand(canvas, shore)
    lace = canvas.noise(256, 512, 0.06, 4, 31)
    trees = palms(canvas)

    def paint(seconds: float) -> Pixels:
        above = sky(seconds)
        sea = water(above, seconds)
        frame = np.empty((height, width, 3), np.uint8)
        frame[:horizon] = above
        frame[horizon : horizon + len(sea)] = sea
        frame[horizon + len(sea) :] = sand[horizon + len(sea) - shore :]
        soften = frame[horizon - 2 : horizon + 3]
        soften[:] = cv2.blur(soften, (1, 5))
        _run_up(canvas, frame, sand, lace, lift=lift, seconds=seconds)
        tree = swayed(trees, seconds)
        lay_over(frame, tree, 0, width - tree.shape[1])
        return frame

    return paint


def _sand(canvas: Canvas, shore: int) -> Pixels:
    """Dry sand from the shore down, coarser nearer by, darker towards the corners."""
    width, height = canvas.width, canvas.height - shore
    ripples = canvas.noise(height, width, 0.5, 5, 32) - 0.5
    grains = canvas.dice(33).normal(0, 1, (height, width)).astype(np.float32)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    tone = 1.0 + 0.09 * ripples * (0.4 + down) + 0.018 * grains - 0.16 * down
    sand = np.array(_SAND[canvas.hour], np.float32) * tone[..., None]
    return np.asarray(np.clip(sand, 0, 255), np.uint8)


def _run_up(
    canvas: Canvas, frame: Pixels, sand: Pixels, lace: Float, *, lift: float, seconds: float
) -> None:
    """Sand with its wet edge, and two washes of foam that come and go, in place."""
    width, height = canvas.width, canvas.height
    shore = height - len(sand)
    x = np.linspace(0, 1, width, dtype=np.float32)
    curve = 0.035 * np.sin(2.2 * math.pi * x + 0.6) + 0.055 * (x - 0.5)
    swash = 0.016 * math.sin(2 * math.pi * seconds / 5.2)
    wobble = 0.006 * np.sin(21 * x + 0.9 * seconds) + 0.004 * np.sin(47 * x - 1.3 * seconds)
    edge = (_EDGE + lift + curve + swash * (1 + 0.5 * np.sin(5 * x)) + wobble) * height
    wet = (_EDGE + lift + 0.034 + curve + 0.003 * np.sin(15 * x)) * height
    rows = np.arange(shore, height, dtype=np.float32)[:, None]
    ground = smooth(rows - edge[None], -0.6, 1.2)
    damp = 1 - 0.32 * (1 - smooth(rows - wet[None], -0.012 * height, 0.01 * height))
    part = frame[shore:]
    # Wet sand mirrors a little of the sky.
    sheen = (1 - damp)[..., None] * np.array(_FOAM[canvas.hour], np.float32) * 0.22
    land = sand * damp[..., None] + sheen
    mixed = part + ground[..., None] * (land - part)
    for behind, strength, reach in ((0.0, 0.95, 0.010), (0.052, 0.6, 0.012)):
        roll = 0.012 * math.sin(2 * math.pi * seconds / 5.2 + 2 + 9 * behind)
        line = (
            edge
            - (behind * (0.85 + 0.3 * np.sin(4 * x + seconds * 0.4)) + (roll if behind else 0))
            * height
        )
        gap = (line[None] - rows) / (reach * height)
        holes = lace[
            (np.arange(shore, height)[:, None] * 2 + int(9 * seconds)) % 256,
            (np.arange(width)[None] * 512 // width),
        ]
        band = np.where(gap > 0, np.exp(-gap / 1.6), np.exp(-((gap * 3.5) ** 2)))
        foam = np.clip(band * 1.5 - 0.75 * holes * np.clip(gap, 0.15, 1.4), 0, 1) * strength
        mixed += foam[..., None] * (np.array(_FOAM[canvas.hour], np.float32) - mixed)
    part[:] = np.clip(mixed, 0, 255).astype(np.uint8)
