"""What a batch of training scenes is made of, rolled with NumPy: bodies, paths, leaves, cameras. Nothing is drawn here."""

from typing import Any

import numpy as np
from bodies import Body, Floats, a_body, a_colour, thing, vehicle
from numpy.typing import NDArray

SLOTS = 5
"""Bodies of a scene: one near and at rest, three that may move, one that stands in front of them."""
LEAVES = 48
PAST_AND_FUTURE = (0.0, -0.15, 0.15, -0.6, 0.6)
"""Seconds from the frame looked at to the frames it is compared with; the first is itself."""
GLANCES = 7
"""Further frames of which the plate is made."""
MOMENTS = len(PAST_AND_FUTURE) + GLANCES
_LOOKS = ("flip", "texture", "grain", "rough", "soft", "gloss", "light", "shadow", "lean", "squat", "camouflage", "gaudy", "blurred", "ghost", "roams")  # fmt: skip


def roll(rng: np.random.Generator, count: int, height: int, width: int) -> dict[str, NDArray[Any]]:
    """Everything about `count` scenes of a size, as arrays whose first axis is the scene."""
    scenes = [_scene(rng, height, width) for _ in range(count)]
    return {key: np.stack([scene[key] for scene in scenes]) for key in scenes[0]}


def _scene(rng: np.random.Generator, height: int, width: int) -> dict[str, NDArray[Any]]:
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
            if (
                slot == 0 and rng.random() < 0.2
            ):  # somebody outside the frame casts a shadow into it
                way = str(rng.choice(("cross", "roam", "linger", "stir")))
                slots[0] = _slot(rng, height, width, times, way, camera)
                slots[0]["shadow"] = np.float32(rng.uniform(0.15, 0.7))
                slots[0]["ghost"] = np.float32(1.0)
        elif slot <= movers:
            if still_scene:
                way = "still"
            else:
                way = str(
                    rng.choice(("cross", "roam", "linger", "stir"), p=(0.33, 0.18, 0.17, 0.32))
                )
            slots.append(_slot(rng, height, width, times, way, camera))
            label[slot] = 1.0
        else:
            slots.append(_nobody())
    scene = {key: np.stack([slot[key] for slot in slots]) for key in slots[0]}
    scene |= {"label": label, "seconds": np.float32(seconds), "times": times.astype(np.float32)}
    scene |= {f"camera_{key}": value for key, value in camera.items()}
    return scene | _ground(rng, height, width)


def _nobody() -> dict[str, NDArray[Any]]:
    return _packed(Body.empty(), np.zeros((MOMENTS, 2)), np.ones(MOMENTS), np.zeros(MOMENTS), {})


def _camera(
    rng: np.random.Generator, height: int, width: int, share: Floats
) -> dict[str, NDArray[Any]]:
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
    rng: np.random.Generator,
    height: int,
    width: int,
    times: Floats,
    way: str,
    camera: dict[str, Any],
) -> dict[str, NDArray[Any]]:
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
    path, grown = _path(rng, height, width, times, way, size, moving)
    if way == "rest":
        path = path + camera["parallax"] * camera["path"] * rng.uniform(-1, 1)
    share = times / max(float(times.max()), 1e-3)
    spins = not alive and moving == "walk" and rng.random() < 0.5
    turn = rng.normal(0, 1.5) * share if spins else 0 * share
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


def _path(
    rng: np.random.Generator, height: int, width: int, times: Floats, way: str, size: float, moving: str
) -> tuple[Floats, Floats]:  # fmt: skip
    """Where a body is at every moment, pixels, (moments, 2), and by what its size has grown, (moments,)."""
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
    bob = 0.015 * size * np.abs(np.sin(times * rng.uniform(3, 8))) if moving == "walk" else 0
    path[:, 1] += bob
    grown = np.exp(rng.normal(0, 0.25) * (share - 0.5)) if moving == "walk" else np.ones(len(times))
    return path, grown


def _packed(
    body: Body, path: Floats, size: Floats, turn: Floats, look: dict[str, Any]
) -> dict[str, NDArray[Any]]:
    return {
        **{key: np.asarray(value) for key, value in vars(body).items()},
        "path": np.asarray(path, np.float32),
        "size": np.asarray(size, np.float32),
        "turn": np.asarray(turn, np.float32),
        **{
            name: np.float32(look.get(name, float(name not in {"ghost", "roams"})))
            for name in _LOOKS
        },
    }


def _ground(rng: np.random.Generator, height: int, width: int) -> dict[str, NDArray[Any]]:
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
        "leaf_at": np.stack(
            [rng.uniform(-0.1, 1.1, LEAVES) * width, rng.uniform(-0.1, 1.1, LEAVES) * height], 1
        ).astype(np.float32),
        "leaf_size": reach[order].astype(np.float32),
        "leaf_shape": np.exp(rng.normal(0, 0.8, LEAVES)).astype(np.float32),
        "leaf_angle": angle.astype(np.float32),
        "leaf_kind": kind,
        "leaf_colour": np.clip(
            palette[rng.integers(0, 6, LEAVES)] + rng.normal(0, 0.05, (LEAVES, 3)), 0, 1
        ).astype(np.float32),
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
        "misplaced": (rng.normal(0, 3, 2) if rng.random() < 0.12 else np.zeros(2)).astype(
            np.float32
        ),
        "second_look": np.float32(rng.random() < 0.65),
        "slips": (rng.random(MOMENTS) < 0.2).astype(np.float32),
    }
