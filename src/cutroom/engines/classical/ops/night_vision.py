"""Night vision: the green phosphor of an image intensifier, noisy, blooming, dark in the corners."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import (
    blurred,
    dice,
    gain_map,
    grain_bank,
    radius,
    screened,
    shade,
    window,
)
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class NightVision(Spoken):
    """Image intensifier; strength sets noise and glow."""

    strength: float = 1.0
    name: ClassVar[str] = "night_vision"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like night vision",
        "night vision effect",
        "through night vision goggles",
    )
    phrases: ClassVar[Phrases] = {
        "night vision": {},
        "night-vision": {},
        "nightvision": {},
        "night vision (camera|goggles|look|effect|filter|footage|green)": {},
        "(through|seen through|shot through) night vision (goggles|camera|scope)": {},
        "green night vision": {},
        "military night vision": {},
    }
    company: ClassVar[str] = "green military goggles camera scope"

    def prepare(self, scene: Scene) -> Paint:
        """A green table, lights that bloom, the tube's noise and its round edge."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        bank = grain_bank(height, width, max(height / 900, 0.4), seed)
        edge = gain_map(1 - 0.92 * tone.smoothstep(radius(height, width), 0.52, 0.92))
        green = paint_of(_phosphor)
        amount = 14 * self.strength**0.5

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            lit = green(pixels, index, seconds)
            lights = np.asarray(cv2.subtract(lit, np.full(3, 120.0)), np.uint8)
            bloomed = screened(lit, blurred(lights, max(height / 40, 1.0)), 0.9)
            noise = window(bank, height, width, dice(seed, 422, index)) * np.float32(amount)
            speckled = cv2.add(
                bloomed, cv2.merge([noise * 0.35, noise, noise * 0.4]), dtype=cv2.CV_8U
            )
            return shade(np.asarray(speckled, np.uint8), edge)

        return paint


def _phosphor(rgb: Floats) -> Floats:
    """Brightness amplified, then the green of P43 phosphor."""
    bright = tone.curve(tone.luma(rgb)[..., 0], ((0, 0.05), (0.15, 0.28), (0.5, 0.68), (1, 1)))
    grey = np.repeat(np.asarray(bright)[..., None], 3, axis=-1)
    return tone.duotone(grey, (0.0, 0.035, 0.01), (0.09, 0.52, 0.14), (0.72, 1.0, 0.70))
