"""How a newcomer gets to its place and stays there."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical import palette
from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.subject import steadiness
from cutroom.engines.classical.sight.things import Perch, Thing, Wire, wire_at
from cutroom.engines.classical.sprites import flight
from cutroom.engines.classical.sprites.live import Live, capture
from cutroom.engines.classical.sprites.reference import Likeness, likeness
from cutroom.engines.classical.sprites.sprite import Sprite, grain_of, grainy, lay, placed, shadow
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.ops.add import Add

Vector = NDArray[np.float64]
_SIT = 0.16
"""Seconds in which wings fold after landing."""


@dataclass(frozen=True)
class Spot:
    """Where the newcomer ends up, in the pixels of the middle frame."""

    x: float
    y: float
    """Of its feet."""
    tall: float
    """How tall it should be there."""
    wire: Wire | None
    reach: float
    """Columns to either side in which the wire is free to be seen."""


def arrive(op: "Add", scene: Scene) -> Paint:
    """The paint of a newcomer. Raises CannotDo, naming what was not found."""
    steadiness(scene.sight.camera)
    if op.what.startswith("@"):
        who = likeness(op.what, scene.edit)
        spot = _spot(op, scene)
        return _cutout_paint(op, scene, who, spot)
    things = _models(op, scene.sight.perch)
    spot = _spot(op, scene)
    model = min(things, key=lambda t: abs(t.area - float(np.median([o.area for o in things]))))
    colour = palette.rgb(op.colour, op.shade) if op.colour else None
    live = capture(scene.clip, model, spot.wire, colour, scene.tick)
    return _live_paint(op, scene, live, spot)


def _models(op: "Add", perch: Perch) -> tuple[Thing, ...]:
    """Things of the clip that can stand model. Raises CannotDo where the prompt names none of them."""
    alike = not op.others or _singular(op.others) == _singular(op.what)
    if not perch.things or not alike or perch.trust < 0.35:
        raise CannotDo(
            f"No {op.what} stands out clearly enough in the clip to be copied, and this engine cannot draw one from"
            f" words alone. Attach a picture and say e.g. “@Image1 flies in and lands on the left”."
        )
    return perch.things


def _singular(noun: str) -> str:
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _spot(op: "Add", scene: Scene) -> Spot:
    """Where the words put the newcomer. Raises CannotDo where the clip holds no such place."""
    width, height = scene.clip.width, scene.clip.height
    if op.place in {"between", "wire"}:
        perch = scene.sight.perch
        if op.place == "between" and len(perch.things) < 2:
            raise CannotDo(
                f"Two {op.others} were not found in the clip ({len(perch.things)} stood out clearly),"
                " so there is no place between them."
            )
        if perch.wire is None and (op.place == "wire" or not perch.things):
            raise CannotDo("No wire to sit on was found in the clip.")
        return _perched(perch, width)
    if op.what.startswith("@"):
        x = {"left": 0.24, "right": 0.76}.get(op.place, 0.5) * width
        flying = op.move == "fly" or op.place == "sky"
        return Spot(
            x, (0.40 if flying else 0.90) * height, (0.26 if flying else 0.46) * height, None, 0
        )
    return _perched(scene.sight.perch, width)


def _perched(perch: Perch, width: int) -> Spot:
    """The widest gap between neighbours, or beside a lone thing; feet on the wire if there is one."""
    things = perch.things
    tall = float(np.mean([t.box[3] - t.box[1] for t in things])) if things else 0.0
    if len(things) >= 2:
        left, right = max(pairwise(things), key=lambda p: p[1].box[0] - p[0].box[2])
        x, gap = (left.box[2] + right.box[0]) / 2, right.box[0] - left.box[2]
        wide = float(np.mean([t.box[2] - t.box[0] for t in things]))
        if gap < 0.75 * wide:
            raise CannotDo("There is no room between them for another one.")
    else:
        box = things[0].box
        x, gap = (
            (
                box[0] - 1.2 * (box[2] - box[0])
                if box[0] > width / 2
                else box[2] + 1.2 * (box[2] - box[0])
            ),
            tall,
        )
    base = float(np.mean([t.box[3] for t in things]))
    y = perch.wire.y(x) if perch.wire else base
    return Spot(x, y, tall, perch.wire, 0.3 * gap)


class _Anchor:
    """Where a spot of the middle frame lies in every frame, and the wire there."""

    def __init__(self, camera: Camera, scale: tuple[float, float], spot: Spot) -> None:
        self._camera, self._spot = camera, spot
        self._grow = np.diag([scale[0], scale[1], 1.0])

    def at(self, pixels: Pixels, index: int) -> tuple[float, float]:
        """The feet's place in a frame."""
        spot = self._spot
        if not self._camera.still:
            home = self._camera.home[min(index, len(self._camera.home) - 1)]
            back = self._grow @ np.linalg.inv(home) @ np.linalg.inv(self._grow)
            x, y, w = back @ np.array([spot.x, spot.y, 1])
            return float(x / w), float(y / w)
        if spot.wire is None:
            return spot.x, spot.y
        return spot.x, wire_at(pixels, spot.wire, spot.x, spot.reach)


