"""Blur of a thing or of the background: out of focus, the rest as sharp as it was."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.aimed import Floats, found, grown, laid
from cutroom.engines.classical.noise import blurred
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.aim import ANY, Aimed

_SOFT = r"(?:blurry|blurred|out of focus|unfocused|defocused|unsharp|soft and blurry|fuzzy)"
_DEGREES = {"slightly": 0.5, "a little": 0.5, "a bit": 0.5, "softly": 0.6, "gently": 0.6, "strongly": 1.7, "heavily": 1.7, "a lot": 1.7, "completely": 2.0}  # fmt: skip
_MUCH = "|".join(_DEGREES)


@dataclass(frozen=True, slots=True)
class BlurTarget(Aimed):
    """A lens that is out of focus for one thing, or for all behind it."""

    strength: float = 1.0
    name: ClassVar[str] = "blur_target"
    stage: ClassVar[Stage] = Stage.OBJECT
    hints: ClassVar[tuple[str, ...]] = (
        "blur|blurry|blurred|blurs|defocus|focus|unsharp|bokeh|depth of field|portrait",
    )
    forms: ClassVar[tuple[str, ...]] = (
        rf"(?:(?P<before>{_MUCH}) )?(?:blur|defocus)(?: out)? {ANY}(?: (?P<after>{_MUCH}))?",
        rf"(?:make|turn|render|put|throw|set|get|have|take) {ANY} {_SOFT}",
        r"(?:add|give it|with|apply|use|create|make) (?:a |an )?(?:softly |nicely )?(?:blurred|blurry|bokeh|out of focus) (?:background|backdrop)",
        r"(?:add |give it |apply |use |create |with )?(?:a )?(?:shallow depth of field|background blur|portrait mode|bokeh (?:background|effect))(?: effect| look)?",
    )
    examples: ClassVar[tuple[str, ...]] = (
        "blur the background",
        "blur the car",
        "blur everything except the dog",
        "make the background out of focus",
        "add a shallow depth of field",
    )

    @classmethod
    def aimed(
        cls, words: str, groups: dict[str, str | None], *, around: bool
    ) -> "BlurTarget | None":
        """With the degree that was said, before or after."""
        said = groups.get("before") or groups.get("after")
        return cls(words, around, _DEGREES[said] if said else 1.0)

    def say(self) -> str:
        """What is blurred, and how much where that is not usual."""
        much = "" if self.strength == 1 else f" (strength {self.strength:g})"
        return f"{self.thing()} blurred{much}"

    def prepare(self, scene: Scene) -> Paint:
        """Find it. Raises CannotDo where it is not found, or not surely enough to be cut out."""
        aim = found(self, scene)
        height = scene.clip.height
        sigma, edge = max(0.014 * self.strength * height, 0.5), 0.006 * height

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            inside = aim.inside(pixels, index)
            if aim.around:
                return laid(pixels, behind(pixels, inside, sigma), 1 - inside)
            return laid(pixels, blurred(pixels, 1.6 * sigma), grown(inside, edge, edge))

        return paint


def behind(pixels: Pixels, inside: Floats, sigma: float) -> Pixels:
    """The frame blurred without what is inside the matte: its colours make no halo about it.

    Every pixel is the mean of those that are not the subject's, weighted by a Gaussian
    (normalised convolution, Knutsson and Westin 1993); far inside, of those further off.
    """
    height, width = inside.shape
    factor = int(np.clip(sigma / 2.5, 1, 4))  # nothing is lost by it, and it costs less
    size = (max(width // factor, 1), max(height // factor, 1))
    apart = 1 - grown(inside, 0.35 * sigma)
    weight = np.asarray(cv2.resize(apart, size, interpolation=cv2.INTER_AREA), np.float32)[
        ..., None
    ]
    shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    small = np.asarray(shrunk * weight, np.float32)
    total, mass = np.zeros_like(small), np.zeros_like(weight)
    for wide, share in ((1, 1.0), (4, 1e-3), (16, 1e-6)):
        sum_, count = (_spread(part, sigma / factor, wide) for part in (small, weight))
        total = total + np.float32(share) * sum_
        mass = mass + np.float32(share) * count.reshape(mass.shape)
    plate = np.clip(total / np.maximum(mass, 1e-9), 0, 255)
    return np.asarray(
        cv2.resize(plate, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8
    )


def _spread(part: Floats, sigma: float, wide: int) -> Floats:
    """A Gaussian of `wide` times sigma, on a picture as many times smaller."""
    height, width = part.shape[:2]
    size = (max(width // wide, 1), max(height // wide, 1))
    coarse = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if wide > 1 else part
    coarse = cv2.GaussianBlur(coarse, (0, 0), sigma)
    return np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
