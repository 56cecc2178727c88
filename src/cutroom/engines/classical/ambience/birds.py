"""Birdsong: short phrases of whistles, each singer with its own song and place; and the cries of gulls."""

import numpy as np

from cutroom.engines.classical.ambience.noise import RATE, Line, Wave, added, even


def songbirds(samples: int, rng: np.random.Generator) -> Wave:
    """Three singers that take turns."""
    wave = np.zeros((samples, 2), np.float32)
    for singer in range(3):
        base, side = float(rng.uniform(2600, 4600)), float(rng.uniform(-0.9, 0.9))
        far = (1.0, 0.6, 0.4)[singer]
        song = [
            (
                float(rng.uniform(0.7, 1.45)),
                float(rng.uniform(-0.5, 0.5)),
                float(rng.uniform(0.05, 0.14)),
            )
            for _ in range(int(rng.integers(3, 7)))
        ]
        now = float(rng.uniform(0.1, 1.2)) + 0.4 * singer
        while now < samples / RATE:
            at = now
            for ratio, bend, length in song:
                added(wave, far * _whistle(base * ratio, bend, length), at, side)
                at += length + float(rng.uniform(0.02, 0.07))
            now = at + float(rng.uniform(0.9, 2.6))
    return even(wave)


def gulls(samples: int, rng: np.random.Generator) -> Wave:
    """A gull cries now and then: each cry falls, several in a row."""
    wave = np.zeros((samples, 2), np.float32)
    now = float(rng.uniform(0.4, 1.2))
    while now < samples / RATE:
        side, far = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.4, 1.0))
        for k in range(int(rng.integers(2, 5))):
            added(wave, far * _cry(float(rng.uniform(0.9, 1.1))), now + 0.42 * k, side)
        now += float(rng.uniform(2.6, 4.5))
    return even(wave)


def _whistle(pitch: float, bend: float, seconds: float) -> Line:
    """A tone that glides by `bend` octaves, with a little breath."""
    t = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    u = t / seconds
    sweep = pitch * 2 ** (bend * (u - 0.5) + 0.04 * np.sin(2 * np.pi * 28 * t))
    phase = 2 * np.pi * np.cumsum(sweep) / RATE
    shape = np.sin(np.pi * np.clip(u, 0, 1)) ** 0.7
    return np.asarray(shape * (np.sin(phase) + 0.12 * np.sin(2 * phase)), np.float32)


def _cry(height: float) -> Line:
    """A harsh falling note, rich in overtones."""
    seconds = 0.34
    t = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    u = t / seconds
    sweep = height * (1250 - 420 * u**1.4 + 180 * np.sin(np.pi * u))
    phase = 2 * np.pi * np.cumsum(sweep) / RATE
    tone = sum(np.sin(k * phase) / k**0.8 for k in range(1, 7))
    shape = np.sin(np.pi * u**0.6) * (0.8 + 0.2 * np.sin(2 * np.pi * 61 * t))
    return np.asarray(0.4 * shape * tone, np.float32)
