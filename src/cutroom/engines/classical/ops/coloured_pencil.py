"""Coloured pencil: hatching in the picture's own colours on white paper."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.marks.pencil import drawing, hatching
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class ColouredPencil(Spoken):
    """Coloured pencils on paper."""

    strength: float = 1.0
    name: ClassVar[str] = "coloured_pencil"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make the style crayon.",
        "colored pencil drawing",
        "turn it into a coloured pencil sketch",
    )
    phrases: ClassVar[Phrases] = {
        "coloured pencil": {},
        "coloured pencils": {},
        "coloured pencil drawing": {},
        "colour pencil": {},
        "colour pencils": {},
        "colour pencil drawing": {},
        "crayon": {},
        "crayons": {},
        "crayon drawing": {},
        "wax crayon": {},
        "coloured sketch": {},
        "colour sketch": {},
        "coloured drawing": {},
        "colour drawing": {},
        "colour pencil sketch": {},
        "coloured pencil sketch": {},
        "pastel drawing": {},
        "chalk drawing": {},
        "childrens drawing": {},
        "(coloured|colour|colouring) pencil (effect|filter|art|illustration|style|look)": {},
        "(wax|oil) crayons": {},
        "crayon (style|effect|look|art|sketch)": {},
        "(drawn|coloured) (in|with) crayons": {},
        "child's drawing": {},
        "childs drawing": {},
        "pastel (sketch|art|pencils)": {},
        "soft pastels": {},
        "oil pastels": {},
        "pastels": {},
    }
    company: ClassVar[str] = "hand drawn by paper hatching artist child kid drew drawing"

    def prepare(self, scene: Scene) -> Paint:
        """Paper and hatching are laid out once and stand still."""
        height, width = scene.clip.height, scene.clip.width
        tooth = brush.paper(height, width, scene.seed)
        hatch = hatching(height, width, scene.seed)
        crayons = paint_of(
            lambda rgb: tone.saturation(tone.curve(rgb, ((0, 0.22), (0.5, 0.68), (1, 1))), 1.7)
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            wax = brush.areas(pixels, 360)
            colour = brush.grown(crayons(wax, index, seconds), pixels, cv2.INTER_LINEAR)
            drawn = drawing(pixels, tooth, hatch, 0.8 * self.strength)
            bare = np.clip(0.24 + 0.24 * tooth + 0.46 * hatch, 0, 0.85)
            white = np.full_like(colour, 252)
            waxed = cv2.blendLinear(colour, white, 1 - bare, bare)
            return brush.times(np.asarray(waxed, np.uint8), 0.35 + 0.65 * drawn)

        return paint
