"""Thunder after each flash: a crack, then rumbling that rolls away."""

from collections.abc import Sequence

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Wave, added, band, decay, shaped, slow

DELAY = 0.7
"""Seconds from a flash to its thunder: about 240 m away."""


def thunder(samples: int, rng: np.random.Generator, flashes: Sequence[float]) -> Wave:
    """The thunder of flashes at these seconds; the loudest moment is about full scale."""
    wave = np.zeros((samples, 2), np.float32)
    for flash in flashes:
        span = round(4.2 * RATE)
        roll = shaped(span, rng, band(28, 190, 0.7)) * decay(4.2, 0.9, 0.06)
        roll *= 0.45 + 0.9 * slow(span, rng, 0.28)
        crack = shaped(round(0.5 * RATE), rng, band(180, 3200, 0.6)) * decay(0.5, 0.07, 0.004)
        added(wave, 0.30 * roll, flash + DELAY, float(rng.uniform(-0.4, 0.4)))
        added(wave, 0.22 * crack, flash + DELAY, float(rng.uniform(-0.4, 0.4)))
    return wave
