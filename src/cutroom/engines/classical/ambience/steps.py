"""Steps at given moments, on sand, snow, grass or stone."""

from collections.abc import Mapping, Sequence

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Line, Wave, added, band, decay, shaped

_GROUNDS: Mapping[str, tuple[float, float, float]] = {
    "sand": (260, 2400, 0.045), "snow": (700, 5200, 0.060), "grass": (500, 3600, 0.030), "stone": (180, 2600, 0.014),
}  # fmt: skip
"""Lowest and highest frequency, and the half-life of a step on each ground."""


def steps(samples: int, rng: np.random.Generator, moments: Sequence[float], ground: str) -> Wave:
    """A heel and a sole at every moment (seconds); the loudest is about full scale."""
    wave = np.zeros((samples, 2), np.float32)
    for k, at in enumerate(moments):
        side = 0.08 * (-1) ** k
        added(wave, _tread(rng, ground, 1.0), at, side)
        added(wave, _tread(rng, ground, 0.55), at + 0.085, side)
    return wave


def _tread(rng: np.random.Generator, ground: str, weight: float) -> Line:
    low, high, half = _GROUNDS[ground]
    span = 0.26
    samples = round(span * RATE)
    grit = shaped(samples, rng, band(low, high, 0.4)) * decay(span, half, 0.006)
    if ground == "snow":  # it creaks in grains
        grit *= 0.4 + np.abs(rng.standard_normal(samples // 240 + 1)).repeat(240)[:samples]
    thud = shaped(samples, rng, band(50, 170)) * decay(span, 0.02, 0.004)
    strength = weight * float(rng.uniform(0.8, 1.0))
    return np.asarray(strength * (0.16 * grit + 0.12 * thud), np.float32)