def _live_paint(op: "Add", scene: Scene, live: Live, spot: Spot) -> Paint:
    """A living copy that flies to its place, lands, and looks about."""
    clip = scene.clip
    anchor = _Anchor(scene.sight.camera, scene.sight.reel.scale, spot)
    path = _path(op, scene, spot)
    heading = 1 if path.end[0] > path.start[0] else -1
    flip = live.facing != heading
    body = flight.measure(_turned(live.body(0), flip), heading)
    flights = op.move == "fly"
    shutter = 0.5 / max(float(clip.rate), 1.0)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        out = pixels.copy()
        feet = anchor.at(pixels, index)
        since = seconds - path.landing
        if not flights or since >= 0:
            sprite = _turned(live.pose(index + 31), flip)
            _sit(out, sprite, _anchor_of(live, flip), feet, since if flights else 9.0)
            if flights and since < _SIT:
                _fly(out, live, body, path, feet, seconds=seconds, flip=flip)
            return out
        if seconds < path.takeoff:
            return out
        box = _about(path.at(seconds, feet), 2.2 * body.length, pixels.shape)
        total, moments = np.zeros(pixels[box].shape, np.uint16), 5
        for k in range(moments):  # an open shutter smears what moves
            out[box] = pixels[box]
            late = (k / (moments - 1) - 0.5) * shutter
            _fly(out, live, body, path, feet, seconds=min(seconds + late, path.landing), flip=flip)
            total += out[box]
        out[box] = (total + moments // 2) // moments
        return out

    return paint


def _about(at: Vector, reach: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns within `reach` of a point, inside a frame."""
    top, bottom = max(int(at[1] - reach), 0), min(max(int(at[1] + reach), 0), shape[0])
    left, right = max(int(at[0] - reach), 0), min(max(int(at[0] + reach), 0), shape[1])
    return slice(min(top, bottom), bottom), slice(min(left, right), right)


def _path(op: "Add", scene: Scene, spot: Spot) -> flight.Path:
    """When and from where it comes: within the first half of the clip, from the side that was said."""
    clip = scene.clip
    length = float(clip.duration)
    takeoff = 0.06 * length
    landing = min(max(takeoff + 1.5, 0.45 * length), takeoff + 2.4, 0.8 * length)
    side = op.side or ("right" if spot.x <= clip.width / 2 else "left")
    start = {
        "left": (-0.12 * clip.width, 0.14 * clip.height),
        "right": (1.12 * clip.width, 0.14 * clip.height),
        "top": (spot.x + 0.22 * clip.width, -0.25 * clip.height),
    }[side]
    return flight.Path(start, (spot.x, spot.y), takeoff, landing)


def _turned(sprite: Sprite, flip: bool) -> Sprite:  # noqa: FBT001 - a plain yes or no
    return sprite.mirrored() if flip else sprite


def _anchor_of(live: Live, flip: bool) -> tuple[float, float]:  # noqa: FBT001 - a plain yes or no
    x, y = live.anchor
    return (1 - x if flip else x), y


def _sit(
    out: Pixels,
    sprite: Sprite,
    anchor: tuple[float, float],
    feet: tuple[float, float],
    since: float,
) -> None:
    """The perched bird, sagging a little at the knees when it has just come down."""
    squash = 0.09 * math.exp(-5.5 * since) * math.cos(15 * since) if since < 2 else 0.0
    lay(out, sprite, placed(sprite, feet, anchor=anchor, scale=(1 + 0.4 * squash, 1 - squash)))


def _fly(
    out: Pixels,
    live: Live,
    body: flight.Body,
    path: flight.Path,
    feet: tuple[float, float],
    *,
    seconds: float,
    flip: bool,
) -> None:
    """The bird in the air, upright again and folding its wings as it comes down."""
    u = path.share(seconds)
    sprite = _turned(live.body(0), flip)
    foot = np.array(_anchor_of(live, flip)) * (sprite.width, sprite.height)
    offset = body.centre - foot
    at = path.at(seconds, feet) + offset
    tilt = math.atan2(body.axis[1], body.axis[0] * (1 if body.axis[0] > 0 else -1))
    level = -0.16 - tilt  # nose a little up, whatever the perched body leans
    upright = 1 - _eased((u - 0.70) / 0.30)
    turn = level * upright * (1 if body.axis[0] > 0 else -1)
    after = max(seconds - path.landing, 0.0) / _SIT
    spread = 1 - _eased(0.35 * max((u - 0.93) / 0.07, 0) + 0.8 * after)
    flap = flight.beat(seconds) * (1 - 0.3 * _eased((u - 0.8) / 0.2)) + 0.35 * _eased(
        (u - 0.75) / 0.25
    )
    if after > 0:  # the perched bird is drawn already; only the folding wings are missing
        sprite = Sprite(sprite.pixels, np.zeros_like(sprite.alpha))
    flight.draw(out, sprite, body, at, turn=turn, flap=min(flap, 1.1), spread=max(spread, 0.0))


def _eased(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _cutout_paint(op: "Add", scene: Scene, who: Likeness, spot: Spot) -> Paint:
    """A reference that flies, walks or simply is in its place."""
    clip, seed = scene.clip, scene.seed
    anchor = _Anchor(scene.sight.camera, scene.sight.reel.scale, spot)
    path = _path(op, scene, spot)
    if op.move == "walk":
        side = -1 if (op.side or ("left" if spot.x <= clip.width / 2 else "right")) == "left" else 1
        start = (clip.width * (0.5 + 0.72 * side), spot.y)
        path = flight.Path(start, path.end, 0.0, min(0.7 * float(clip.duration), 3.5))
    heading = 1 if path.end[0] > path.start[0] else -1
    middle = scene.sight.reel[len(scene.sight.reel) // 2]
    moving = who.matched(middle, spot.tall, heading)
    resting = who.matched(middle, spot.tall, 0)
    if op.move == "stay":
        moving = resting
    grain = grain_of(middle)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        out = pixels.copy()
        end = anchor.at(pixels, index)
        at, turn, sprite = np.array(end), 0.0, resting
        if op.move == "fly":
            at = path.at(seconds, end)
            away = 1 - path.share(seconds)
            turn = heading * 0.10 * away * math.sin(5 * seconds)
            sprite = moving
        elif op.move == "walk":
            u = path.share(seconds)
            at = np.array([path.start[0] + (end[0] - path.start[0]) * _eased_out(u), end[1]])
            if u < 1:
                sprite = moving
                stride = math.sin(2 * math.pi * 1.7 * seconds)
                at[1] -= 0.012 * spot.tall * abs(stride)
                turn = 0.022 * stride
        if op.move != "fly" and op.place not in {"sky", "wire", "between"}:
            shadow(
                out, (float(at[0]), end[1]), (0.34 * sprite.width, 0.055 * sprite.width + 2), 0.45
            )
        lay(out, sprite, placed(sprite, (float(at[0]), float(at[1])), turn=turn))
        grainy(out, pixels, grain, seed, index)
        return out

    return paint


def _eased_out(share: float) -> float:
    return float(1 - (1 - share) ** 1.4)
