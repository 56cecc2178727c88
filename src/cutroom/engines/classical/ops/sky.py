"""Sky: the sky of the clip becomes another, drawn and moving; the land gets its light."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.air.heavens import SkyName, found, under
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.ops.night import Night
from cutroom.engines.classical.ops.sunset import Sunset
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.phrases import Phrases, Spoken, spoken
from cutroom.errors import CannotDo

_SKIES: dict[SkyName, str] = {
    "sunset": r"(?:(?:dramatic|beautiful|golden|colou?rful|red|orange|pink|purple) )*(?:sunset|sundown|dusk|orange|red|pink|purple|golden)(?: sky| colou?rs)?",
    "stormy": r"(?:dark |very )?(?:stormy|threatening|ominous|dramatic|dark and stormy|storm|dark cloudy)(?: sky| clouds)?",
    "clear": r"(?:(?:clear|bright|deep|cloudless|sunny|summer) )*(?:blue|clear|cloudless|sunny|sunny blue)(?: sky| day sky)?",
    "cloudy": r"(?:partly )?(?:cloudy|cloudy sky|white clouds|fluffy clouds|sky with (?:white |fluffy |some )?clouds|full of clouds|cloudscape)",
    "night": r"(?:night|moonlit|night time|dark night|moonlit night)(?: sky)?",
}
_TURN = r"(?:make|turn|change|replace|swap|switch|transform|set|exchange) the sky(?: in (?:the|this) (?:video|clip|background))? (?:(?:to be|to|into|with|for|by|look like|like|look) )?(?:an? |the )?"


@dataclass(frozen=True, slots=True)
class Sky(Spoken):
    """Another sky: clear, cloudy, stormy, sunset or night."""

    kind: str = "clear"
    name: ClassVar[str] = "sky"
    stage: ClassVar[Stage] = Stage.LIGHT
    hint: ClassVar[str] = "sky"
    scaled: ClassVar[str] = ""
    choices: ClassVar[Mapping[str, Collection[str]]] = {"kind": tuple(_SKIES)}
    examples: ClassVar[tuple[str, ...]] = (
        "make the sky a sunset",
        "replace the sky with a stormy sky",
        "change the sky to a clear blue sky",
    )
    phrases: ClassVar[Phrases] = {
        "(sunset|dramatic sunset|colourful sunset|orange|pink|purple) sky": {"kind": "sunset"},
        "(stormy|dark stormy|dramatic stormy|threatening|ominous) sky": {"kind": "stormy"},
        "(storm clouds|dark storm clouds) [in the sky|to the sky]": {"kind": "stormy"},
        "(clear blue|bright blue|cloudless|deep blue|blue) sky": {"kind": "clear"},
        "(white|fluffy|puffy|fluffy white) clouds (in|to|on) the sky": {"kind": "cloudy"},
        "clouds (in|to) the sky": {"kind": "cloudy"},
    }

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Set phrases, and `make the sky …`."""
        yield from spoken(cls, said, cls.phrases, scaled="")
        if cls.hint in said.text:
            for kind, words in _SKIES.items():
                for found_in in said.find(_TURN + words):
                    yield Reading(cls(kind), found_in.words, 1.2)

    def prepare(self, scene: Scene) -> Paint:
        """The drawn sky over the graded land. Raises CannotDo where no sky is found."""
        sky = found(scene)
        if sky is None:
            raise CannotDo(
                "No clear sky was found in this clip, so it cannot be changed."
                " The light alone can: say “make it sunset”, “make it night” or “make it overcast”."
            )
        kind: SkyName = next((kind for kind in _SKIES if kind == self.kind), "clear")
        return under(scene, sky, kind, _land(kind, scene))


def _land(kind: SkyName, scene: Scene) -> Paint:
    if kind == "sunset":
        return Sunset().light(scene)
    if kind == "night":
        return Night().dark(scene)
    return paint_of(_LAND[kind])


def _in_sun(rgb: Floats) -> Floats:
    return tone.saturation(tone.contrast(tone.warmth(rgb, 0.10), 0.06), 1.06)


def _under_clouds(rgb: Floats) -> Floats:
    return tone.saturation(tone.warmth(rgb, -0.06), 0.95)


def _before_a_storm(rgb: Floats) -> Floats:
    return tone.warmth(tone.saturation(tone.exposure(rgb, -0.85), 0.68), -0.25)


_LAND = {"clear": _in_sun, "cloudy": _under_clouds, "stormy": _before_a_storm}
