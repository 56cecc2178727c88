"""Crickets: chirps of three pulses, several of them out of step."""

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Wave, even, panned


def crickets(samples: int, rng: np.random.Generator) -> Wave:
    """A warm night's crickets, near and far."""
    t = np.arange(samples, dtype=np.float32) / RATE
    wave = np.zeros((samples, 2), np.float32)
    for k in range(5):
        pitch = float(rng.uniform(3900, 4900))
        rate = float(rng.uniform(1.7, 2.5))
        phase = (t * rate + float(rng.random())) % 1.0
        pulses = np.clip(np.sin(2 * np.pi * 3 * phase / 0.26), 0, 1) ** 0.8 * (phase < 0.26)
        far = (1.0, 0.8, 0.45, 0.3, 0.25)[k]
        song = far * pulses * np.sin(2 * np.pi * pitch * t)
        wave += panned(song.astype(np.float32), float(rng.uniform(-1, 1)))
    return even(wave)
