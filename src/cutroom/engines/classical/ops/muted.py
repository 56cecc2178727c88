"""Muted: a subdued palette, colours drawn together and softened."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Muted(Spoken):
    """Quieter colours."""

    strength: float = 1.0
    name: ClassVar[str] = "muted"
    stage: ClassVar[Stage] = Stage.LOOK
    beside: ClassVar[frozenset[str]] = frozenset({"colours", "colour", "tones", "hues", "palette"})
    examples: ClassVar[tuple[str, ...]] = (
        "Apply a subdued color palette to the image.",
        "make the colours muted",
        "desaturate the video",
    )
    phrases: ClassVar[Phrases] = {
        "muted": {},
        "muted colours": {},
        "muted tones": {},
        "subdued": {},
        "subdued colours": {},
        "subdued colour palette": {},
        "desaturated": {},
        "desaturate": {},
        "desaturated colours": {},
        "less saturated": {},
        "less saturation": {},
        "reduce saturation": {},
        "lower saturation": {},
        "decrease saturation": {},
        "less colourful": {},
        "pastel colours": {},
        "muted palette": {},
        "muted colour palette": {},
        "washed out colours": {},
        "pale colours": {},
        "subtle colours": {},
        "(saturation|vibrance) (down|lower|reduced)": {},
        "(tone|dial|turn|bring|calm|quieten|take) down colours": {},
        "(mute|soften|dull|tame|desaturate|weaken|reduce|fade|wash out) colours": {},
        "(muted|subdued|desaturated|pale|faded|dull|quiet|toned down|understated|pastel|earthy|drab|soft|washed out) (colours|tones|palette|hues|colour palette|colour scheme|shades)": {},
        "colours (muted|subdued|softer|paler|less intense|less vivid|less saturated|toned down|duller)": {},
        "less (vivid|vibrant|colourful|saturated|colour|garish)": {},
        "(softer|paler|calmer|quieter|duller) (colours|tones)": {},
        "colours [are|look] too (strong|loud|bright|garish|intense|saturated|vivid|colourful)": {},
        "too (colourful|saturated|garish|vivid)": {},
        "partly desaturated": {},
        "(take|pull|drain|wash) (some|a bit|a little) [of] colour (out|away)": {},
    }
    company: ClassVar[str] = "tone tones"

    def grade(self, rgb: Floats) -> Floats:
        """Less colour and a slightly softer scale."""
        softer = tone.saturation(rgb, max(0.0, 1 - 0.55 * self.strength))
        share = min(0.5 * self.strength, 0.8)
        return tone.mix(softer, tone.curve(softer, ((0, 0.05), (0.5, 0.5), (1, 0.95))), share)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
