"""A meadow in bloom under a wide sky, hills behind it and wind in the grass."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, lay_over
from cutroom.engines.classical.scenes.land import ground, hazed, lit, range_over, skyline, slopes
from cutroom.engines.classical.scenes.plants import grass, swayed
from cutroom.engines.classical.scenes.scenery import Scenery
from cutroom.engines.classical.scenes.sky import Sky

_BLOOMS = ((236, 226, 120), (240, 240, 236), (222, 120, 150), (170, 130, 214))


def draw(canvas: Canvas) -> Backdrop:
    """The meadow on a canvas."""
    sky = Sky(canvas, round(0.62 * canvas.height), cover=0.55)
    land = Scenery(canvas, _land(canvas))
    blades = [grass(canvas, 71 + k, tall) for k, tall in enumerate((0.10, 0.15))]

    def paint(seconds: float) -> Pixels:
        frame = land(sky(seconds))
        for k, layer in enumerate(blades):
            bent = swayed(layer, seconds + 1.7 * k, 4.0)
            lay_over(frame, bent, canvas.height - len(bent))
        return frame

    return paint


def _land(canvas: Canvas) -> tuple[Pixels, np.ndarray]:
    """Hills and meadow: (picture, coverage)."""
    hour, height = canvas.hour, canvas.height
    frame = np.zeros((height, canvas.width, 3), np.uint8)
    far = skyline(canvas, 0.50, 0.045, 0.42, 3, key=61)
    frame = range_over(
        frame,
        canvas,
        far,
        hazed(lit((92, 124, 118), hour), hour, 0.45),
        slopes(canvas, far, 62, 0.4),
    )
    near = skyline(canvas, 0.565, 0.04, 0.36, 2, key=63)
    frame = range_over(
        frame,
        canvas,
        near,
        hazed(lit((104, 142, 78), hour), hour, 0.2),
        slopes(canvas, near, 64, 0.35),
    )
    top = round(0.62 * height)
    turf = ground(canvas, top, lit((112, 158, 64), hour), 65, 0.2)
    _flowers(canvas, turf)
    fade = np.clip(np.arange(len(turf)) / (0.06 * height), 0, 1)[:, None, None]
    frame[top:] = (frame[top:] * (1 - fade) + turf * fade).astype(np.uint8)
    rows = np.arange(height)[:, None]
    return frame, np.clip(rows - np.minimum(far, near)[None] + 0.5, 0, 1)


def _flowers(canvas: Canvas, turf: Pixels) -> None:
    """Flowers scattered over the turf, larger nearer by, in place."""
    rng = canvas.dice(66)
    height, width = turf.shape[:2]
    for _ in range(900):
        depth = rng.random() ** 0.7
        y, x = depth * height, rng.random() * width
        size = (0.0012 + 0.0052 * depth**1.5) * canvas.height
        colour = lit(_BLOOMS[rng.integers(len(_BLOOMS))], canvas.hour) * rng.uniform(0.8, 1.05)
        axes = (max(1, int(size * 16)), max(1, int(size * 10)))
        cv2.ellipse(
            turf,
            (int(x * 16), int(y * 16)),
            axes,
            0,
            0,
            360,
            tuple(float(c) for c in colour),
            -1,
            cv2.LINE_AA,
            4,
        )
