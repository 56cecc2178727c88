"""Oil painting: dabs that follow the forms, bristle marks that catch the light."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import grain_bank
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class OilPainting(Spoken):
    """Oil on canvas; strength sets the size of the dabs."""

    strength: float = 1.0
    name: ClassVar[str] = "oil_painting"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "oil painting"
    examples: ClassVar[tuple[str, ...]] = (
        "make the style oil painting.",
        "turn the video into an oil painting",
        "make it look like a painting",
    )
    phrases: ClassVar[Phrases] = {
        "oil painting": {},
        "oil paint": {},
        "oil painted": {},
        "oil on canvas": {},
        "painted in oil": {},
        "painted in oils": {},
        "oils": {},
        "a painting": {},
        "into a painting": {},
        "painterly": {},
        "like a painting": {},
        "painting style": {},
        "oil painting style": {},
        "oil painting look": {},
        "oil colour": {},
        "brush strokes": {},
        "brushstrokes": {},
        "impasto": {},
        "acrylic painting": {},
        "classical painting": {},
        "oil painting (effect|filter|version)": {},
        "(painted|rendered|done) in (oil|oils)": {},
        "(thick|bold|visible|heavy|expressive|broad) (brush strokes|brushstrokes|brushwork|strokes of paint)": {},
        "painted canvas": {},
        "painted on canvas": {},
        "paint strokes": {},
        "canvas painting": {},
        "old master painting": {},
        "paint it in (oil|oils)": {},
        "painted look": {},
        "hand painted": {},
    }
    company: ClassVar[str] = (
        "thick thin bold visible heavy expressive broad hand painted paint brush strokes brushstrokes canvas texture old masters master artist textured painter"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Painted at up to 540 lines; the bristles' noise stands still."""
        rows = min(scene.clip.height, 540)
        columns = max(1, round(scene.clip.width * rows / scene.clip.height))
        bristles = grain_bank(rows, columns, 0.7, scene.seed)[:rows, :columns]
        radius = max(2, round(rows / 90 * self.strength**0.7))
        rich = paint_of(lambda rgb: tone.contrast(tone.saturation(rgb, 1.22), 0.15))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            dabs = brush.bytes_of(brush.kuwahara(np.asarray(small, np.uint8), radius, 6.0))
            vx, vy = brush.flow(dabs, max(rows / 130, 1.0))
            marks = brush.strokes(vx, vy, max(3, rows // 60), np.ascontiguousarray(bristles))
            relief = cv2.GaussianBlur(marks, (0, 0), 0.7)
            slope = cv2.Sobel(relief, cv2.CV_32F, 1, 1, ksize=3)
            light = np.clip(1 + 0.055 * slope + 0.035 * marks, 0.6, 1.4).astype(np.float32)
            painted = brush.times(rich(dabs, index, seconds), light)
            return brush.grown(painted, pixels)

        return paint
