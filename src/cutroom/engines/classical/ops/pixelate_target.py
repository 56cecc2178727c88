"""Pixelate: a thing, or all but a thing, in blocks too coarse to see it."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.aimed import Aim, found, grown
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.aim import ANY, Aimed
from cutroom.engines.classical.target import understand

_MOSAIC = r"(?:(?:pixelation|pixellation|mosaic|pixelated|censor|censorship|pixels?|big pixels|censor bar)(?: effect| filter| blur| blocks| pattern)?)"


@dataclass(frozen=True, slots=True)
class PixelateTarget(Aimed):
    """Blocks of one colour each over one thing, or over all the rest."""

    name: ClassVar[str] = "pixelate_target"
    stage: ClassVar[Stage] = Stage.OBJECT
    hints: ClassVar[tuple[str, ...]] = (
        "pixelate|pixellate|pixelise|pixelize|pixelated|censor|mosaic|pixelation",
    )
    forms: ClassVar[tuple[str, ...]] = (
        rf"(?:pixelate|pixellate|pixelise|pixelize|censor|mosaic)(?: out)? {ANY}(?: with (?:a |big |large )?{_MOSAIC})?",
        rf"(?:put|apply|add|lay|use|place) (?:a |an |some )?{_MOSAIC} (?:over|on|to|onto|across|for) {ANY}",
        rf"(?:make|turn|render) {ANY} (?:pixelated|pixellated|into (?:pixels|a mosaic))",
    )
    examples: ClassVar[tuple[str, ...]] = (
        "pixelate the car",
        "censor the person",
        "put a mosaic over the dog",
        "pixelate everything but the ball",
    )

    def say(self) -> str:
        """What is pixelated."""
        return f"{self.thing()} pixelated"

    def prepare(self, scene: Scene) -> Paint:
        """Find it. Raises CannotDo where it is not found, or not surely enough to be cut out."""
        aim = found(self, scene)
        if not aim.around and understand(self.what).kind in {"person", "face"}:
            scene.tick.note(
                "Pixels were laid where the person was found. That hides nobody for certain: look at"
                " every frame before you show the clip to others."
            )
        side = _side(aim, scene)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            height, width = pixels.shape[:2]
            inside = grown(aim.inside(pixels, index), 0.004 * height)
            rows, columns = -(-height // side), -(-width // side)
            pad = ((0, rows * side - height), (0, columns * side - width))
            whole = np.pad(pixels, (*pad, (0, 0)), mode="edge")
            area = np.pad(inside, pad, mode="edge")
            blocks = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
            share = cv2.resize(area, (columns, rows), interpolation=cv2.INTER_AREA)
            hit = (share < 0.5) if aim.around else (share > 0.12)
            shown = np.repeat(np.repeat(blocks, side, 0), side, 1)[:height, :width]
            chosen = np.repeat(np.repeat(hit, side, 0), side, 1)[:height, :width]
            return np.where(chosen[..., None], shown, pixels).astype(np.uint8)

        return paint


def _side(aim: Aim, scene: Scene) -> int:
    """The side of a block in pixels: a seventh of the thing's shorter side, so that little is left of it."""
    clip = scene.clip
    least = max(3, round(clip.height / 45))
    if aim.around:
        return least
    boxes = [b for s in aim.subjects for i in range(clip.frames) if (b := s.box(i))]
    sides = [min(right - left, bottom - top) for left, top, right, bottom in boxes]
    return max(least, round(float(np.median(sides)) / 7)) if sides else least
