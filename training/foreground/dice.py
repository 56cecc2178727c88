"""What a batch of training scenes is made of, rolled with NumPy: bodies, paths, leaves, cameras. Nothing is drawn here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PARTS = 16
"""Tapered strokes of which one body is made at most."""
SLOTS = 5
"""Bodies of a scene: one near and at rest, three that may move, one that stands in front of them."""
LEAVES = 48
PAST_AND_FUTURE = (0.0, -0.15, 0.15, -0.6, 0.6)
"""Seconds from the frame looked at to the frames it is compared with; the first is itself."""
GLANCES = 7
"""Further frames of which the plate is made."""
MOMENTS = len(PAST_AND_FUTURE) + GLANCES

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
    body.put(14, 11, rng.normal(0, 0.6), rng.uniform(0.02, 0.08), 0.056, 0.05, top_of_head, attach=1.2)
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
    body.put(10, 9, rng.uniform(-1.6, -0.4), rng.uniform(0.1, 0.25), thick * 0.6, thick * 0.3, other, attach=1.0)
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
    body.put(1, -1, np.pi / 2, long, tall, tall * rng.uniform(0.8, 1.1), paint, flat=float(rng.random() < 0.5))
    body.put(0, 1, 0.0, long * rng.uniform(0.3, 0.7), tall * 0.8, tall * 0.8, paint,
             attach=rng.uniform(0.1, 0.4), side=-tall * rng.uniform(0.8, 1.4), flat=float(rng.random() < 0.5))  # fmt: skip
    body.put(2, 0, 0.0, long * rng.uniform(0.2, 0.5), tall * 0.5, tall * 0.5, glass, attach=0.1, flat=1.0)
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
        length = 0.001 if count == 1 and rng.random() < 0.5 else float(np.exp(rng.normal(-1.2, 0.7)))
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


def roll(rng: np.random.Generator, count: int, height: int, width: int) -> dict[str, NDArray]:
    """Everything about `count` scenes of a size, as arrays whose first axis is the scene."""
    scenes = [_scene(rng, height, width) for _ in range(count)]
    return {key: np.stack([scene[key] for scene in scenes]) for key in scenes[0]}


def _scene(rng: np.random.Generator, height: int, width: int) -> dict[str, NDArray]:
    seconds = float(rng.uniform(2, 12))
    now = float(rng.uniform(0.02, 0.98)) * seconds
    glances = (np.arange(GLANCES) + rng.uniform(0.1, 0.9)) / GLANCES * seconds
    times = np.concatenate([now + np.array(PAST_AND_FUTURE), glances]).clip(0, seconds)
    camera = _camera(rng, height, width, times / seconds)
    mood = rng.random()
    slots, label = [], np.zeros(SLOTS, np.float32)
    still_scene, empty = mood < 0.12, mood > 0.95
    movers = 0 if empty else int(rng.choice((1, 2, 3), p=(0.62, 0.26, 0.12)))
    for slot in range(SLOTS):
        if slot in {0, SLOTS - 1}:
            here = rng.random() < (0.6 if slot == 0 else 0.22)
            slots.append(_slot(rng, height, width, times, "rest", camera) if here else _nobody())
            if slot == 0 and rng.random() < 0.2:  # somebody outside the frame casts a shadow into it
                way = str(rng.choice(("cross", "roam", "linger", "stir")))
                slots[0] = _slot(rng, height, width, times, way, camera)
                slots[0]["shadow"] = np.float32(rng.uniform(0.15, 0.7))
                slots[0]["ghost"] = np.float32(1.0)
        elif slot <= movers:
            if still_scene:
                way = "still"
            else:
                way = str(rng.choice(("cross", "roam", "linger", "stir"), p=(0.33, 0.18, 0.17, 0.32)))
            slots.append(_slot(rng, height, width, times, way, camera))
            label[slot] = 1.0
        else:
            slots.append(_nobody())
    scene = {key: np.stack([slot[key] for slot in slots]) for key in slots[0]}
    scene |= {"label": label, "seconds": np.float32(seconds), "times": times.astype(np.float32)}
    scene |= {f"camera_{key}": value for key, value in camera.items()}
    return scene | _ground(rng, height, width)


def _nobody() -> dict[str, NDArray]:
    return _packed(Body.empty(), np.zeros((MOMENTS, 2)), np.ones(MOMENTS), np.zeros(MOMENTS), {})


def _camera(rng: np.random.Generator, height: int, width: int, share: Floats) -> dict[str, NDArray]:
    """Where the frame lies on the place at every moment, pixels; and how badly frames are aligned."""
    moves = rng.random() < 0.5
    reach = rng.uniform(0.02, 0.8) if moves else 0.0
    aim = rng.normal(0, 1, 2) * (width * reach, height * reach * 0.3)
    path = (share[:, None] - share[0]) * aim
    slip = rng.normal(0, rng.uniform(0.1, 0.7) if moves else rng.uniform(0, 0.1), (MOMENTS, 2))
    slip[0] = 0
    return {
        "path": path.astype(np.float32),
        "slip": slip.astype(np.float32),
        "parallax": np.float32(rng.uniform(0.0, 0.12) if moves else 0.0),
    }


def _slot(
    rng: np.random.Generator, height: int, width: int, times: Floats, way: str, camera: dict
) -> dict[str, NDArray]:
    """One body and how it goes through the clip. Lengths become pixels."""
    moving = {"cross": "walk", "roam": "walk", "linger": "walk", "stir": "stir"}.get(way, "still")
    body, alive = a_body(rng, moving)
    if way == "still":
        while not alive:
            body, alive = a_body(rng, moving)
    if way == "rest":
        body = thing(rng, "still") if rng.random() < 0.8 else vehicle(rng)
    size = height * float(np.exp(rng.uniform(np.log(0.18), np.log(1.9))))
    if way == "cross" and rng.random() < 0.5:
        size *= 0.6
    if way == "stir" and rng.random() < 0.6:  # somebody who talks to the camera
        size *= 1.6
    share = times / max(float(times.max()), 1e-3)
    start = np.array((rng.uniform(0.1, 0.9) * width, rng.uniform(0.35, 0.8) * height))
    if size > height:  # somebody close by: the hips are below the frame
        start[1] = height * rng.uniform(0.7, 1.3)
    path = np.repeat(start[None], len(times), axis=0)
    if way == "cross":
        side = 1 if rng.random() < 0.5 else -1
        length = rng.uniform(0.4, 1.4) * width * side
        path[:, 0] = width / 2 + (share - rng.uniform(0.3, 0.7)) * length
        path[:, 1] += (share - 0.5) * rng.normal(0, 0.12) * height
    elif way == "roam":
        for axis, extent in enumerate((width, height * 0.4)):
            turns, phase = rng.uniform(0.3, 2), rng.uniform(0, 6)
            path[:, axis] += rng.uniform(0.1, 0.4) * extent * np.sin(turns * share * 6.28 + phase)
    elif way == "linger":  # there most of the time, then away, or the other way round
        begin = rng.uniform(0.3, 0.9)
        gone = np.clip((share - begin) / 0.2, 0, 1)
        path[:, 0] += gone * rng.normal(0, 0.6) * width
    elif way == "stir":
        path += rng.normal(0, 0.01, 2) * height * np.sin(times * rng.uniform(0.5, 3))[:, None]
    elif way == "rest":
        path = path + camera["parallax"] * camera["path"] * rng.uniform(-1, 1)
    bob = 0.015 * size * np.abs(np.sin(times * rng.uniform(3, 8))) if moving == "walk" else 0
    path[:, 1] += bob
    grown = np.exp(rng.normal(0, 0.25) * (share - 0.5)) if moving == "walk" else np.ones(len(times))
    turn = rng.normal(0, 1.5) * share if not alive and moving == "walk" and rng.random() < 0.5 else 0 * share
    flip = -1.0 if rng.random() < 0.5 else 1.0
    look = {
        "flip": flip,
        "texture": rng.beta(1, 3) * 0.3,
        "gaudy": rng.beta(1, 3) * 0.6,
        "grain": np.exp(rng.uniform(np.log(0.4), np.log(3))),
        "rough": rng.beta(1, 4) * 0.05 * size,
        "soft": rng.uniform(0.8, 2.4),
        "gloss": rng.uniform(0, 0.5),
        "light": rng.normal(0, 0.25),
        "shadow": rng.uniform(0.15, 0.7) if rng.random() < 0.6 and way != "rest" else 0.0,
        "blurred": rng.beta(1, 1.5),
        "ghost": 0.0,
        "roams": float(way in {"cross", "roam", "linger"}),
        "lean": rng.normal(0, 0.9),
        "squat": rng.uniform(0.1, 1.0),
        "camouflage": rng.uniform(0.5, 0.95) if rng.random() < 0.3 else 0.0,
    }
    return _packed(body, path, size * grown, turn, look)


def _packed(body: Body, path: Floats, size: Floats, turn: Floats, look: dict) -> dict[str, NDArray]:
    names = ("flip", "texture", "grain", "rough", "soft", "gloss", "light", "shadow", "lean", "squat", "camouflage", "gaudy", "blurred", "ghost", "roams")  # fmt: skip
    return {
        **{key: np.asarray(value) for key, value in vars(body).items()},
        "path": np.asarray(path, np.float32),
        "size": np.asarray(size, np.float32),
        "turn": np.asarray(turn, np.float32),
        **{name: np.float32(look.get(name, 0.0 if name in {"ghost", "roams"} else 1.0)) for name in names},
    }


def _ground(rng: np.random.Generator, height: int, width: int) -> dict[str, NDArray]:
    """The place: leaves that cover each other (after the dead leaves model), textures, light."""
    count = int(rng.choice((3, 8, 20, LEAVES), p=(0.2, 0.25, 0.3, 0.25)))
    palette = np.stack([a_colour(rng) for _ in range(6)])
    tint = a_colour(rng)
    palette = palette + rng.uniform(0, 0.7) * (tint - palette)
    reach = np.exp(rng.uniform(np.log(0.04), np.log(0.7), LEAVES)) * height
    reach[count:] = 0
    reach[0] = 10 * width
    order = np.argsort(-reach, kind="stable")  # large ones lie below: small detail survives
    kind = rng.integers(0, 4, LEAVES)
    upright = rng.random(LEAVES) < 0.6
    angle = np.where(upright, rng.normal(0, 0.04, LEAVES), rng.uniform(-1.6, 1.6, LEAVES))
    return {
        "leaf_at": np.stack([rng.uniform(-0.1, 1.1, LEAVES) * width, rng.uniform(-0.1, 1.1, LEAVES) * height], 1).astype(np.float32),
        "leaf_size": reach[order].astype(np.float32),
        "leaf_shape": np.exp(rng.normal(0, 0.8, LEAVES)).astype(np.float32),
        "leaf_angle": angle.astype(np.float32),
        "leaf_kind": kind,
        "leaf_colour": np.clip(palette[rng.integers(0, 6, LEAVES)] + rng.normal(0, 0.05, (LEAVES, 3)), 0, 1).astype(np.float32),
        "leaf_slope": rng.normal(0, 0.25, (LEAVES, 2)).astype(np.float32),
        "leaf_texture": (rng.beta(1, 2, LEAVES) * rng.choice((0.1, 0.3, 0.7))).astype(np.float32),
        "roughness": np.float32(rng.uniform(0.35, 0.95)),
        "stretch": np.float32(np.exp(rng.normal(0, 0.6))),
        "defocus": np.float32(rng.uniform(0, 3) if rng.random() < 0.35 else 0.0),
        "tremble": np.float32(rng.uniform(0.3, 2.5) if rng.random() < 0.25 else 0.0),
        "tremble_row": np.float32(rng.uniform(-0.3, 1.0)),
        "noise": np.float32(rng.beta(1, 3) * 0.06),
        "flicker": np.float32(rng.beta(1, 5) * 0.08),
        "gamma": np.float32(np.exp(rng.normal(0, 0.3))),
        "contrast": np.float32(rng.uniform(0.5, 1.1)),
        "drift": np.float32(rng.normal(0, 0.15) if rng.random() < 0.3 else 0.0),
        "misplaced": (rng.normal(0, 3, 2) if rng.random() < 0.12 else np.zeros(2)).astype(np.float32),
        "second_look": np.float32(rng.random() < 0.65),
        "slips": (rng.random(MOMENTS) < 0.2).astype(np.float32),
    }
