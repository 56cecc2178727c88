"""Wind: three bands of noise that swell and fall, each in its own time."""

import numpy as np

from cutroom.engines.classical.ambience.noise import Wave, band, even, slow, wide


def wind(samples: int, rng: np.random.Generator) -> Wave:
    """Open wind in gusts."""
    gust = 0.25 + 0.75 * slow(samples, rng, 1.8) ** 1.5
    low = wide(samples, rng, band(60, 260, 0.6)) * gust[:, None]
    middle = wide(samples, rng, band(240, 700, 0.5)) * (gust * slow(samples, rng, 1.1))[:, None]
    whistle = (
        wide(samples, rng, band(700, 1300)) * (gust**2 * slow(samples, rng, 0.8) ** 2)[:, None]
    )
    return even(low + 0.55 * middle + 0.12 * whistle)


def leaves(samples: int, rng: np.random.Generator) -> Wave:
    """Wind in leaves and grass: it rustles where it gusts."""
    gust = 0.2 + 0.8 * slow(samples, rng, 1.6) ** 1.6
    rustle = (
        wide(samples, rng, band(1800, 7000, 0.4))
        * (gust * (0.6 + 0.4 * slow(samples, rng, 0.12)))[:, None]
    )
    low = wide(samples, rng, band(90, 420, 0.6)) * gust[:, None]
    return even(0.5 * rustle + 0.8 * low)
