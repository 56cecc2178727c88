"""Snow-capped mountains behind wooded hills, clouds passing over."""

import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas
from cutroom.engines.classical.scenes.land import ground, hazed, lit, range_over, skyline, slopes
from cutroom.engines.classical.scenes.plants import conifers
from cutroom.engines.classical.scenes.scenery import Scenery
from cutroom.engines.classical.scenes.sky import Sky


def draw(canvas: Canvas) -> Backdrop:
    """The mountains on a canvas."""
    sky = Sky(canvas, round(0.66 * canvas.height), cover=0.5)
    land = Scenery(canvas, _land(canvas))

    def paint(seconds: float) -> Pixels:
        return land(sky(seconds))

    return paint


def _land(canvas: Canvas) -> tuple[Pixels, np.ndarray]:
    """Everything but the sky: (picture, coverage)."""
    hour = canvas.hour
    frame = np.zeros((canvas.height, canvas.width, 3), np.uint8)
    far = skyline(canvas, 0.36, 0.17, 0.46, 5, key=51)
    rock = hazed(lit((104, 112, 128), hour), hour, 0.34)
    frame = range_over(frame, canvas, far, rock, slopes(canvas, far, 52), snow=0.30)
    middle = skyline(canvas, 0.575, 0.07, 0.50, 6, key=53)
    wood = hazed(lit((78, 100, 98), hour), hour, 0.26)
    frame = range_over(frame, canvas, middle, wood, slopes(canvas, middle, 54, 0.8))
    near = skyline(canvas, 0.70, 0.035, 0.48, 3, key=55)
    hill = hazed(lit((66, 92, 62), hour), hour, 0.08)
    frame = range_over(frame, canvas, near, hill, slopes(canvas, near, 56, 0.5))
    trees = conifers(canvas, near + 0.02 * canvas.height, 130, 0.085, 57)
    share = trees[..., 3:].astype(np.float32) / 255
    frame = (frame + share * (trees[..., :3].astype(np.float32) - frame)).astype(np.uint8)
    top = round(0.76 * canvas.height)
    grass = ground(canvas, top, lit((104, 130, 70), hour), 58)
    fade = np.clip(np.arange(len(grass)) / (0.05 * canvas.height), 0, 1)[:, None, None]
    frame[top:] = (frame[top:] * (1 - fade) + grass * fade).astype(np.uint8)
    rows = np.arange(canvas.height)[:, None]
    cover = np.clip(rows - np.minimum(far, np.minimum(middle, near))[None] + 0.5, 0, 1)
    return frame, np.maximum(cover, share[..., 0])
