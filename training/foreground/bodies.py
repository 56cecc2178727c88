"""Bodies of training scenes: people, animals, birds, vehicles and things as chains of tapered strokes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PARTS = 16
"""Tapered strokes of which one body is made at most."""
_HIDDEN = -9.0


@dataclass
class Body:
    """A chain of tapered strokes in units of the body's height; y points down, angle 0 as well."""

    parent: NDArray[np.int64]
    attach: Floats
    side: Floats
    length: Floats
    angle: Floats
    swing: Floats
    beat: Floats
    """Swings a second."""
    phase: Floats
    begin: Floats
    """Radius where a stroke begins; negative: there is no such part."""
    end: Floats
    flat: Floats
    colour: Floats
    """(PARTS, 3), 0..1."""

    @classmethod
    def empty(cls) -> "Body":
        """A body of no parts."""
        zeros = [np.zeros(PARTS, np.float32) for _ in range(10)]
        body = cls(np.full(PARTS, -1), *zeros, np.zeros((PARTS, 3), np.float32))
        body.begin[:] = _HIDDEN
        body.end[:] = _HIDDEN
        return body

    def put(
        self, part: int, parent: int, angle: float, length: float, begin: float, end: float,
        colour: Floats, *, attach: float = 1.0, side: float = 0.0, swing: float = 0.0,
        beat: float = 0.0, phase: float = 0.0, flat: float = 0.0,
    ) -> None:  # fmt: skip
        """Give the body a part; later parts are painted over earlier ones."""
        self.parent[part], self.attach[part], self.side[part] = parent, attach, side
        self.length[part], self.angle[part], self.swing[part] = length, angle, swing
        self.beat[part], self.phase[part] = beat, phase
        self.begin[part], self.end[part], self.flat[part] = begin, end, flat
        self.colour[part] = np.clip(colour, 0.02, 0.98)


def a_colour(rng: np.random.Generator) -> Floats:
    """Mostly muted, sometimes loud, black or white."""
    kind = rng.random()
    if kind < 0.15:
        return np.full(3, rng.uniform(0.03, 0.15), np.float32)
    if kind < 0.27:
        return np.full(3, rng.uniform(0.8, 0.97), np.float32)
    grey = rng.uniform(0.12, 0.85)
    loud = rng.beta(1.2, 2.2) * 0.9
    hue = rng.dirichlet((0.7, 0.7, 0.7)) * 3 - 1
    return np.clip(grey + loud * 0.5 * hue, 0.02, 0.98).astype(np.float32)


def a_skin(rng: np.random.Generator) -> Floats:
    """Light to dark skin."""
    light = rng.uniform(0.25, 0.95)
    return (light * np.array((1.0, rng.uniform(0.68, 0.82), rng.uniform(0.5, 0.7)))).astype(
        np.float32
    )


