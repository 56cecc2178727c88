"""The colours of one picture given to another: a linear transport of their statistics in Oklab.

Monge-Kantorovich (Pitie and Kokaram 2007): the one linear map that takes a colour cloud's covariance to
another's and moves colours least. Oklab after Ottosson 2020, where distances are about what is seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.op import Pixels

_LMS = np.array([
    (0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005),
])  # fmt: skip
_LAB = np.array([
    (0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099), (0.0259040371, 0.7827717662, -0.8086757660),
])  # fmt: skip
_LIGHT_GAIN, _COLOUR_GAIN = (0.7, 1.4), (0.5, 2.2)
"""How much less or more spread in lightness and in colour a clip may get: beyond, noise and bands show."""
_LIGHT_SHIFT = 0.16
"""How much darker or lighter it may get, of Oklab's 0..1."""


@dataclass(frozen=True)
class Transfer:
    """A clip's colours on their way to a reference's."""

    here: NDArray[np.float64]
    """(3,): the mean of the clip in Oklab."""
    there: NDArray[np.float64]
    """(3,): the mean it gets."""
    turn: NDArray[np.float64]
    """(3, 3): what takes a colour's distance from the one mean to that from the other."""

    def grade(self, rgb: Floats, strength: float = 1.0) -> Floats:
        """The colours given, `strength` of the way; skin goes less far than the rest."""
        lab = oklab(rgb)
        moved = (lab - self.here) @ self.turn.T + self.there
        share = strength * (1 - 0.45 * skin(rgb))
        return from_oklab(lab + (moved - lab) * share)


def transfer(clip: Pixels, reference: Pixels) -> Transfer:
    """From pixels of the clip, (…, 3), to those of the reference."""
    mean_a, cov_a = _statistics(clip)
    mean_b, cov_b = _statistics(reference)
    root = _power(cov_a, 0.5)
    back = _power(cov_a, -0.5)
    turn = back @ _power(root @ cov_b @ root, 0.5) @ back
    turn = (turn + turn.T) / 2
    light = float(np.clip(turn[0, 0], *_LIGHT_GAIN))
    values, vectors = np.linalg.eigh(turn[1:, 1:])
    held = np.zeros((3, 3))
    held[0, 0] = light
    held[1:, 1:] = vectors @ np.diag(np.clip(values, *_COLOUR_GAIN)) @ vectors.T
    # What lightness has to do with colour (blue shadows, yellow lights) is carried over as well.
    held[1:, 0] = np.clip(turn[1:, 0], -0.5, 0.5)
    there = mean_b.copy()
    there[0] = mean_a[0] + np.clip(mean_b[0] - mean_a[0], -_LIGHT_SHIFT, _LIGHT_SHIFT)
    return Transfer(mean_a, there, held)


def oklab(rgb: Floats) -> NDArray[np.float64]:
    """RGB as shown, 0..1 -> Oklab, (…, 3)."""
    lms = np.cbrt(np.maximum(tone.linear(rgb).astype(np.float64) @ _LMS.T, 0))
    return np.asarray(lms @ _LAB.T, np.float64)


def from_oklab(lab: NDArray[np.float64]) -> Floats:
    """Oklab -> RGB as shown, 0..1; colours that cannot be shown are paled until they can."""
    grey = lab * (1, 0, 0)
    shown = _shown(lab)
    over = np.maximum(shown - 1, -shown).max(axis=-1, keepdims=True)
    pale = np.clip(1 - 1.2 * np.maximum(over, 0), 0.4, 1)
    return np.clip(_shown(grey + (lab - grey) * pale), 0, 1).astype(np.float32)


def skin(rgb: Floats) -> Floats:
    """How much a colour is like skin, 0..1, (…, 1): its hue and a middling fullness, whatever its lightness."""
    lab = oklab(rgb)
    full = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    like = np.exp(-(((hue - 52) / 16) ** 2)) * np.clip((full - 0.02) / 0.02, 0, 1)
    like = like * np.clip((0.16 - full) / 0.04, 0, 1) * np.clip((lab[..., 0] - 0.22) / 0.15, 0, 1)
    like = like * np.clip(
        (0.92 - lab[..., 0]) / 0.1, 0, 1
    )  # burnt-out lamps have its hue at their rims
    return np.asarray(like[..., None], np.float32)


def paintedness(picture: Pixels) -> float:
    """Share of a picture's parts that are worked all over, 0..1: high for brushwork, low for photographs."""
    size = (512, max(32, round(512 * picture.shape[0] / picture.shape[1])))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.6))
    blocks = cv2.resize(fine, (size[0] // 16, size[1] // 16), interpolation=cv2.INTER_AREA)
    return float((blocks > 2.2).mean())


def _statistics(pixels: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and covariance in Oklab; extremes of either end weigh nothing."""
    flat = oklab(pixels.reshape(-1, 3).astype(np.float32) / 255)
    light = flat[:, 0]
    inner = flat[(light >= np.percentile(light, 1)) & (light <= np.percentile(light, 99))]
    return inner.mean(axis=0), np.cov(inner.T) + np.eye(3) * 4e-5


def _power(matrix: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors @ np.diag(np.maximum(values, 1e-9) ** power) @ vectors.T, np.float64)


_FROM_LAB, _FROM_LMS = np.linalg.inv(_LAB), np.linalg.inv(_LMS)


def _shown(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """RGB as shown, which may lie beyond 0..1."""
    light = (lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T
    return np.asarray(np.sign(light) * np.abs(light) ** (1 / 2.2), np.float64)
