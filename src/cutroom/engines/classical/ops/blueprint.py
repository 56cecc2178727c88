"""Blueprint: white lines on blue paper, as an architect's copy."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_CHALK = np.array([232, 240, 248], np.float32)


@dataclass(frozen=True, slots=True)
class Blueprint(Spoken):
    """White lines on blue; strength sets how many."""

    strength: float = 1.0
    name: ClassVar[str] = "blueprint"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "turn it into a blueprint",
        "blueprint style",
        "make it look like a blueprint drawing",
    )
    phrases: ClassVar[Phrases] = {
        "blueprint": {},
        "blueprint (style|drawing|look|effect)": {},
        "cyanotype": {},
        "technical drawing": {},
        "white lines on blue": {},
    }
    company: ClassVar[str] = (
        "architect's architects engineer's architectural technical drawing white lines blue paper"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Drawn at up to 480 lines; paper and its grid stand still."""
        height, width = scene.clip.height, scene.clip.width
        tooth = brush.paper(height, width, scene.seed)
        ground = _sheet(height, width) * (1 + 0.10 * tooth[..., None])

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds
            small = brush.areas(pixels, 480)
            rows = small.shape[0]
            grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
            around = cv2.GaussianBlur(grey, (0, 0), max(rows / 130, 1.0))
            faint = 1 - np.clip((grey + 0.05) / (around + 0.05), 0, 1) ** 3
            bold = 1 - brush.ink(small, max(rows / 360, 0.8), 1.4 * self.strength)
            lines = np.maximum(bold, faint)
            shown = np.clip(0.92 * lines + 0.22 * tone.smoothstep(grey, 0.25, 1.0), 0, 1)
            share = np.asarray(cv2.resize(shown, (width, height), interpolation=cv2.INTER_LINEAR))
            drawn = ground + (_CHALK - ground) * share[..., None]
            return np.asarray(cv2.convertScaleAbs(drawn), np.uint8)

        return paint


def _sheet(height: int, width: int) -> Floats:
    """Blue paper with a faint grid, (height, width, 3)."""
    pitch = max(6, round(height / 24))
    sheet = np.empty((height, width, 3), np.float32)
    sheet[:] = (24, 62, 128)
    sheet[::pitch] += 12
    sheet[:, ::pitch] += 12
    return sheet
