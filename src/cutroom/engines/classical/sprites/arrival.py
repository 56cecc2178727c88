"""How a newcomer gets to its place and stays there."""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight.subject import steadiness
from cutroom.engines.classical.sight.things import Perch, Thing
from cutroom.engines.classical.sprites import flight
from cutroom.engines.classical.sprites.live import Live, capture
from cutroom.engines.classical.sprites.newcomer import newcome
from cutroom.engines.classical.sprites.spot import Pin, Spot, between, perched
from cutroom.engines.classical.sprites.sprite import Sprite, lay, placed
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.ops.add import Add

Vector = NDArray[np.float64]
_SIT = 0.16
"""Seconds in which wings fold after landing."""


def arrive(op: "Add", scene: Scene) -> Paint:
    """The paint of a newcomer. Raises CannotDo, naming what was not found."""
    steadiness(scene.sight.camera)
    if op.what.startswith("@"):
        return newcome(op, scene)
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
    if op.place in {"between", "wire"}:
        return perched(op, scene)
    return between(scene.sight.perch, scene.clip.width)


def _live_paint(op: "Add", scene: Scene, live: Live, spot: Spot) -> Paint:
    """A living copy that flies to its place, lands, and looks about."""
    clip = scene.clip
    pin = Pin(scene.sight.camera, scene.sight.reel.scale, spot)
    path = flight.coming(clip, (spot.x, spot.y), op.side)
    heading = 1 if path.end[0] > path.start[0] else -1
    flip = live.facing != heading
    body = flight.measure(_turned(live.body(0), flip), heading)
    flights = op.move == "fly"
    shutter = 0.5 / max(float(clip.rate), 1.0)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        out = pixels.copy()
        feet = pin.at(pixels, index)
        since = seconds - path.landing
        if not flights or since >= 0:
            sprite = _turned(live.pose(index + 31), flip)
            _sit(out, sprite, _pivot_of(live, flip), feet, since if flights else 9.0)
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


def _turned(sprite: Sprite, flip: bool) -> Sprite:  # noqa: FBT001 - a plain yes or no
    return sprite.mirrored() if flip else sprite


def _pivot_of(live: Live, flip: bool) -> tuple[float, float]:  # noqa: FBT001 - a plain yes or no
    x, y = live.pivot
    return (1 - x if flip else x), y


def _sit(
    out: Pixels,
    sprite: Sprite,
    pivot: tuple[float, float],
    feet: tuple[float, float],
    since: float,
) -> None:
    """The perched bird, sagging a little at the knees when it has just come down."""
    squash = 0.09 * math.exp(-5.5 * since) * math.cos(15 * since) if since < 2 else 0.0
    lay(out, sprite, placed(sprite, feet, pivot=pivot, scale=(1 + 0.4 * squash, 1 - squash)))


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
    foot = np.array(_pivot_of(live, flip)) * (sprite.width, sprite.height)
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
