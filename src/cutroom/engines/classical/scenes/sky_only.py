"""Nothing but sky, from above the clouds to the haze."""

import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas
from cutroom.engines.classical.scenes.sky import Sky


def draw(canvas: Canvas) -> Backdrop:
    """The sky on a canvas; its horizon lies below the frame."""
    sky = Sky(canvas, round(1.18 * canvas.height), cover=0.62)

    def paint(seconds: float) -> Pixels:
        return np.ascontiguousarray(sky(seconds)[: canvas.height])

    return paint
