"""Technicolor: the three-strip process of the 1940s; pure reds and cyans, creamy skin, deep blacks."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Technicolor(Spoken):
    """Three dyes; strength sets how pure."""

    strength: float = 1.0
    name: ClassVar[str] = "technicolor"
    stage: ClassVar[Stage] = Stage.LOOK
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like technicolor",
        "1950s technicolor film",
        "golden age of Hollywood technicolor",
    )
    phrases: ClassVar[Phrases] = {
        "technicolor": {},
        "technicolour": {},
        "(three|two) strip (technicolor|technicolour)": {},
        "(technicolor|technicolour) (film|look|style|movie|process)": {},
        "(1940s|1950s|40s|50s|old|classic|golden age) (technicolor|technicolour)": {},
        "(golden age of hollywood|golden age hollywood|1950s hollywood|old hollywood|wizard of oz) (look|style|technicolor|technicolour|colours|film)": {},
        "golden age of hollywood": {},
    }
    company: ClassVar[str] = "1940s 1950s classic old hollywood golden age movie film vivid"

    def grade(self, rgb: Floats) -> Floats:
        """Each dye answers to its own strip alone: what two strips share is taken from both."""
        amount = np.float32(min(self.strength, 1.6))
        red, green, blue = rgb[..., :1], rgb[..., 1:2], rgb[..., 2:]
        shared = np.concatenate([(green + blue) / 2, (red + blue) / 2, (red + green) / 2], axis=-1)
        dyed = rgb + (rgb - shared) * 0.55 * amount
        warm = dyed * np.array([1.04, 1.0, 0.93], np.float32) + np.array(
            [0.0, 0.004, 0.012], np.float32
        )
        return tone.contrast(np.clip(warm, 0, 1), 0.22 * float(amount))

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
