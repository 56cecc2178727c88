"""Thermal: false colours of a heat camera, by brightness and skin; it measures no heat."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken

_AT = (0.0, 0.18, 0.38, 0.56, 0.74, 0.9, 1.0)
_RAMP = np.array(
    [
        (0.02, 0.01, 0.12),
        (0.16, 0.05, 0.46),
        (0.56, 0.08, 0.55),
        (0.88, 0.22, 0.30),
        (0.98, 0.56, 0.10),
        (1.0, 0.88, 0.30),
        (1.0, 1.0, 0.92),
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class Thermal(Spoken):
    """Heat camera colours."""

    name: ClassVar[str] = "thermal"
    stage: ClassVar[Stage] = Stage.LOOK
    scaled: ClassVar[str] = ""
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like a thermal camera",
        "thermal vision",
        "heat vision effect",
    )
    phrases: ClassVar[Phrases] = {
        "thermal": {},
        "thermal (camera|vision|imaging|image|look|effect|view)": {},
        "heat (vision|map|camera|signature)": {},
        "heatmap": {},
        "predator vision": {},
        "infrared thermal": {},
        "thermal infrared": {},
    }
    company: ClassVar[str] = "camera imaging goggles view infrared"

    def grade(self, rgb: Floats) -> Floats:
        """Warm hues count as warmer than they are bright, blues and greens as colder."""
        warm = np.clip(rgb[..., :1] - 0.6 * rgb[..., 2:] - 0.4 * rgb[..., 1:2], -0.25, 0.4)
        heat = np.clip(0.80 * tone.luma(rgb) + 0.9 * warm + 0.08, 0, 1)[..., 0]
        return np.stack([np.interp(heat, _AT, c) for c in _RAMP.T], axis=-1).astype(np.float32)

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames."""
        del scene
        return paint_of(self.grade)
