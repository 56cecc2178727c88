"""Spotlight: a pool of light from above that follows somebody, the surroundings in the dark."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import paint_of
from cutroom.engines.classical.noise import gain_map, screened, shade
from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.phrases import Phrases, Spoken, spoken
from cutroom.engines.classical.sight.movers import Box
from cutroom.engines.classical.target import PATTERN, Target, understand
from cutroom.errors import CannotDo

_ON = rf"(?:spot ?light (?P<lit>(?!on |effect|light|from |look){PATTERN})|(?:(?:add|put|shine|throw|cast|point|aim|use|place|have|keep|with) )?(?:a |the )?(?:bright |single )?(?:spot ?light|stage light) (?:on|onto|at|that follows|following|to follow|over) (?P<what>{PATTERN}))"


@dataclass(frozen=True, slots=True)
class Spotlight(Spoken):
    """A stage light on somebody."""

    strength: float = 1.0
    on: str = ""
    """As it was said, e.g. `the man`; empty: whoever moves, else the middle."""
    name: ClassVar[str] = "spotlight"
    stage: ClassVar[Stage] = Stage.LIGHT
    hint: ClassVar[str] = "light"
    examples: ClassVar[tuple[str, ...]] = (
        "add spotlight effect.",
        "add a spotlight",
        "stage lighting",
        "put a spotlight on the man",
    )
    phrases: ClassVar[Phrases] = {
        "spotlight": {},
        "spot light": {},
        "stage light": {},
        "stage lighting": {},
        "spotlight effect": {},
        "spotlights": {},
        "theatre light": {},
        "theatre lighting": {},
        "spotlight lighting": {},
        "spotlit": {},
        "(spotlight|stage light|stage spotlight|theatre spotlight|single spotlight) (effect|from above|on the middle|in the middle|look|lighting)": {},
        "(shine|point|put|throw|cast) a spotlight [from above]": {},
        "(lit|illuminated) by a [single] spotlight": {},
        "pool of light [in the middle]": {},
        "(like|as) on (a|the) stage": {},
        "theatrical (lighting|light)": {},
        "stage lights": {},
    }
    company: ClassVar[str] = (
        "shine shining from above single round middle centre everything around it in darkness dark surroundings else beam theatrical"
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Set phrases, and a light on somebody."""
        yield from spoken(cls, said, cls.phrases, company=cls.company)
        if cls.hint in said.text:
            for found in said.find(_ON):
                yield Reading(
                    cls(on=found.groups["what"] or found.groups["lit"] or ""), found.words, 1.2
                )

    def prepare(self, scene: Scene) -> Paint:
        """A cone from the top and the pool it makes; it follows whom it is on, or who moves.

        Raises CannotDo where somebody was named who is not found; otherwise the middle is lit.
        """
        path = self._followed(scene)
        height, width = scene.clip.height, scene.clip.width
        rows = min(height, 120)
        columns = max(1, round(width * rows / height))
        y, x = (np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5) / rows
        dark = 0.86 * min(self.strength, 1.12)
        table = paint_of(lambda rgb: tone.contrast(tone.warmth(rgb, 0.12), 0.2))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            at_x, at_y, size = path[min(index, len(path) - 1)]
            pool = 1 - tone.smoothstep(
                np.hypot((x - at_x) / size, (y - at_y) / (1.22 * size)).astype(np.float32),
                0.55,
                1.1,
            )
            across = np.abs(x - at_x) / (0.05 + 0.9 * size * y)
            cone = (1 - tone.smoothstep(across.astype(np.float32), 0.55, 1.0)) * (1 - 0.75 * y)
            small = np.asarray(1 - dark * (1 - pool), np.float32)
            gains = gain_map(np.asarray(cv2.resize(small, (width, height)), np.float32))
            haze = np.asarray(cv2.resize(cone.astype(np.float32), (width, height)), np.float32)
            beam = cv2.convertScaleAbs(haze[..., None] * np.array([46, 42, 33], np.float32))
            return screened(shade(table(pixels, index, seconds), gains), np.asarray(beam, np.uint8))

        return paint

    def _followed(self, scene: Scene) -> NDArray[np.float64]:
        """(frames, 3): middle of the pool across and down, and its half width, all in heights."""
        aspect = scene.clip.width / scene.clip.height
        middle = np.array([[aspect / 2, 0.56, 0.46]])
        if scene.anchor is not None or scene.clip.frames < 3:
            return middle
        try:
            subject = scene.sight.find(understand(self.on) if self.on else Target())
        except CannotDo:
            if self.on:
                raise
            scene.tick.note("Nobody was found to put the light on: it is on the middle.")
            return middle
        return _smooth([subject.box(n) for n in range(scene.clip.frames)], scene, middle)


def _smooth(
    boxes: list[Box | None], scene: Scene, middle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A lamp swings slower than who it follows runs: the boxes' path, averaged over half a second."""
    height = scene.clip.height
    seen = [n for n, box in enumerate(boxes) if box is not None]
    if not seen:
        return middle
    found = np.array([_aim(box, height) for box in boxes if box is not None])
    every = np.arange(len(boxes))
    path = np.stack([np.interp(every, seen, column) for column in found.T], axis=-1)
    sigma = max(float(scene.clip.rate) * 0.25, 1.0)
    padded = np.pad(path, ((len(path), len(path)), (0, 0)), mode="edge")
    smooth = cv2.GaussianBlur(padded, (0, 0), sigmaX=0.1, sigmaY=sigma)
    return np.asarray(smooth[len(path) : 2 * len(path)], np.float64)


def _aim(box: Box, height: int) -> tuple[float, float, float]:
    """Where the light goes for a box in pixels, in heights."""
    left, top, right, bottom = box
    tall, wide = (bottom - top) / height, (right - left) / height
    size = float(np.clip(0.62 * max(tall, wide), 0.24, 0.6))
    return (left + right) / 2 / height, (top + 0.52 * (bottom - top)) / height, size
