"""Vibrant: richer colours; pale ones gain most, skin and full ones least."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Vibrant(Spoken):
    """Richer colours."""

    strength: float = 1.0
    name: ClassVar[str] = "vibrant"
    stage: ClassVar[Stage] = Stage.LOOK
    beside: ClassVar[frozenset[str]] = frozenset({"colours", "colour", "tones", "hues", "palette"})
    examples: ClassVar[tuple[str, ...]] = (
        "use vibrant colors style.",
        "boost the saturation",
        "make the colours pop",
    )
    phrases: ClassVar[Phrases] = {
        "vibrant": {},
        "vibrant colours": {},
        "vivid": {},
        "vivid colours": {},
        "more colourful": {},
        "colourful": {},
        "more saturated": {},
        "more saturation": {},
        "saturated": {},
        "saturated colours": {},
        "increase saturation": {},
        "boost saturation": {},
        "boost colours": {},
        "enhance colours": {},
        "raise saturation": {},
        "rich colours": {},
        "richer colours": {},
        "brilliant colours": {},
        "intense colours": {},
        "bold colours": {},
        "make colours pop": {},
        "colours pop": {},
        "bright colours": {},
        "brighter colours": {},
        "(saturation|vibrance) (up|higher|increased)": {},
        "(boost|enhance|intensify|strengthen|pump up|punch up|amp up|liven up|brighten up|saturate|enrich|deepen|increase|push) colours": {},
        "(saturate|saturating|oversaturated|hypersaturated)": {},
        "(vivid|vibrant|punchy|lively|rich|bold|strong|brilliant|bright|saturated|intense|vibrant and vivid|popping|juicy|eye catching) colours": {},
        "colours (pop|popping|stand out|richer|stronger|brighter|vivid|more vivid|livelier|more intense)": {},
        "(richer|stronger|livelier|brighter|punchier|bolder|deeper) colours": {},
        "(too|so|rather|a bit|very) (dull|pale|washed out|grey|colourless) [,] (boost|saturate|enhance) [them|it|colours]": {},
        "colours [are|look] too (dull|pale|grey|washed out|weak|muted|bland|flat)": {},
        "too (dull|pale|bland|colourless)": {},
        "more (vivid|vibrant|colour|colours|life)": {},
        "vividly coloured": {},
        "boost them": {},
        "make them pop": {},
    }
    company: ClassVar[str] = "lively punchy rich bold"

    def grade(self, rgb: Floats) -> Floats:
        """Saturation where there is room for it."""
        spread = rgb.max(axis=-1, keepdims=True) - rgb.min(axis=-1, keepdims=True)
        skin = tone.smoothstep(rgb[..., :1] - rgb[..., 1:2], 0.04, 0.2) * tone.smoothstep(
            rgb[..., 1:2] - rgb[..., 2:], 0.0, 0.12
        )
        gain = 0.75 * self.strength * (1 - 0.6 * spread) * (1 - 0.45 * skin)
        return tone.contrast(tone.saturation(rgb, 1 + gain), 0.12 * self.strength)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
