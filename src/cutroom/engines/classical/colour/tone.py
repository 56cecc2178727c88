"""Colour arithmetic for grades: (…, 3) float RGB as shown, 0..1."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour.grade import Floats

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709


def luma(rgb: Floats) -> Floats:
    """Brightness, (…, 1)."""
    return np.asarray(rgb @ _LUMA, np.float32)[..., None]


def mix(first: Floats, second: Floats, share: float | np.floating[Any] | Floats) -> Floats:
    """`share` of the second, the remainder of the first."""
    return np.asarray(first + (second - first) * share, np.float32)


def saturation(rgb: Floats, factor: float | np.floating[Any] | Floats) -> Floats:
    """Colours away from grey by `factor`; 0 is grey, 1 as it was."""
    return mix(luma(rgb), rgb, factor)


def contrast(rgb: Floats, amount: float, pivot: float = 0.45) -> Floats:
    """An S curve through `pivot` that never clips; amount 0 is none, 1 strong, negative flattens."""
    low = pivot * (np.clip(rgb, 0, 1) / pivot) ** np.float32(2.0**amount)
    high = 1 - (1 - pivot) * (np.clip(1 - rgb, 0, 1) / (1 - pivot)) ** np.float32(2.0**amount)
    return np.where(rgb < pivot, low, high).astype(np.float32)


def linear(rgb: Floats) -> Floats:
    """Light instead of code values, by the sRGB curve's plain power."""
    return np.asarray(np.clip(rgb, 0, 1) ** np.float32(2.2), np.float32)


def shown(light: Floats) -> Floats:
    """Code values of light; the inverse of `linear`."""
    return np.asarray(np.maximum(light, 0) ** np.float32(1 / 2.2), np.float32)


def exposure(rgb: Floats, stops: float) -> Floats:
    """Brighter or darker by so many stops of light, with a soft shoulder instead of clipping."""
    light, gain = linear(rgb), np.float32(2.0**stops)
    if stops > 0:
        return shown(gain * light / (1 + (gain - 1) * light))  # slope `gain` at black, white stays
    return shown(light * gain)


def warmth(rgb: Floats, amount: float) -> Floats:
    """Warmer (or, below 0, cooler) light at the same brightness; 1 is strong."""
    light = linear(rgb)
    gains = np.array([1 + 0.30 * amount, 1 + 0.02 * amount, 1 - 0.32 * amount], np.float32)
    before = luma(light)
    light = light * np.maximum(gains, 0.05)
    return shown(light * (before / np.maximum(luma(light), 1e-4)))


def split(
    rgb: Floats, shadows: Sequence[float], lights: Sequence[float], amount: float = 1.0
) -> Floats:
    """Colour pushed into shadows and lights, as RGB offsets (about -0.2..0.2)."""
    bright = luma(rgb)
    dark = (1 - bright) ** 2
    tint = dark * np.array(shadows, np.float32) + bright**2 * np.array(lights, np.float32)
    return np.asarray(rgb + tint * np.float32(amount), np.float32)


def curve(values: Floats, points: Sequence[tuple[float, float]]) -> Floats:
    """Values through a smooth monotone curve (Fritsch-Carlson) given by its points."""
    x, y = np.array(points, np.float64).T
    slopes = np.diff(y) / np.diff(x)
    inner = np.where(slopes[:-1] * slopes[1:] > 0, 2 / (1 / _safe(slopes[:-1]) + 1 / _safe(slopes[1:])), 0)  # fmt: skip
    ends = np.concatenate([slopes[:1], inner, slopes[-1:]])
    at = np.linspace(x[0], x[-1], 1025)
    cell = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(slopes) - 1)
    width = np.diff(x)[cell]
    u = (at - x[cell]) / width
    smooth = (
        (1 + 2 * u) * (1 - u) ** 2 * y[cell]
        + u * (1 - u) ** 2 * width * ends[cell]
        + u**2 * (3 - 2 * u) * y[cell + 1]
        + u**2 * (u - 1) * width * ends[cell + 1]
    )
    return np.asarray(np.interp(values, at, smooth), np.float32)


def _safe(slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(slopes) < 1e-9, 1e-9, slopes)


def duotone(rgb: Floats, dark: Sequence[float], middle: Sequence[float], light: Sequence[float]) -> Floats:  # fmt: skip
    """Brightness as a ramp through three colours."""
    bright = luma(rgb)[..., 0]
    ramp = [np.interp(bright, (0, 0.5, 1), c) for c in zip(dark, middle, light, strict=True)]
    return np.stack(ramp, axis=-1).astype(np.float32)


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    u = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(u * u * (3 - 2 * u), np.float32)
