"""Under water, and in space: what has no air around it."""

import numpy as np

from cutroom.engines.classical.ambience.noise import (
    RATE,
    Line,
    Wave,
    added,
    band,
    even,
    panned,
    slow,
    times,
    wide,
)


def underwater(samples: int, rng: np.random.Generator) -> Wave:
    """A muffled rumble, and bubbles that rise."""
    low = wide(samples, rng, band(35, 220, 0.7)) * (0.6 + 0.4 * slow(samples, rng, 1.5))[:, None]
    wave = low + 0.10 * wide(samples, rng, band(220, 900, 0.8))
    for at in times(2.2, samples / RATE, rng):
        side = float(rng.uniform(-0.8, 0.8))
        for k in range(int(rng.integers(2, 7))):
            added(
                wave,
                _bubble(float(rng.uniform(380, 1100))),
                at + 0.055 * k * float(rng.uniform(0.6, 1.4)),
                side,
            )
    return even(wave)


def _bubble(pitch: float) -> Line:
    """A blip that rises as the bubble shrinks."""
    seconds = 0.075
    t = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    u = t / seconds
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.5 * u)) / RATE
    return np.asarray(0.5 * np.sin(np.pi * u) ** 0.6 * (1 - u) * np.sin(phase), np.float32)


def hum(samples: int, rng: np.random.Generator) -> Wave:
    """A deep drone for space, where nothing could be heard: three low tones that beat, and a breath of noise."""
    t = np.arange(samples, dtype=np.float32) / RATE
    wave = (
        0.35
        * wide(samples, rng, band(40, 260, 0.9))
        * (0.5 + 0.5 * slow(samples, rng, 3.0))[:, None]
    )
    for pitch, side in ((55.0, -0.5), (55.4, 0.5), (82.6, 0.0), (110.3, 0.2)):
        wave += panned((0.4 * np.sin(2 * np.pi * pitch * t + pitch)).astype(np.float32), side)
    return even(np.asarray(wave, np.float32))
