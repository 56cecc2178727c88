"""Light leaks: warm light that gets into the camera at its edges and drifts."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.noise import dice, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_LEAKS = (
    (-0.06, (255, 120, 30), 0.26),
    (1.05, (255, 70, 40), 0.22),
    (1.0, (255, 190, 90), 0.34),
    (0.0, (240, 60, 90), 0.16),
)
"""Where across the frame, colour, how wide in heights."""


@dataclass(frozen=True, slots=True)
class LightLeaks(Spoken):
    """An old camera that is not quite tight."""

    strength: float = 1.0
    name: ClassVar[str] = "light_leaks"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "add light leaks",
        "light leak effect",
        "leaking light",
    )
    phrases: ClassVar[Phrases] = {
        "light leak": {},
        "light leaks": {},
        "(light leak|light leaks) (effect|overlay|look)": {},
        "leaking light": {},
    }

    def prepare(self, scene: Scene) -> Paint:
        """A few blobs of light beyond the edges, each on a slow path of its own."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        rows, columns = max(4, height // 8), max(4, width // 8)
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / rows
        own = dice(seed, 425).random((len(_LEAKS), 4))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index  # they drift by the clock
            light = np.zeros((rows, columns, 3), np.float32)
            for (edge, colour, wide), dice_of in zip(_LEAKS, own, strict=True):
                along = 0.5 + 0.45 * np.sin(
                    2 * np.pi * ((0.04 + 0.05 * dice_of[0]) * seconds + dice_of[1])
                )
                glow = 0.55 + 0.45 * np.sin(
                    2 * np.pi * ((0.10 + 0.12 * dice_of[2]) * seconds + dice_of[3])
                )
                at = edge * (columns / rows)
                blob = np.exp(-(((x - at) / wide) ** 2) - ((y - along) / 0.5) ** 2)
                light += (
                    blob[..., None]
                    * np.array(colour, np.float32)
                    * np.float32(glow * self.strength)
                )
            whole = cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC)
            return screened(pixels, np.asarray(cv2.convertScaleAbs(np.maximum(whole, 0)), np.uint8))

        return paint
