"""A city from afar: a hum, and cars that pass somewhere."""

import numpy as np

from cutroom.engines.classical.ambience.noise import (
    RATE,
    Wave,
    added,
    band,
    even,
    shaped,
    slow,
    times,
    wide,
)


def city(samples: int, rng: np.random.Generator) -> Wave:
    """Traffic without a single car in front."""
    hum = wide(samples, rng, band(50, 240, 0.8)) * (0.8 + 0.2 * slow(samples, rng, 2.0))[:, None]
    air = wide(samples, rng, band(300, 2200, 0.7))
    wave = hum + 0.30 * air
    for at in times(0.45, samples / RATE + 3, rng):
        span = round(float(rng.uniform(2.0, 3.4)) * RATE)
        swell = np.sin(np.linspace(0, np.pi, span, dtype=np.float32)) ** 3
        passing = shaped(span, rng, band(160, 1500, 0.6)) * swell
        added(
            wave, passing * np.float32(rng.uniform(0.25, 0.6)), at - 1.5, float(rng.uniform(-1, 1))
        )
    return even(wave)
