"""A wood fire: a low roar, and crackles of all sizes."""

import numpy as np

from cutroom.engines.classical.ambience.noise import (
    RATE,
    Wave,
    added,
    band,
    decay,
    even,
    slow,
    times,
    wide,
)


def fire(samples: int, rng: np.random.Generator) -> Wave:
    """The fire from a few steps away."""
    roar = wide(samples, rng, band(50, 420, 0.7)) * (0.5 + 0.5 * slow(samples, rng, 0.3))[:, None]
    wave = roar + 0.12 * wide(samples, rng, band(1200, 5000, 0.4))
    for at in times(16.0, samples / RATE, rng):
        size = float(rng.pareto(2.2) + 0.25)
        envelope = decay(0.05, 0.0016 + 0.003 * min(size, 2), 0.0003)
        snap = envelope * rng.standard_normal(len(envelope)).astype(np.float32)
        added(
            wave,
            np.asarray(min(2.2 * size, 9) * snap, np.float32),
            at,
            float(rng.uniform(-0.4, 0.4)),
        )
    return even(wave)
