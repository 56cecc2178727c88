"""Soft focus: lights bloom over a sharp picture, as through a diffusion filter; dreamy."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.noise import blend, blurred, screened
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class SoftFocus(Spoken):
    """A glow over the lights, contrast eased."""

    strength: float = 1.0
    name: ClassVar[str] = "soft_focus"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "Add soft lighting to the scene.",
        "make it dreamy",
        "soft-focus style",
    )
    phrases: ClassVar[Phrases] = {
        "soft focus": {},
        "dreamy": {},
        "dream like": {},
        "dreamlike": {},
        "dream": {},
        "dreamy look": {},
        "dreamy glow": {},
        "soft glow": {},
        "glow": {},
        "glowing": {},
        "bloom": {},
        "ethereal": {},
        "soft light": {},
        "soft lighting": {},
        "softer": {},
        "soft": {},
        "hazy glow": {},
        "diffusion": {},
        "diffusion filter": {},
        "pro mist": {},
        "orton": {},
        "magical": {},
        "romantic": {},
        "fairy tale": {},
        "like a dream": {},
        "(dreamy|soft|ethereal) (glow|bloom|light|look|focus|feel|atmosphere|filter)": {},
        "(glowing|blooming) highlights": {},
        "(soften|softens|softened)": {},
        "soften (the picture|the image|the video|it|everything|the look)": {},
        "soft diffusion [glow]": {},
        "(black|white) pro mist [filter]": {},
        "gauzy": {},
        "glow on highlights": {},
        "bloom effect": {},
        "halation": {},
        "dreamy and glowing": {},
        "highlights (glow|bloom)": {},
    }
    company: ClassVar[str] = (
        "soft gentle dreamy glow glowing bloom highlights diffusion ethereal romantic magical light"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Two widths of bloom, both shares of the frame's height."""
        height = scene.clip.height
        near, far = max(0.010 * height, 0.5), max(0.035 * height, 0.8)
        share = min(0.62 * self.strength, 1.0)
        lift = paint_of(
            lambda rgb: tone.curve(rgb, ((0, 0.03), (0.3, 0.31), (0.7, 0.69), (1, 0.965)))
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            bloom = blend(blurred(pixels, near), blurred(pixels, far), 0.5)
            glowing = screened(blend(pixels, bloom, 0.35 * share), _lights(bloom), 0.55 * share)
            return lift(glowing, index, seconds)

        return paint


def _lights(bloom: Pixels) -> Pixels:
    """The bloom's bright part; dark areas do not glow."""
    return np.asarray(cv2.multiply(bloom, bloom, scale=1 / 255), np.uint8)
