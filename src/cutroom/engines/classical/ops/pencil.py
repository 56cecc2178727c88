"""Pencil: a graphite drawing on toothed paper, shaded by hatching."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.marks.pencil import drawing, hatching
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Pencil(Spoken):
    """Graphite on paper."""

    strength: float = 1.0
    name: ClassVar[str] = "pencil"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "turn the video into a pencil sketch",
        "make it a hand-drawn sketch",
        "pencil drawing style",
    )
    phrases: ClassVar[Phrases] = {
        "pencil": {},
        "pencil sketch": {},
        "pencil drawing": {},
        "sketch": {},
        "sketched": {},
        "hand drawn": {},
        "hand-drawn": {},
        "drawn in pencil": {},
        "graphite": {},
        "graphite drawing": {},
        "sketch drawing": {},
        "line drawing": {},
        "a drawing": {},
        "pencil art": {},
        "sketchbook": {},
        "black and white sketch": {},
        "black and white drawing": {},
        "black and white pencil sketch": {},
        "charcoal": {},
        "charcoal drawing": {},
        "sketchy": {},
        "pencil (lines|effect|filter|version|style|strokes|shading|illustration)": {},
        "(graphite|charcoal|pencil) (sketch|drawing|lines|on paper)": {},
        "(black and white|hand drawn|rough) (sketch|line drawing|drawing)": {},
        "drawn (with a|in) pencil": {},
        "drawn by hand": {},
        "sketch it": {},
        "draw it": {},
        "sketch style": {},
        "line art": {},
        "pen sketch": {},
        "penciled": {},
        "pencilled": {},
    }
    company: ClassVar[str] = (
        "hand drawn rough fine hatching hatched cross shading paper sketchbook artist graphite lines"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Paper and hatching are laid out once and stand still."""
        height, width = scene.clip.height, scene.clip.width
        tooth = brush.paper(height, width, scene.seed)
        hatch = hatching(height, width, scene.seed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds  # nothing moves but the picture
            drawn = drawing(pixels, tooth, hatch, self.strength)
            sheet = np.array([252, 250, 245], np.float32)
            return np.asarray(cv2.convertScaleAbs(drawn[..., None] * sheet), np.uint8)

        return paint
