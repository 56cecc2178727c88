"""Rain: a hiss of far drops and the taps of near ones."""

import numpy as np

from cutroom.engines.classical.ambience.noise import (
    RATE,
    Line,
    Wave,
    added,
    band,
    decay,
    even,
    slow,
    times,
    wide,
)


def rain(samples: int, rng: np.random.Generator) -> Wave:
    """Steady rain outdoors."""
    hiss = wide(samples, rng, band(900, 9000, 0.35))
    hiss *= (0.85 + 0.15 * slow(samples, rng, 0.9))[:, None]
    body = wide(samples, rng, band(200, 900, 0.5))
    wave = hiss + 0.35 * body
    for at in times(55.0, samples / RATE, rng):
        added(wave, _drop(rng), at, float(rng.uniform(-1, 1)))
    return even(wave)


def _drop(rng: np.random.Generator) -> Line:
    """One near drop on something hard or wet."""
    size = float(rng.uniform(0.3, 1.0))
    envelope = decay(0.03, 0.002 + 0.004 * size, 0.0005)
    t = np.arange(len(envelope), dtype=np.float32) / RATE
    pitch = 1400 + 3600 * float(rng.random())
    tap = np.sin(2 * np.pi * pitch * t) + 0.8 * rng.standard_normal(len(t))
    return np.asarray(1.5 * size * envelope * tap, np.float32)
