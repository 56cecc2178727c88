"""A reference that comes into a clip: it flies, walks, crosses the picture or simply is in its place."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight.subject import Cut
from cutroom.engines.classical.sprites import flight
from cutroom.engines.classical.sprites.gait import gait_of
from cutroom.engines.classical.sprites.reference import Likeness, likeness
from cutroom.engines.classical.sprites.room import room
from cutroom.engines.classical.sprites.spot import Pin, Spot, perched
from cutroom.engines.classical.sprites.sprite import grain_of, grainy, lay, placed, shadow
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.ops.add import Add

_ALOFT = 0.38
"""Height of what flies and does not land, share of the frame's."""


@dataclass(frozen=True)
class Way:
    """How it moves: (seconds, its place) -> (x, y of the feet, share of the way that is left)."""

    at: Callable[[float, tuple[float, float]], tuple[float, float, float]]
    heading: int
    """-1 left, 1 right, 0 none."""


def newcome(op: "Add", scene: Scene) -> Paint:
    """The paint of a reference that comes in. Raises CannotDo where its place is not in the clip."""
    who = likeness(op.what, scene.edit)
    spot, flies = _spot(op, scene, who), op.move == "fly"
    way = _way(op, scene, spot, who)
    sight, clip = scene.sight, scene.clip
    pin = Pin(sight.camera, sight.reel.scale, spot)
    middle = sight.reel[len(sight.reel) // 2]
    moving, resting = (who.matched(middle, spot.tall, to) for to in (way.heading, 0))
    grain = grain_of(middle)
    on_ground = spot.wire is None and (not flies or op.lands)
    path = np.array([way.at(float(t), (spot.x, spot.y))[0] for t in sight.reel.times])
    walks = op.move == "walk" and who.upright
    tall = np.full(len(path), spot.tall)
    gait = gait_of(path, tall, float(clip.rate), upright=walks)
    nearer = _nearer(scene) if on_ground and op.move == "walk" else None

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        out = pixels.copy()
        frame = min(index, len(path) - 1)
        end = pin.at(pixels, index)
        x, y, left = way.at(seconds, end)
        if op.move == "walk" and not sight.camera.still:
            ground = way.at(seconds, (spot.x, spot.y))
            x, y = pin.seen(ground[0], ground[1], index)
        sprite = moving if left > 0 else resting
        if on_ground:
            high = np.clip((end[1] - y) / (0.5 * clip.height), 0, 1)
            depth = 0.45 * (1 - float(high))
            shadow(out, (x, end[1]), (0.34 * sprite.width, 0.055 * sprite.width + 2), depth)
        sway = way.heading * 0.10 * left * math.sin(5 * seconds)
        turn = sway if flies else float(gait.turn[frame])
        foot = (x, y - float(gait.lift[frame]) * spot.tall)
        lay(out, sprite, placed(sprite, foot, turn=turn))
        grainy(out, pixels, grain, scene.seed, index)
        if nearer is not None:
            _in_front(out, pixels, nearer, index, y)
        return out

    return paint


def _spot(op: "Add", scene: Scene, who: Likeness) -> Spot:
    """Where it ends up, in the middle frame, and how tall it is there."""
    if op.place in {"between", "wire"}:
        return perched(op, scene)
    ratio = who.frontal.width / who.frontal.height
    side = op.place if op.place in {"left", "right", "middle"} else op.side
    free = room(scene, ratio, side, upright=who.upright)
    if free.beside and who.upright:
        scene.tick.note("The newcomer stands on the ground of what is in the clip and is as tall.")
    if (op.move == "fly" and not op.lands) or op.place == "sky":
        tall = min(free.tall, 0.26 * scene.clip.height)
        return Spot(free.x, _ALOFT * scene.clip.height, tall, None, 0)
    return Spot(free.x, free.y, free.tall, None, 0)


def _way(op: "Add", scene: Scene, spot: Spot, who: Likeness) -> Way:
    """The way it takes."""
    clip = scene.clip
    length, width = float(clip.duration), clip.width
    wide = spot.tall * who.frontal.width / who.frontal.height
    side = op.side or ("left" if spot.x <= width / 2 else "right")
    if op.move == "stay":
        return Way(lambda _, end: (*end, 0.0), 0)
    if op.across:
        start, stop = -0.7 * wide, width + 0.7 * wide
        if side == "right":
            start, stop = stop, start

        def cross(seconds: float, end: tuple[float, float]) -> tuple[float, float, float]:
            u = min(max(seconds / max(length, 1e-3), 0.0), 1.0)
            wave = 0.03 * clip.height * math.sin(2.2 * seconds) if op.move == "fly" else 0.0
            return start + (stop - start) * u, end[1] + wave, 1.0

        return Way(cross, 1 if stop > start else -1)
    if op.move == "walk":
        begin = -0.7 * wide if side == "left" else width + 0.7 * wide
        # Nobody sprints in: a body's height a second, if the clip is long enough for that.
        needed = abs(begin - spot.x) / max(spot.tall, 1.0)
        arrival = min(max(needed, 1.0), 0.75 * length)

        def walk(seconds: float, end: tuple[float, float]) -> tuple[float, float, float]:
            u = min(max(seconds / max(arrival, 1e-3), 0.0), 1.0)
            return begin + (end[0] - begin) * _settled(u), end[1], 1.0 - u

        return Way(walk, 1 if spot.x > begin else -1)
    return _flight(op, scene, spot)


def _flight(op: "Add", scene: Scene, spot: Spot) -> Way:
    """In from above one side, slowing down; within the first half of the clip."""
    path = flight.coming(scene.clip, (spot.x, spot.y), op.side, 0.5 * spot.tall)
    hovers = spot.wire is None and not op.lands

    def fly(seconds: float, end: tuple[float, float]) -> tuple[float, float, float]:
        x, y = path.at(seconds, end)
        left = 1 - path.share(seconds)
        if hovers:  # what hangs in the air never hangs quite still
            y += 0.012 * scene.clip.height * (1 - left) * math.sin(2.6 * seconds)
        return float(x), float(y), max(left, 0.15) if hovers else left

    return Way(fly, 1 if spot.x > path.start[0] else -1)


def _settled(share: float) -> float:
    """Even steps that slow down over the last of the way."""
    brake = 0.25
    speed = 1 / (1 - brake / 2)
    if share < 1 - brake:
        return speed * share
    rest = (share - (1 - brake)) / brake
    return speed * (1 - brake) + speed * brake * (rest - rest * rest / 2)


def _nearer(scene: Scene) -> Cut | None:
    """What may pass before the newcomer; None where nothing is told apart clearly."""
    try:
        return scene.sight.foreground()
    except CannotDo:
        return None


def _in_front(out: Pixels, pixels: Pixels, other: Cut, index: int, foot: float) -> None:
    """Put what stands nearer to the camera back in front, in place."""
    box = other.box(index)
    if box is None or box[3] < foot + 0.02 * out.shape[0]:
        return
    cover = other.matte(pixels, index)[..., None]
    out[:] = (out + cover * (pixels.astype(np.float32) - out) + 0.5).astype(np.uint8)
