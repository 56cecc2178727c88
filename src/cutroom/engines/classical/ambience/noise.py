"""What natural sounds are made of: noise with a spectrum, slow changes, and short bursts."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cutroom.media import sound

RATE = sound.RATE
"""Samples a second."""

Wave: TypeAlias = NDArray[np.float32]
"""(samples, 2), full scale -1..1."""
Line: TypeAlias = NDArray[np.float32]
"""(samples,)"""


def shaped(samples: int, rng: np.random.Generator, gain: Callable[[Line], Line]) -> Line:
    """Noise whose spectrum is `gain` of the frequency in hertz; deviation 1."""
    spectrum = np.fft.rfft(rng.standard_normal(samples).astype(np.float32))
    pitch = np.fft.rfftfreq(samples, 1 / RATE).astype(np.float32)
    line = np.fft.irfft(spectrum * gain(pitch), samples)
    return np.asarray(line / max(float(line.std()), 1e-9), np.float32)


def band(low: float, high: float, slope: float = 0.0) -> Callable[[Line], Line]:
    """A spectrum between two frequencies, soft at both ends, falling by the power `slope` in between."""

    def gain(pitch: Line) -> Line:
        f = np.maximum(pitch, 1.0)
        edges = 1 / (1 + (low / f) ** 4) / (1 + (f / high) ** 4)
        return np.asarray(edges * (f / max(low, 30.0)) ** -slope, np.float32)

    return gain


def slow(samples: int, rng: np.random.Generator, seconds: float) -> Line:
    """A smooth wandering value 0..1 that changes about every so many seconds."""
    knots = rng.random(max(4, int(samples / RATE / seconds) + 4))
    at = np.linspace(0, len(knots) - 1.001, samples)
    k = at.astype(int)
    t = at - k
    t = t * t * (3 - 2 * t)
    return np.asarray(knots[k] * (1 - t) + knots[np.minimum(k + 1, len(knots) - 1)] * t, np.float32)


def wide(samples: int, rng: np.random.Generator, gain: Callable[[Line], Line]) -> Wave:
    """The same kind of noise on both sides, partly shared, so that it is all around."""
    middle, left, right = (shaped(samples, rng, gain) for _ in range(3))
    return np.stack([0.6 * middle + 0.8 * left, 0.6 * middle + 0.8 * right], axis=1)


def panned(line: Line, side: float) -> Wave:
    """A line from a direction: -1 left, 0 ahead, 1 right, at equal loudness."""
    angle = (side + 1) * np.pi / 4
    return np.stack([line * np.cos(angle), line * np.sin(angle)], axis=1).astype(np.float32)


def added(wave: Wave, burst: Line, seconds: float, side: float = 0.0) -> None:
    """Add a burst at a time, in place; what goes beyond the end is cut off."""
    start = round(seconds * RATE)
    if start >= len(wave) or start + len(burst) <= 0:
        return
    skip = max(-start, 0)
    part = wave[max(start, 0) : start + len(burst)]
    part += panned(burst[skip : skip + len(part)], side)


def decay(seconds: float, half: float, rise: float = 0.002) -> Line:
    """An envelope: up within `rise` seconds, halved every `half` seconds after."""
    t = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    ends = np.minimum(1, (seconds - t) / (0.1 * seconds))
    return np.asarray(np.minimum(t / rise, 1) * 0.5 ** (t / half) * ends, np.float32)


def even(wave: NDArray[Any]) -> Wave:
    """The sound at deviation 1, whatever it was."""
    return np.asarray(wave / max(float(np.sqrt(np.mean(wave**2))), 1e-9), np.float32)


def times(rate: float, seconds: float, rng: np.random.Generator) -> Sequence[float]:
    """Moments that come by chance, `rate` a second."""
    count = int(rng.poisson(rate * seconds))
    return [float(t) for t in np.sort(rng.uniform(0, seconds, count))]
