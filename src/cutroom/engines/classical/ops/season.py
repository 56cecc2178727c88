"""Season: the leaves and the light of autumn, winter, spring or summer; nothing grows, falls or lies."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.exposure import samples
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.colour.transfer import from_oklab, oklab
from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.phrases import Phrases, Spoken, spoken

_LEAST = 0.03
"""Share of the clip that must be green for a season to show in its leaves."""

_TURN = r"(?:change|turn|set|switch|make|convert|transform) (?:the )?(?:season|time of year|autumn|fall|winter|spring|summer) (?:(?:to be|to|into|be) )?(?:the )?(?P<kind>autumn|fall|winter|spring|summer)"


@dataclass(frozen=True, slots=True)
class Season(Spoken):
    """A season's colours on what is green."""

    kind: str = "autumn"
    strength: float = 1.0
    name: ClassVar[str] = "season"
    stage: ClassVar[Stage] = Stage.LIGHT
    hint: ClassVar[str] = "autumn|fall|winter|spring|summer"
    examples: ClassVar[tuple[str, ...]] = (
        "make it autumn",
        "change the season to winter",
        "make it look like spring",
        "give it a summer look",
    )
    choices: ClassVar[Mapping[str, Collection[str]]] = {
        "kind": ("autumn", "winter", "spring", "summer")
    }
    phrases: ClassVar[Phrases] = {
        "(it|this|scene|everything|video|clip) [look|be] autumn": {"kind": "autumn"},
        "(like|into|to|as) (autumn|fall)": {"kind": "autumn"},
        "autumnal": {"kind": "autumn"},
        "(in|during) [the] (autumn|fall)": {"kind": "autumn"},
        "(autumn|fall|autumnal) (season|look|scene|scenery|vibe|atmosphere|mood|version)": {
            "kind": "autumn"
        },
        "(autumn|fall|autumnal) (colours|tones)": {"kind": "autumn"},
        "(leaves|trees) (in autumn|of autumn|turning (red|orange|yellow|golden))": {
            "kind": "autumn"
        },
        "(it|this|scene|everything|video|clip) [look|be] winter": {"kind": "winter"},
        "(like|into|to|as) winter": {"kind": "winter"},
        "wintry": {"kind": "winter"},
        "(in|during) [the] winter": {"kind": "winter"},
        "winter (season|look|scene|scenery|vibe|atmosphere|mood|version)": {"kind": "winter"},
        "(it|this|scene|everything|video|clip) [look|be] spring": {"kind": "spring"},
        "(like|into|to|as) spring": {"kind": "spring"},
        "springlike": {"kind": "spring"},
        "(in|during) [the] spring": {"kind": "spring"},
        "spring (season|look|scene|scenery|vibe|atmosphere|mood|version)": {"kind": "spring"},
        "(it|this|scene|everything|video|clip) [look|be] summer": {"kind": "summer"},
        "(like|into|to|as) summer": {"kind": "summer"},
        "summery": {"kind": "summer"},
        "(in|during) [the] summer": {"kind": "summer"},
        "summer (season|look|scene|scenery|vibe|atmosphere|mood|version)": {"kind": "summer"},
    }

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Set phrases, and `change the season to …`."""
        yield from spoken(cls, said, cls.phrases)
        for found in said.find(_TURN):
            kind = (found.groups["kind"] or "").replace("fall", "autumn")
            yield Reading(cls(kind), found.words, 1.2)

    def say(self) -> str:
        """Which season."""
        return f"the leaves and light of {self.kind}"

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames; a note where there is little green to change."""
        green = float(_leaf(samples(scene.clip).astype(np.float32) / 255).mean())
        if green < _LEAST:
            scene.tick.note(
                f"There is little green in this clip: only its light is that of {self.kind}."
            )
        return paint_of(self._turned)

    def _turned(self, rgb: Floats) -> Floats:
        """The season's leaves, then its light."""
        turn = {"autumn": _autumn, "winter": _winter, "spring": _spring, "summer": _summer}[
            self.kind
        ]
        return tone.mix(rgb, np.clip(turn(rgb), 0, 1), min(self.strength, 1.0))


def _leaf(rgb: Floats) -> Floats:
    """How much a colour is that of leaves and grass, 0..1, (…, 1): yellow-greens to greens of any depth."""
    lab = oklab(rgb)
    full = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    like = np.clip((hue - 92) / 14, 0, 1) * np.clip((172 - hue) / 20, 0, 1)
    return np.asarray((like * np.clip((full - 0.018) / 0.03, 0, 1))[..., None], np.float32)


def _regrown(rgb: Floats, turn: float, full: float, light: float) -> Floats:
    """Leaves with their hue turned by so many degrees, fuller by a factor, lighter by an addition."""
    lab = oklab(rgb)
    angle = np.arctan2(lab[..., 2], lab[..., 1]) + np.radians(turn)
    chroma = np.hypot(lab[..., 1], lab[..., 2]) * full
    grown = np.stack([lab[..., 0] + light, chroma * np.cos(angle), chroma * np.sin(angle)], axis=-1)
    return tone.mix(rgb, from_oklab(grown), _leaf(rgb))


def _autumn(rgb: Floats) -> Floats:
    """Greens to orange, the deeper ones to red, under a low warm sun."""
    deep = _regrown(rgb, -82, 1.45, 0.03)
    bright = _regrown(rgb, -56, 1.5, 0.04)
    leaves = tone.mix(deep, bright, tone.smoothstep(tone.luma(rgb), 0.18, 0.48))
    return tone.contrast(tone.warmth(leaves, 0.16), 0.06)


def _winter(rgb: Floats) -> Floats:
    """Leaves grey with frost, a pale cold light."""
    frosted = _regrown(rgb, 40, 0.16, 0.11)
    pale = tone.curve(tone.saturation(frosted, 0.66), ((0, 0.05), (0.5, 0.56), (1, 0.98)))
    return tone.warmth(pale, -0.30)


def _spring(rgb: Floats) -> Floats:
    """Young light greens, soft clear light."""
    young = _regrown(rgb, 4, 1.35, 0.07)
    clear = tone.curve(young, ((0, 0.02), (0.5, 0.56), (1, 1)))
    return tone.saturation(tone.warmth(clear, 0.05), 1.06)


def _summer(rgb: Floats) -> Floats:
    """Deep full greens, a high warm sun."""
    lush = _regrown(rgb, 6, 1.28, -0.01)
    return tone.saturation(tone.contrast(tone.warmth(tone.exposure(lush, 0.18), 0.20), 0.14), 1.10)
