"""The sounds of all shots mixed into one track."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from cutroom.engines.classical.ambience import (
    birds,
    city,
    crickets,
    deep,
    fire,
    machines,
    rain,
    steps,
    thunder,
    waves,
    wind,
)
from cutroom.engines.classical.ambience.cue import Cue
from cutroom.engines.classical.ambience.loudness import levelled
from cutroom.engines.classical.ambience.noise import RATE, Wave
from cutroom.engines.classical.noise import dice
from cutroom.media.sound import Block

SOUNDS: Mapping[str, Callable[[int, np.random.Generator], Wave]] = {
    "wind": wind.wind, "leaves": wind.leaves, "rain": rain.rain, "surf": waves.surf, "sea": waves.sea,
    "boat": waves.boat, "city": city.city, "birds": birds.songbirds, "gulls": birds.gulls,
    "crickets": crickets.crickets, "fire": fire.fire, "motor": machines.motor, "roar": machines.roar,
    "underwater": deep.underwater, "hum": deep.hum,
}  # fmt: skip
"""Name -> what makes it, at deviation 1."""
_CROSS = 0.12
"""Seconds in which one shot's sound gives way to the next one's."""
_IN, _OUT = 0.25, 0.6
"""Seconds of the fades at the beginning and the end."""


def ambience(shots: Sequence[tuple[Sequence[Cue], int]], seed: int) -> Iterator[Block]:
    """The sound of shots of (cues, seconds), in blocks of a second: stereo, 48 kHz.

    The same for the same seed. It is made whole before the first block: films last seconds.
    """
    track = _joined(
        [_shot(cues, seconds, (seed, 4001, n)) for n, (cues, seconds) in enumerate(shots)]
    )
    track = levelled(track)
    _faded(track)
    for start in range(0, len(track), RATE):
        yield track[start : start + RATE]


def _shot(cues: Sequence[Cue], seconds: int, key: tuple[int, int, int]) -> Wave:
    """One shot's sounds together, a little longer than the shot."""
    samples = round((seconds + _CROSS) * RATE)
    total = np.zeros((samples, 2), np.float32)
    for n, cue in enumerate(cues):
        rng = dice(*key, n)
        if cue.sound == "thunder":
            made = thunder.thunder(samples, rng, cue.moments) * np.float32(4.0)
        elif cue.sound == "steps":
            made = steps.steps(samples, rng, cue.moments, cue.ground) * np.float32(4.0)
        else:
            made = SOUNDS[cue.sound](samples, rng)
        total += made * np.float32(0.1 * 10 ** (cue.level / 20))
    return total


def _joined(shots: Sequence[Wave]) -> Wave:
    """The shots one after the other, each laid over the end of the last."""
    cross = round(_CROSS * RATE)
    fade = np.sqrt(np.linspace(0, 1, cross, dtype=np.float32))[:, None]
    whole = np.zeros((sum(len(s) - cross for s in shots), 2), np.float32)
    at = 0
    for n, shot in enumerate(shots):
        told = shot.copy()
        if n:
            told[:cross] *= fade
        told[-cross:] *= fade[::-1]
        part = whole[at : at + len(told)]
        part += told[: len(part)]
        at += len(shot) - cross
    return whole


def _faded(track: Wave) -> None:
    """In from silence and out to it, in place."""
    rise, fall = (min(round(s * RATE), len(track) // 2) for s in (_IN, _OUT))
    track[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32))[:, None]
    track[len(track) - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))[:, None]
