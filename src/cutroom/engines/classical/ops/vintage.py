"""Vintage: a faded warm print of the 1970s; milky blacks, soft corners, a breath of grain."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import (
    dice,
    gain_map,
    grain_bank,
    grained,
    radius,
    shade,
    window,
)
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Vintage(Spoken):
    """A faded print."""

    strength: float = 1.0
    name: ClassVar[str] = "vintage"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make the style vintage.",
        "give it a retro look",
        "1970s film look",
    )
    phrases: ClassVar[Phrases] = {
        "vintage": {},
        "retro": {},
        "old fashioned": {},
        "old-fashioned": {},
        "vintage film": {},
        "vintage film look": {},
        "(60s|1960s|70s|1970s) film look": {},
        "vintage photo": {},
        "retro film": {},
        "nostalgic": {},
        "nostalgia": {},
        "70s": {},
        "1970s": {},
        "seventies": {},
        "60s": {},
        "1960s": {},
        "sixties": {},
        "polaroid": {},
        "instagram": {},
        "super 8": {},
        "super8": {},
        "aged": {},
        "kodachrome": {},
        "old school": {},
        "vintage camera": {},
        "(from|in|of) the (70s|1970s|seventies|60s|1960s|sixties)": {},
        "faded (film|print|photo|photograph)": {},
        "(old|faded) (kodak|film stock)": {},
        "old film stock": {},
        "aged look": {},
        "retro (look|style|feel|filter|effect|vibe)": {},
        "(70s|1970s|60s|1960s|retro|vintage) (home movie|movie|film|photo|photograph|postcard|filter|footage)": {},
        "super 8 (film|footage|home movie)": {},
        "analogue (photo|film) look": {},
        "shot on film": {},
    }
    company: ClassVar[str] = "faded washed worn aged old nostalgic colours colour analogue print"

    def prepare(self, scene: Scene) -> Paint:
        """A faded table, soft corners, and grain by frame."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        table = paint_of(self._fade)
        fall = tone.smoothstep(radius(height, width), 0.4, 1.1)
        gains = gain_map(np.asarray(1 - min(0.42 * self.strength, 0.8) * fall, np.float32))
        bank = grain_bank(height, width, height / 1000, seed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            faded = shade(table(pixels, index, seconds), gains)
            grain = window(bank, height, width, dice(seed, 403, index))
            return grained(faded, grain, 3.5 * min(self.strength, 2.0))

        return paint

    def _fade(self, rgb: Floats) -> Floats:
        warm = tone.warmth(tone.saturation(rgb, 0.72), 0.38)
        toned = tone.split(warm, (0.055, 0.012, 0.035), (0.045, 0.022, -0.075))
        faded = tone.curve(toned, ((0, 0.085), (0.25, 0.275), (0.6, 0.62), (1, 0.93)))
        return tone.mix(rgb, faded, min(self.strength, 1.4))
