"""Waves: on a beach each run-up in time with the drawn foam, at sea a lower heaving."""

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Wave, band, even, slow, wide

PERIOD = 5.2
"""Seconds between two waves: the drawn foam runs up the sand as often."""


def surf(samples: int, rng: np.random.Generator) -> Wave:
    """Waves breaking on sand: they rush up, then draw back with a fizz."""
    t = np.arange(samples, dtype=np.float32) / RATE
    turn = 2 * np.pi * t / PERIOD
    up = np.clip(np.cos(turn), 0, 1) ** 1.3  # the edge of the water moves up the sand
    back = np.clip(-np.cos(turn - 0.3), 0, 1) ** 1.1
    roll = np.clip(np.cos(turn + 1.1), 0, 1) ** 2  # it breaks before it arrives
    crash = wide(samples, rng, band(90, 900, 0.6)) * (0.15 + roll)[:, None]
    rush = wide(samples, rng, band(500, 5200, 0.45)) * (0.10 + up)[:, None]
    fizz = wide(samples, rng, band(2600, 9000, 0.2)) * (0.03 + back)[:, None]
    far = wide(samples, rng, band(70, 420, 0.7)) * (0.6 + 0.4 * slow(samples, rng, 2.5))[:, None]
    return even(crash + 0.85 * rush + 0.22 * fizz + 0.45 * far)


def sea(samples: int, rng: np.random.Generator) -> Wave:
    """The open sea: heaving and lapping, nothing breaks."""
    t = np.arange(samples, dtype=np.float32) / RATE
    heave = 0.55 + 0.3 * np.sin(2 * np.pi * t / 6.1) + 0.15 * np.sin(2 * np.pi * t / 3.7 + 1)
    low = wide(samples, rng, band(60, 380, 0.7)) * heave[:, None]
    laps = wide(samples, rng, band(400, 2600, 0.5)) * (slow(samples, rng, 0.45) ** 3)[:, None]
    return even(low + 0.55 * laps)


def boat(samples: int, rng: np.random.Generator) -> Wave:
    """Water along a hull, and a rope that creaks now and then."""
    t = np.arange(samples, dtype=np.float32) / RATE
    bow = 0.35 + 0.65 * np.clip(np.sin(2 * np.pi * 0.30 * t), 0, 1) ** 1.5
    wash = wide(samples, rng, band(500, 4200, 0.5)) * bow[:, None]
    return even(wash + 0.4 * wide(samples, rng, band(120, 600, 0.5)) * bow[:, None])
