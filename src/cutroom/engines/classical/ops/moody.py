"""Moody: darker and denser, colours subdued, shadows leaning to blue-green."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Moody(Spoken):
    """A dark, dense mood."""

    strength: float = 1.0
    name: ClassVar[str] = "moody"
    stage: ClassVar[Stage] = Stage.LIGHT
    beside: ClassVar[frozenset[str]] = frozenset({"light", "exposure", "brightness"})
    examples: ClassVar[tuple[str, ...]] = (
        "make it moody",
        "dark and moody",
        "add dramatic lighting",
    )
    phrases: ClassVar[Phrases] = {
        "moody": {},
        "moodier": {},
        "gloomy": {},
        "dark and moody": {},
        "moody and dark": {},
        "sombre": {},
        "somber": {},
        "brooding": {},
        "ominous": {},
        "melancholic": {},
        "melancholy": {},
        "dramatic": {},
        "dramatic lighting": {},
        "dramatic light": {},
        "bleak": {},
        "eerie": {},
        "sinister": {},
        "dreary": {},
        "moody lighting": {},
        "moody light": {},
        "(gloomy|moody|sombre|brooding|ominous|eerie|sinister|bleak|melancholic|spooky|menacing|threatening|creepy|tense) (mood|atmosphere|look|feel|vibe|tone|lighting|light|grade|ambience)": {},
        "(horror|thriller) (movie|film) [look|lighting|mood|grade]": {},
        "(spooky|menacing|creepy|threatening|depressing)": {},
        "(more|darker and more|dark and) (ominous|sinister|brooding|gloomy|moody|dramatic|menacing|mysterious)": {},
        "mysterious": {},
        "(darker|dark) (mood|atmosphere|and moodier)": {},
        "dark (and|,) (gloomy|brooding|sinister|ominous|melancholic|dramatic|bleak|mysterious)": {},
        "(gloomy|brooding) (,|and) (brooding|gloomy)": {},
    }
    company: ClassVar[str] = "darker dark gloomy brooding ominous sinister mysterious tense heavy"

    def grade(self, rgb: Floats) -> Floats:
        """Less light, firmer curve, quiet colours."""
        strength = min(self.strength, 1.7)
        dim = tone.contrast(tone.exposure(rgb, -0.75 * strength), 0.25 * strength)
        quiet = tone.saturation(dim, 1 - 0.38 * min(strength, 1.5))
        toned = tone.split(quiet, (-0.015, 0.012, 0.028), (0.02, 0.008, -0.015), strength)
        return tone.curve(toned, ((0, 0.02), (0.2, 0.17), (0.7, 0.68), (1, 0.95)))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
