"""Engines: a car that passes, the roar of a jet or rocket."""

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Wave, band, even, panned, slow, wide


def motor(samples: int, rng: np.random.Generator) -> Wave:
    """A car that comes from the left, passes in the middle and goes to the right."""
    t = np.arange(samples, dtype=np.float32) / RATE
    share = np.linspace(-1, 1, samples, dtype=np.float32)
    near = 1 / (1 + (share * 2.0) ** 2)
    pitch = 62 * (1.05 - 0.06 * np.tanh(share * 4)) * (1 + 0.01 * slow(samples, rng, 0.3))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    hum = sum(np.sin(k * phase + k) / k**0.7 for k in (1, 2, 3, 4, 6, 8))
    tyres = wide(samples, rng, band(300, 2600, 0.5))
    line = (near * hum).astype(np.float32)
    place = panned(np.ones_like(t), 0.0) + 0.4 * np.stack([-share, share], axis=1)
    return even(0.5 * line[:, None] * place + 0.8 * tyres * near[:, None] * place)


def roar(samples: int, rng: np.random.Generator) -> Wave:
    """A jet or rocket under power."""
    swell = np.sin(np.linspace(0.35, np.pi - 0.35, samples, dtype=np.float32)) ** 1.2
    low = wide(samples, rng, band(40, 320, 0.6))
    high = (
        wide(samples, rng, band(320, 3800, 0.7)) * (0.7 + 0.3 * slow(samples, rng, 0.08))[:, None]
    )
    return even((low + 0.55 * high) * (0.3 + 0.7 * swell)[:, None])
