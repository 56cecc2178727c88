"""Camera moves over a still: a view for every moment."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.stills.wish import GENTLE, Move


@dataclass(frozen=True)
class View:
    """What the camera sees at a moment. Lengths are shares of the frame's height."""

    x: float = 0.0
    """How far right of the picture's middle the frame's middle lies."""
    y: float = 0.0
    zoom: float = 1.0
    """1: the picture just covers the frame."""
    roll: float = 0.0
    """Radians, clockwise."""
    aside: float = 0.0
    """How far the camera has gone to the right; what is near shifts left by this times its nearness."""
    up: float = 0.0
    """How far it has gone up: what is near shifts down."""
    closer: float = 0.0
    """How much more what is near grows than what is far."""


@dataclass(frozen=True)
class Room:
    """What a view has to stay within."""

    frame: tuple[float, float]
    """Frame's width and height over its height."""
    picture: tuple[float, float]
    """Picture's, in the same unit: it covers the frame."""
    aim: tuple[float, float] = (0.0, 0.0)
    """Where the subject lies, from the picture's middle."""
    depth: tuple[float, float] = (0.0, 0.0)
    """Least and greatest nearness along the picture's rim, less that which does not shift."""


def route(moves: Sequence[Move], room: Room, seconds: float, seed: int) -> Callable[[float], View]:
    """The view at every moment 0..seconds; acts share the time evenly."""
    moves = moves or (GENTLE,)
    acts = sorted({m.act for m in moves})

    def at(moment: float) -> View:
        view = View()
        for move in moves:
            share = (moment / max(seconds, 1e-6)) * len(acts) - acts.index(move.act)
            even = max(0.0, min(share, 1.0))
            view = _added(view, _view(move, even, moment, room, seed))
        return _within(view, room)

    return at


def cropped(moves: Sequence[Move]) -> bool:
    """Whether the first frame shows a part of the picture only, since the move needs room."""
    roomy = ("zoom_out", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "truck_left", "truck_right", "rise", "sink")  # fmt: skip
    return any(m.move in roomy for m in moves)


