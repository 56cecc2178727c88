"""The open sea under a wide sky."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas
from cutroom.engines.classical.scenes.sky import Sky
from cutroom.engines.classical.scenes.water import Water


def draw(canvas: Canvas) -> Backdrop:
    """The sea on a canvas."""
    horizon = round(0.48 * canvas.height)
    sky = Sky(canvas, horizon, cover=0.55)
    water = Water(canvas, sky, canvas.height - horizon, rough=1.25)

    def paint(seconds: float) -> Pixels:
        above = sky(seconds)
        frame = np.concatenate([above, water(above, seconds)])
        soften = frame[horizon - 2 : horizon + 3]
        soften[:] = cv2.blur(soften, (1, 5))
        return frame

    return paint
