"""Glitch: a digital signal that stumbles; torn slices, colours out of step, blocks that repeat."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Glitch(Spoken):
    """Faults of a signal; strength sets how many."""

    strength: float = 1.0
    name: ClassVar[str] = "glitch"
    stage: ClassVar[Stage] = Stage.LOOK
    flashes: ClassVar[bool] = True
    """Its faults come and go, as they were asked to."""
    examples: ClassVar[tuple[str, ...]] = (
        "add a glitch effect",
        "make it glitchy",
        "digital glitch",
    )
    phrases: ClassVar[Phrases] = {
        "glitch": {},
        "glitchy": {},
        "glitches": {},
        "glitch (effect|art|look|style|filter|aesthetic)": {},
        "digital (glitch|glitches|distortion|corruption|artifacts|artefacts)": {},
        "datamosh": {},
        "data corruption": {},
        "corrupted (video|signal|footage)": {},
        "signal (glitch|error|interference)": {},
        "rgb glitch": {},
        "glitched": {},
        "glitching": {},
    }
    company: ClassVar[str] = "digital rgb vhs tv cyber signal"

    def prepare(self, scene: Scene) -> Paint:
        """Every few frames the fault is another; between faults only the colours are out of step."""
        seed = scene.seed

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del index  # faults last a tenth of a second, whatever the rate
            height, width = pixels.shape[:2]
            rng = dice(seed, 421, int(seconds * 10 + 1e-6))
            bad = rng.random() < 0.42
            apart = max(1, round((0.012 if bad else 0.005) * height * self.strength))
            torn = pixels.copy()
            torn[:, :, 0] = np.roll(pixels[:, :, 0], apart, axis=1)
            torn[:, :, 2] = np.roll(pixels[:, :, 2], -apart, axis=1)
            for _ in range(round((9 if bad else 2) * self.strength)):
                _slip(torn, rng, height, width)
            if bad:
                _repeat(torn, rng, height, width)
            torn[:: max(2, round(height / 240))] = (
                torn[:: max(2, round(height / 240))] * 0.88
            ).astype(np.uint8)
            return torn

        return paint


def _slip(torn: Pixels, rng: np.random.Generator, height: int, width: int) -> None:
    """A slice of lines that comes too early or too late, in place."""
    tall = max(1, round(height * rng.uniform(0.006, 0.06)))
    top = int(rng.integers(0, max(1, height - tall)))
    torn[top : top + tall] = np.roll(
        torn[top : top + tall], int(rng.normal(0, 0.05) * width), axis=1
    )


def _repeat(torn: Pixels, rng: np.random.Generator, height: int, width: int) -> None:
    """Blocks that show another place, one of them in one colour, in place."""
    cell = max(4, height // 20)
    for n in range(4):
        tall, wide = cell * int(rng.integers(1, 3)), cell * int(rng.integers(2, 8))
        if tall >= height or wide >= width:
            continue
        top, left = int(rng.integers(0, height - tall)), int(rng.integers(0, width - wide))
        up = int(
            np.clip(top + rng.normal(0, 0.05) * height, 0, height - tall)
        )  # lighting stays alike
        aside = int(rng.integers(0, width - wide))
        block = torn[up : up + tall, aside : aside + wide].copy()
        if n == 0:
            block[..., int(rng.integers(0, 3))] = 255 - block[..., 1]
        torn[top : top + tall, left : left + wide] = block
