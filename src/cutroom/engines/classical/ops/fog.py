"""Fog: drifting banks, thicker towards the horizon than at one's feet."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import anchor
from cutroom.engines.classical.air.particles import cover, lit
from cutroom.engines.classical.bars import within
from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import clouds, dice, slid
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Fog(Spoken):
    """Fog; density 1 hides about half of what is far."""

    density: float = 1.0
    name: ClassVar[str] = "fog"
    stage: ClassVar[Stage] = Stage.WEATHER
    label: ClassVar[str] = "fog"
    scaled: ClassVar[str] = "density"
    examples: ClassVar[tuple[str, ...]] = (
        "make it foggy",
        "add drifting fog",
        "add a light mist",
    )
    phrases: ClassVar[Phrases] = {
        "fog": {},
        "foggy": {},
        "misty": {},
        "mist": {},
        "haze": {},
        "hazy": {},
        "fog effect": {},
        "morning mist": {},
        "drifting fog": {},
        "foggy weather": {},
        "foggy day": {},
        "smoky haze": {},
        "shrouded in fog": {},
        "shrouded in mist": {},
        "covered in fog": {},
        "mist rolling in": {},
        "fog rolling in": {},
        "rolling fog": {},
        "(fog|mist|haze) (rolling|drifting|creeping|hanging|lying|hovering|swirling|coming|floating|settling) [in|over|through|around|low|in the air|over the ground|across]": {},
        "(low|thick|dense|heavy|light|thin|drifting|rolling|creeping|swirling|ground|sea|morning|soft|eerie|mystic) (fog|mist|haze|hanging fog|lying fog)": {},
        "(foggy|misty|hazy) (weather|day|atmosphere|look|mood|air|scene|light|landscape)": {},
        "(foggy|misty) (and|,) (misty|foggy)": {},
        "(wrap|wrapped|cover|covered|shroud|shrouded|veil|veiled|drown|drowned|blanket|blanketed|fill|filled|hide|hidden|bury) in (fog|mist|haze)": {},
        "(veil|blanket|bank|banks|wall|layer|layers) of (fog|mist|haze)": {},
        "fog (machine|bank|banks|effect|machine haze)": {},
        "(pea soup|murky air|brume)": {},
    }
    company: ClassVar[str] = (
        "low drifting rolling creeping thick hanging lying in over ground wrap wrapped cover covered shrouded air everywhere through slowly pale eerie banks"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Two banks of seamless noise that drift at their own pace, at a quarter of the size."""
        return within(scene, self._drifting)

    def _drifting(self, scene: Scene) -> Paint:
        world = anchor(scene)
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        rows, columns = max(4, height // 4), max(4, width // 4)
        banks = [
            clouds(rows, columns, cell, 4, dice(seed, 303, n)) for n, cell in enumerate((0.9, 0.42))
        ]
        down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        depth = 0.38 + 0.62 * np.exp(-(((down - 0.30) / 0.36) ** 2))
        calm = paint_of(lambda rgb: tone.saturation(rgb, max(0.3, 1 - 0.35 * self.density)))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            x, y = world.at(index)
            drifted = sum(
                slid(bank, (seconds * pace + x) * rows, (seconds * rise + y) * rows)
                for bank, pace, rise in zip(banks, (0.035, -0.06), (0.004, 0.009), strict=True)
            )
            far = cv2.resize(_far(pixels), (columns, rows), interpolation=cv2.INTER_AREA)
            thick = self.density * depth * (0.30 + 0.45 * drifted) * (0.75 + 0.5 * far)
            share = np.asarray(1 - np.exp(-1.25 * thick), np.float32)
            whole = cv2.resize(share, (width, height), interpolation=cv2.INTER_CUBIC)
            calmed = calm(pixels, index, seconds)
            return cover(
                calmed, lit(pixels, 62, 214, 0.15), np.clip(np.asarray(whole, np.float32), 0, 0.96)
            )

        return paint


def _far(pixels: Pixels) -> Floats:
    """What is pale and colourless is likely far (sky, distance): 0..1, smooth, at an eighth of the size."""
    height, width = pixels.shape[:2]
    small = cv2.resize(
        pixels, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA
    )
    dark = small.min(axis=-1).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), max(height / 160, 0.8)), np.float32)
