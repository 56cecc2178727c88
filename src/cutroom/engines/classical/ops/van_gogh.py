"""Van Gogh: thick strokes in rows that follow the forms and swirl where there are none, blues against yellows."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.marks.bristles import stroked
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class VanGogh(Spoken):
    """Post-impressionist strokes; strength sets their size."""

    strength: float = 1.0
    name: ClassVar[str] = "van_gogh"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "strokes after Van Gogh"
    examples: ClassVar[tuple[str, ...]] = (
        "make the style Van Gogh.",
        "in the style of Vincent van Gogh",
        "make it post-impressionist",
    )
    phrases: ClassVar[Phrases] = {
        "van gogh": {},
        "vincent van gogh": {},
        "(van gogh|vincent van gogh) (style|painting|style painting|look|effect|art)": {},
        "(painted|made) by (van gogh|vincent van gogh)": {},
        "(like|as|in the style of) (a van gogh|van gogh|vincent van gogh)": {},
        "van gogh style painting": {},
        "starry night (style|painting|look)": {},
        "(like|in the style of) the starry night": {},
        "post-impressionist": {},
        "post-impressionism": {},
        "post impressionist": {},
        "post impressionism": {},
        "post-impressionist (painting|style)": {},
        "swirling (brush strokes|brushstrokes|strokes)": {},
    }
    company: ClassVar[str] = (
        "paint painting painted swirling bold thick expressive brush strokes impasto starry night oil sky art masterpiece"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Strokes in his colours."""
        return stroked(scene.clip, scene.seed, self.strength, _palette)


def _palette(rgb: Floats) -> Floats:
    """Cobalt and ultramarine in the shadows, chrome yellow in the lights, greens kept; nothing is grey."""
    full = tone.saturation(tone.contrast(rgb, 0.18), 1.5)
    split = tone.split(full, (-0.05, 0.0, 0.20), (0.07, 0.04, -0.17), 0.9)
    return tone.curve(split, ((0, 0.05), (0.5, 0.53), (1, 0.97)))
