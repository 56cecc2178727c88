"""Teal and orange: the cinema grade, cool shadows against warm skin and lights."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class TealOrange(Spoken):
    """Cool shadows, warm lights."""

    strength: float = 1.0
    name: ClassVar[str] = "teal_orange"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "teal and orange"
    examples: ClassVar[tuple[str, ...]] = (
        "make it cinematic",
        "teal and orange look",
        "give it a cinematic color grade",
    )
    phrases: ClassVar[Phrases] = {
        "teal and orange": {},
        "orange and teal": {},
        "teal & orange": {},
        "teal orange": {},
        "cinematic": {},
        "cinematic colours": {},
        "cinematic grade": {},
        "cinematic colour grade": {},
        "cinematic colour grading": {},
        "cinematic look": {},
        "hollywood": {},
        "blockbuster": {},
        "movie look": {},
        "split toning": {},
        "split toned": {},
        "split tone": {},
        "(hollywood|blockbuster|cinema|cinematic|movie|big movie|film) (colour grading|colour grade|grading|grade|colours|look|feel|style|colour|vibe)": {},
        "(teal|orange) and (orange|teal) (grade|grading|look|colours|tones)": {},
        "hollywood blockbuster [colour grading|look|grade|colours|style]": {},
        "(like|as) (a|in a) (big|hollywood|blockbuster|real|big budget) (movie|film|production)": {},
        "like a movie": {},
        "movie like": {},
        "(more|just) like [a] (cinema|movie|film)": {},
        "teal shadows [and orange (skin|highlights|lights|skin tones)]": {},
        "filmic": {},
        "cinematographic": {},
        "cinema (look|style|grade)": {},
        "more cinematic": {},
    }
    company: ClassVar[str] = (
        "big hollywood movie blockbuster film cinematic budget professional modern"
    )

    def grade(self, rgb: Floats) -> Floats:
        """A split tone with a firm S curve."""
        strength = min(self.strength, 1.8)
        warm = tone.split(rgb, (-0.10, 0.02, 0.09), (0.09, 0.015, -0.09), 0.9 * strength)
        return tone.saturation(tone.contrast(warm, 0.28 * strength), 1 + 0.08 * strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