def parallactic(moves: Sequence[Move]) -> bool:
    """Whether the moves shift what is near against what is far."""
    flat = ("static", "zoom_in", "zoom_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "roll_left", "roll_right", "ken_burns")  # fmt: skip
    return any(m.move not in flat for m in moves or (GENTLE,))


def ease(share: float) -> float:
    """Starts and stops without a jerk, keeps an even pace between (a smooth trapezoid of speed)."""
    ramp = 0.22
    if share < ramp:
        return share * share / (2 * ramp * (1 - ramp))
    if share > 1 - ramp:
        return 1 - (1 - share) ** 2 / (2 * ramp * (1 - ramp))
    return (share - ramp / 2) / (1 - ramp)


def aimed(moves: Sequence[Move]) -> bool:
    """Whether it matters to the moves where the subject is."""
    return parallactic(moves) or any(m.move in {"zoom_in", "zoom_out", "ken_burns"} for m in moves)


def _view(move: Move, even: float, moment: float, room: Room, seed: int) -> View:  # noqa: PLR0911  # one answer a move
    """What one move adds to the view when `even` (0..1) of its time has gone by."""
    gone, amount = ease(even), move.amount
    name, _, way = move.move.partition("_")
    sign = -1.0 if way in {"left", "up"} else 1.0
    if name == "zoom":
        zoom = 1 + 0.38 * amount
        return _aimed(zoom**gone if way == "in" else zoom ** (1 - gone), room)
    if name in {"push", "pull"}:
        share = gone if name == "push" else 1 - gone
        return replace(_aimed((1 + 0.22 * amount) ** share, room), closer=0.20 * amount * share)
    if name == "pan":
        return _sweep(room, sign * (2 * gone - 1), 0, amount, 1.3)
    if name == "tilt":
        return _sweep(room, 0, sign * (2 * gone - 1), amount, 1.3)
    if name == "truck":
        view = _sweep(room, sign * (2 * gone - 1), 0, 0.7 * amount, 1.22)
        return replace(view, aside=sign * 0.09 * amount * (2 * gone - 1))
    if name in {"rise", "sink"}:
        way_up = 1.0 if name == "rise" else -1.0
        view = _sweep(room, 0, -way_up * (2 * gone - 1), 0.8 * amount, 1.22)
        return replace(view, up=way_up * 0.07 * amount * (2 * gone - 1))
    if name == "orbit":
        return _orbit(sign * amount * gone, room)
    if name == "roll":
        return View(roll=sign * math.radians(7 * amount) * gone)
    if name == "ken":
        zoom = 1 + 0.26 * gone
        view = _aimed(zoom, room)
        return replace(view, x=view.x + 0.05 * gone, y=view.y - 0.02 * gone)
    return _handheld(moment, amount, seed) if name == "handheld" else View()


def _aimed(zoom: float, room: Room) -> View:
    """A zoom that ends with the subject nearer to the middle."""
    toward = 1 - 1 / zoom
    return View(x=room.aim[0] * toward, y=room.aim[1] * toward, zoom=zoom)


def _sweep(room: Room, across: float, down: float, amount: float, zoom: float) -> View:
    """A view at a share (-1..1) of the room that a zoom, or a picture longer than the frame, leaves."""
    zoom = 1 + (zoom - 1) * min(amount, 1.4)
    spare = [(room.picture[k] - room.frame[k] / zoom) / 2 for k in (0, 1)]
    most = [0.45 * amount * room.frame[k] for k in (0, 1)]
    return View(x=across * min(spare[0], most[0]), y=down * min(spare[1], most[1]), zoom=zoom)


def _orbit(gone: float, room: Room) -> View:
    """A share (-1..1, or more) of the way round the subject, to the right where it is above 0."""
    if room.depth == (0.0, 0.0):  # a flat picture cannot be gone round
        return View(x=0.05 * gone, zoom=1 + 0.16 * abs(gone))
    return View(zoom=1 + 0.03 * abs(gone), aside=0.11 * gone)


def _handheld(moment: float, amount: float, seed: int) -> View:
    """The sway of a camera held by hand: slow waves of unlike periods, from rest."""
    phases = dice(seed, 881).random(9) * 2 * math.pi
    rates = (0.31, 0.73, 1.37, 0.37, 0.83, 1.49, 0.29, 0.67, 1.21)
    waves = [
        math.sin(2 * math.pi * rate * moment + phase) - math.sin(phase)
        for rate, phase in zip(rates, phases, strict=True)
    ]
    sway = [0.60 * waves[k] + 0.28 * waves[k + 1] + 0.12 * waves[k + 2] for k in (0, 3, 6)]
    reach = 0.010 * amount
    return View(x=reach * sway[0], y=reach * sway[1], roll=0.006 * amount * sway[2], aside=0.4 * reach * sway[0])  # fmt: skip


def _added(one: View, other: View) -> View:
    return View(
        one.x + other.x, one.y + other.y, one.zoom * other.zoom, one.roll + other.roll,
        one.aside + other.aside, one.up + other.up, one.closer + other.closer,
    )  # fmt: skip


def _within(view: View, room: Room) -> View:
    """The view moved and, where that is not enough, brought closer until the picture fills the frame."""
    cos, sin = abs(math.cos(view.roll)), abs(math.sin(view.roll))
    wide, tall = room.frame
    needs = (wide * cos + tall * sin, wide * sin + tall * cos)
    shifts = [sorted(way * d for d in room.depth) for way in (view.aside, -view.up)]
    free = [max(room.picture[k] - (shifts[k][1] - shifts[k][0]), 0.1) for k in (0, 1)]
    zoom = max(view.zoom, *(needs[k] / free[k] for k in (0, 1)))
    x, y = (
        max(-(room.picture[k] - needs[k] / zoom) / 2 - shifts[k][0], min(at, (room.picture[k] - needs[k] / zoom) / 2 - shifts[k][1]))
        for k, at in enumerate((view.x, view.y))
    )  # fmt: skip
    return replace(view, x=x, y=y, zoom=zoom)
