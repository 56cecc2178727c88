"""Vignette: corners fall off into darkness, the middle as it was."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.noise import gain_map, radius, shade
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Vignette(Spoken):
    """Dark corners."""

    strength: float = 1.0
    name: ClassVar[str] = "vignette"
    stage: ClassVar[Stage] = Stage.LOOK
    alters: ClassVar[frozenset[str]] = frozenset(["light"])
    examples: ClassVar[tuple[str, ...]] = (
        "add a vignette",
        "darken the corners",
        "add a subtle vignette to the video",
    )
    phrases: ClassVar[Phrases] = {
        "vignette": {},
        "vignetting": {},
        "dark corners": {},
        "darkened corners": {},
        "dark edges": {},
        "darkened edges": {},
        "dark vignette": {},
        "darken corners": {},
        "darken edges": {},
        "(darken|darkened|dark|darker|shade|shaded|dim|black) (corners|edges|borders)": {},
        "(corners|edges) (darkened|darker|fading to black|fade to black|fall off|dark)": {},
        "vignette (effect|look|around the edges)": {},
        "vignetted": {},
        "fade (corners|edges) to (black|dark)": {},
    }
    company: ClassVar[str] = (
        "soft dark around edges corners edge frame border borders round black fading"
    )

    def prepare(self, scene: Scene) -> Paint:
        """One map of gains for all frames."""
        height, width = scene.clip.height, scene.clip.width
        fall = tone.smoothstep(radius(height, width), 0.35, 1.05)
        gains = gain_map(np.asarray(1 - min(0.72 * self.strength, 0.97) * fall, np.float32))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index, seconds  # the same at all times
            return shade(pixels, gains)

        return paint
