"""Ink: brush lines and a grey wash on rice paper, the lights left bare."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_PAPER = np.array([246, 241, 228], np.float32)
_INK = np.array([24, 24, 28], np.float32)


@dataclass(frozen=True, slots=True)
class Ink(Spoken):
    """Brush and ink; strength sets how black."""

    strength: float = 1.0
    name: ClassVar[str] = "ink"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it an ink drawing",
        "ink wash painting",
        "turn the video into a pen and ink drawing",
    )
    phrases: ClassVar[Phrases] = {
        "ink": {},
        "ink (drawing|sketch|painting|illustration|art|look|style)": {},
        "ink wash": {},
        "ink wash (drawing|painting|style|art)": {},
        "ink and wash": {},
        "(black|india|chinese|japanese) ink": {},
        "(chinese|japanese) ink (painting|drawing|wash|wash painting)": {},
        "(black|chinese|japanese) ink (drawing|painting)": {},
        "sumi-e": {},
        "sumi e": {},
        "sumie": {},
        "sumi ink": {},
        "pen and ink": {},
        "pen and ink (drawing|sketch|illustration)": {},
        "pen drawing": {},
        "ink pen drawing": {},
        "drawn (in|with) ink": {},
        "brush and ink": {},
        "ink brush (painting|drawing)": {},
        "traditional (chinese|japanese) (painting|ink painting)": {},
        "ballpoint pen drawing": {},
    }
    company: ClassVar[str] = "traditional delicate black chinese japanese drawn brush rice paper"

    def prepare(self, scene: Scene) -> Paint:
        """Painted at up to 480 lines; the paper stands still."""
        height, width = scene.clip.height, scene.clip.width
        rows = min(height, 480)
        columns = max(1, round(width * rows / height))
        tooth = brush.paper(height, width, scene.seed)
        pools = clouds(rows, columns, 0.16, 4, dice(scene.seed, 411)) - 0.5

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            small = brush.areas(pixels, rows)
            grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
            thin = brush.ink(small, max(rows / 330, 0.8), 1.3 * self.strength)
            bold = brush.ink(small, max(rows / 130, 1.2), 0.9 * self.strength)
            wash = _wash(np.sqrt(grey) + 0.10 * pools)
            drawn = np.asarray(wash * thin * (0.25 + 0.75 * bold), np.float32)
            large = np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_CUBIC))
            bare = np.clip(large, 0.03, 1) * (1 + tooth * (0.02 + 0.10 * (1 - large)))
            shown = bare[..., None] * _PAPER + (1 - bare[..., None]) * _INK
            return np.asarray(cv2.convertScaleAbs(np.clip(shown, 0, 255)), np.uint8)

        return paint


def _wash(light: Floats) -> Floats:
    """Four dilutions of ink with soft borders; above them bare paper."""
    steps = ((0.30, 0.30), (0.48, 0.22), (0.68, 0.14), (0.85, 0.09))
    laid = sum(share * (1 - tone.smoothstep(light, at - 0.05, at + 0.05)) for at, share in steps)
    return np.asarray(1 - laid, np.float32)