def person(rng: np.random.Generator, moving: str) -> Body:
    """Somebody upright. `moving`: walk, stir (an arm, the head) or still."""
    body = Body.empty()
    skin, hair, top, low, shoe = a_skin(rng), a_colour(rng), a_colour(rng), a_colour(rng), a_colour(rng)  # fmt: skip
    if rng.random() < 0.6:
        hair = hair * 0.3
    stout = rng.uniform(0.8, 1.5)
    front = rng.random() < 0.5
    wide = rng.uniform(0.055, 0.1) if front else 0.01
    beat = rng.uniform(0.7, 1.8)
    stride = {"walk": rng.uniform(0.25, 0.7), "stir": rng.uniform(0, 0.06), "still": 0.0}[moving]
    wave = {"walk": rng.uniform(0.2, 0.8), "stir": rng.uniform(0.1, 0.9), "still": 0.0}[moving]
    arms = rng.normal(0, 0.5, 2) if rng.random() < 0.6 else rng.uniform(-2.8, 2.8, 2)
    bends = rng.uniform(0, 1.9, 2)
    crouch = max(0.0, rng.normal(0, 0.35)) if rng.random() < 0.3 else 0.0
    pi = np.pi
    body.put(5, -1, pi + rng.normal(0, 0.1) + (rng.normal(0, 0.4) if crouch else 0), 0.3,
             0.075 * stout, (0.1 if front else 0.08) * stout, top, swing=0.1 * wave, beat=beat / 2)  # fmt: skip
    for n, (thigh, shin, foot, sign) in enumerate(((0, 1, 2, 1), (6, 7, 8, -1))):
        shade = np.float32(0.85 if n == 0 else 1.0)
        spread = rng.normal(0, 0.12) * sign
        body.put(thigh, 5, pi + spread + crouch * rng.uniform(0.5, 1.5), 0.23, 0.062 * stout, 0.046 * stout,
                 low * shade, attach=0.0, side=sign * wide * 0.6, swing=sign * stride, beat=beat)  # fmt: skip
        bare = skin if rng.random() < 0.25 else low
        body.put(shin, thigh, -crouch * 1.5 - stride * 0.4, 0.23, 0.044 * stout, 0.032 * stout,
                 bare * shade, swing=stride * 0.6, beat=beat, phase=sign * 1.2)  # fmt: skip
        body.put(foot, shin, pi / 2 * (1 if rng.random() < 0.5 else -1), 0.07, 0.026, 0.02, shoe)
    sleeve = skin if rng.random() < 0.4 else top
    for n, (upper, fore, sign) in enumerate(((3, 4, 1), (12, 13, -1))):
        lively = wave if moving == "walk" or rng.random() < 0.7 else 0.0
        body.put(upper, 5, pi + arms[n], 0.16, 0.04 * stout, 0.032 * stout, top, attach=0.92,
                 side=sign * (0.09 if front else 0.02) * stout, swing=-sign * lively * 0.8, beat=beat)  # fmt: skip
        body.put(fore, upper, bends[n] * -sign, 0.16, 0.03 * stout, 0.024, sleeve,
                 swing=lively * 0.6, beat=beat, phase=0.6)  # fmt: skip
    if rng.random() < 0.25:  # a skirt or a coat
        body.put(9, 5, pi, rng.uniform(0.1, 0.4), 0.085 * stout, rng.uniform(0.08, 0.17), low,
                 attach=0.0, swing=0.2 * stride, beat=beat)  # fmt: skip
    nod = 0.15 if moving == "stir" else 0.05 * wave
    body.put(10, 5, rng.normal(0, 0.12), 0.15, 0.042, 0.04, skin, swing=nod, beat=beat * 0.6)
    body.put(11, 10, rng.normal(0, 0.1), 0.04, 0.058, 0.06, skin, attach=0.85)
    top_of_head = hair if rng.random() < 0.85 else skin
    body.put(
        14, 11, rng.normal(0, 0.6), rng.uniform(0.02, 0.08), 0.056, 0.05, top_of_head, attach=1.2
    )
    if rng.random() < 0.35:  # something carried
        body.put(15, int(rng.choice((4, 13, 5))), rng.uniform(-3, 3), rng.uniform(0.04, 0.2),
                 rng.uniform(0.02, 0.08), rng.uniform(0.02, 0.08), a_colour(rng),
                 attach=rng.random(), flat=float(rng.random() < 0.5))  # fmt: skip
    return body


def animal(rng: np.random.Generator, moving: str) -> Body:
    """Something on four legs."""
    body = Body.empty()
    fur = a_colour(rng)
    other = a_colour(rng) if rng.random() < 0.4 else fur * np.float32(rng.uniform(0.6, 1.2))
    beat = rng.uniform(0.8, 2.5)
    stride = {"walk": rng.uniform(0.2, 0.8), "stir": rng.uniform(0, 0.08), "still": 0.0}[moving]
    long, thick, tall = rng.uniform(0.5, 0.9), rng.uniform(0.1, 0.22), rng.uniform(0.16, 0.42)
    body.put(4, -1, np.pi / 2 + rng.normal(0, 0.12), long, thick, thick * rng.uniform(0.8, 1.2), fur,
             swing=0.08 * stride, beat=beat)  # fmt: skip
    for n, (upper, lower, at) in enumerate(((0, 1, 0.02), (2, 3, 0.95), (5, 6, 0.08), (7, 8, 0.9))):
        shade = np.float32(0.75 if n < 2 else 1.0)
        body.put(upper, 4, -np.pi / 2 + rng.normal(0, 0.2), tall * 0.6, thick * 0.5, thick * 0.32, fur * shade,
                 attach=at, swing=stride, beat=beat, phase=n * 1.7)  # fmt: skip
        body.put(lower, upper, rng.normal(0, 0.3), tall * 0.6, thick * 0.28, thick * 0.2, other * shade,
                 swing=stride * 0.6, beat=beat, phase=n * 1.7 + 0.8)  # fmt: skip
    stir = 0.3 if moving == "stir" else 0.1 * stride
    body.put(9, 4, rng.uniform(0.2, 1.5), rng.uniform(0.1, 0.4), thick * 0.7, thick * 0.5, fur, attach=1.0,
             swing=stir, beat=beat * 0.5)  # fmt: skip
    body.put(
        10,
        9,
        rng.uniform(-1.6, -0.4),
        rng.uniform(0.1, 0.25),
        thick * 0.6,
        thick * 0.3,
        other,
        attach=1.0,
    )
    for part, lean in ((11, 0.5), (12, 1.0)):
        body.put(part, 10, np.pi - lean - rng.uniform(0, 0.8), rng.uniform(0.03, 0.12), 0.03, 0.012,
                 fur * np.float32(0.8), attach=0.0, side=rng.normal(0, 0.03))  # fmt: skip
    body.put(13, 4, np.pi + rng.uniform(-1.2, 1.2), rng.uniform(0.1, 0.45), 0.035, 0.02, fur, attach=0.0,
             swing=0.5 * (moving != "still"), beat=beat)  # fmt: skip
    return body


def vehicle(rng: np.random.Generator) -> Body:
    """Something on wheels."""
    body = Body.empty()
    paint, glass = a_colour(rng), a_colour(rng) * 0.4
    long, tall = rng.uniform(0.8, 2.2), rng.uniform(0.14, 0.3)
    body.put(
        1,
        -1,
        np.pi / 2,
        long,
        tall,
        tall * rng.uniform(0.8, 1.1),
        paint,
        flat=float(rng.random() < 0.5),
    )
    body.put(0, 1, 0.0, long * rng.uniform(0.3, 0.7), tall * 0.8, tall * 0.8, paint,
             attach=rng.uniform(0.1, 0.4), side=-tall * rng.uniform(0.8, 1.4), flat=float(rng.random() < 0.5))  # fmt: skip
    body.put(
        2, 0, 0.0, long * rng.uniform(0.2, 0.5), tall * 0.5, tall * 0.5, glass, attach=0.1, flat=1.0
    )
    for part, at in ((3, 0.12), (4, 0.88)):
        body.put(part, 1, 0.0, 0.001, tall * rng.uniform(0.4, 0.7), tall * 0.5, a_colour(rng) * 0.25,
                 attach=at, side=tall * 0.9)  # fmt: skip
    for part in (5, 6):
        body.put(part, 1, 0.0, long * rng.uniform(0.05, 0.4), rng.uniform(0.02, 0.08), 0.03, a_colour(rng),
                 attach=rng.uniform(0, 0.9), side=rng.uniform(-0.8, 0.5) * tall, flat=1.0)  # fmt: skip
    return body


def thing(rng: np.random.Generator, moving: str) -> Body:
    """Anything: a ball, a bottle, a hand, a heap of strokes that hang together."""
    body = Body.empty()
    count = int(rng.choice((1, 1, 2, 3, 5, 8, 12)))
    main = a_colour(rng)
    lively = {"walk": 0.5, "stir": 0.3, "still": 0.0}[moving]
    for part in range(count):
        parent = -1 if part == 0 else int(rng.integers(0, part))
        colour = main if rng.random() < 0.6 else a_colour(rng)
        begin = float(np.exp(rng.normal(-1.6, 0.6)))
        length = (
            0.001 if count == 1 and rng.random() < 0.5 else float(np.exp(rng.normal(-1.2, 0.7)))
        )
        body.put(part, parent, rng.uniform(-3.1, 3.1), length, min(begin, 0.6),
                 min(begin * float(np.exp(rng.normal(0, 0.4))), 0.6), colour, attach=rng.random(),
                 swing=lively * rng.random(), beat=rng.uniform(0.3, 2), phase=rng.uniform(0, 6),
                 flat=float(rng.random() < 0.3))  # fmt: skip
    return body


def bird(rng: np.random.Generator, moving: str) -> Body:
    """Something with wings."""
    body = Body.empty()
    coat, beat = a_colour(rng), rng.uniform(1.5, 6)
    flap = {"walk": rng.uniform(0.4, 1.1), "stir": 0.15, "still": 0.0}[moving]
    body.put(2, -1, np.pi / 2 + rng.normal(0, 0.3), 0.5, 0.11, 0.1, coat)
    body.put(3, 2, rng.normal(0.3, 0.3), 0.12, 0.09, 0.07, coat * np.float32(rng.uniform(0.5, 1.2)))
    body.put(4, 3, rng.normal(0, 0.2), 0.08, 0.03, 0.008, a_colour(rng))
    body.put(0, 2, np.pi + rng.normal(0, 0.15), 0.3, 0.05, 0.07, coat * np.float32(0.8), attach=0.0)
    for part, sign in ((1, 1), (5, -1)):
        body.put(part, 2, sign * rng.uniform(0.9, 2.0), rng.uniform(0.3, 0.7), 0.09, 0.03, coat * np.float32(0.85),
                 attach=0.6, swing=sign * flap, beat=beat)  # fmt: skip
    return body


def a_body(rng: np.random.Generator, moving: str) -> tuple[Body, bool]:
    """(a body, whether one could tell at rest that it is somebody)."""
    kind = rng.random()
    if kind < 0.48:
        return person(rng, moving), True
    if kind < 0.64:
        return animal(rng, moving), True
    if kind < 0.74:
        return vehicle(rng), False
    if kind < 0.80:
        return bird(rng, moving), True
    return thing(rng, moving), False
