"""A reference in the place of a moving thing: the thing taken out, the reference put where it was."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.movers import Mover
from cutroom.engines.classical.sight.subject import Subject
from cutroom.engines.classical.sprites.emptied import Emptied, emptied
from cutroom.engines.classical.sprites.gait import gait_of
from cutroom.engines.classical.sprites.reference import Likeness, likeness
from cutroom.engines.classical.sprites.sprite import Sprite, grain_of, grainy, lay, placed, shadow
from cutroom.engines.classical.target import Target, understand

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Walk:
    """Where the thing that gives way stands in every frame; full-size pixels, one entry a frame."""

    x: Vector
    ground: Vector
    """How far it has come over the ground, the camera's own motion taken out."""
    foot: Vector
    tall: Vector
    wide: Vector
    heading: NDArray[np.int8]
    """-1 left, 1 right, 0 neither."""
    present: NDArray[np.float32]
    """0 where it is not in the picture."""


def stand_in(mention: str, who: str, scene: Scene) -> Paint:
    """The paint that exchanges the thing that is meant for a reference."""
    figure, target = likeness(mention, scene.edit), understand(who)
    sight = scene.sight
    subject = sight.find(target)
    empty = emptied(subject, scene, target.say())
    _note(scene, target, figure, mention, empty.made_up)
    rate = float(scene.clip.rate)
    walk = follow(subject, sight, rate)
    ratio = figure.frontal.width / figure.frontal.height
    tall = walk.tall * np.minimum(1.0, 1.5 * walk.wide / walk.tall / ratio)
    gait = gait_of(walk.ground, tall, rate, upright=figure.upright)
    middle = sight.reel[len(sight.reel) // 2]
    views = {way: figure.matched(middle, float(tall.max()), way) for way in (-1, 0, 1)}
    grain, height = grain_of(middle), scene.clip.height
    others = _nearer(subject, sight)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del seconds
        out = empty(pixels, index)
        at = min(index, len(walk.x) - 1)
        if walk.present[at] <= 0:
            return out
        bare = out.copy()
        sprite = views[int(walk.heading[at])]
        scale, size = float(tall[at]) / sprite.height, float(tall[at])
        x, foot = float(walk.x[at]), float(walk.foot[at])
        if foot < 0.985 * height:
            half = 0.42 * sprite.width * scale
            shadow(out, (x, foot - 0.01 * size), (half, max(0.16 * half, 2)), 0.5)
        where = (x, foot + (0.01 - float(gait.lift[at])) * size)
        small = _sharp(sprite, scale)
        rest = scale * sprite.height / small.height
        lay(out, small, placed(small, where, scale=(rest, rest), turn=float(gait.turn[at])))
        grainy(out, bare, 0.8 * grain, scene.seed, index)
        _in_front(out, pixels, others, empty, index)
        return out

    return paint


def _note(scene: Scene, target: Target, figure: Likeness, mention: str, made_up: float) -> None:
    """Tell the caller what was taken for whom, and what a picture cannot do."""
    scene.tick.note(f"Took what moves as “{target.say()}”.")
    if figure.upright:
        scene.tick.note(
            f"@{mention[1:].capitalize()} is a picture: it travels, turns and bobs at a walker's pace, but its"
            " legs do not step and its arms do not swing."
        )
    if made_up > 0.3:
        scene.tick.note(
            f"{made_up:.0%} of what {target.say()} hides is never seen in the clip and was made up from"
            " what is round about it."
        )


def _nearer(subject: Subject, sight: Sight) -> tuple[Mover, ...]:
    """What else moves and stands nearer to the camera: its feet are lower in the picture."""
    mine = getattr(subject, "movers", ())
    nearer = []
    for mover in sight.movers.found:
        if mover in mine:
            continue
        both = [i for i in mover.boxes if subject.box(i) is not None]
        soles = [
            mover.boxes[i][3] - (subject.box(i) or (0, 0, 0, 0))[3] / sight.reel.scale[1]
            for i in both
        ]
        if soles and float(np.median(soles)) > 0.01 * sight.reel.height:
            nearer.append(mover)
    return tuple(nearer)


def _in_front(
    out: Pixels, pixels: Pixels, nearer: tuple[Mover, ...], empty: Emptied, index: int
) -> None:
    """Put what passes in front of the stand-in back in front of it, in place."""
    if not any(index in mover.boxes for mover in nearer):
        return
    others = empty.others[index]
    keep = np.zeros_like(others)
    for mover in nearer:
        if box := mover.boxes.get(index):
            part = (
                slice(max(int(box[1]) - 2, 0), int(box[3]) + 3),
                slice(max(int(box[0]) - 2, 0), int(box[2]) + 3),
            )
            keep[part] = others[part]
    if not keep.any():
        return
    grown = cv2.resize(keep, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    cover = np.clip((grown.astype(np.float32) - 90) / 90, 0, 1)[..., None]
    out[:] = (out + cover * (pixels.astype(np.float32) - out) + 0.5).astype(np.uint8)


def _sharp(sprite: Sprite, scale: float) -> Sprite:
    """The sprite reduced beforehand where drawing it that small would alias."""
    return sprite.sized(max(2.0, sprite.height * scale)) if scale < 0.6 else sprite


def follow(subject: Subject, sight: Sight, rate: float) -> Walk:
    """The subject's path, smoothed; gaps filled from both sides."""
    count = len(sight.reel)
    boxes = [subject.box(i) for i in range(count)]
    known = np.array([b is not None for b in boxes])
    at = np.flatnonzero(known)
    table = np.array([b for b in boxes if b is not None], float)
    sides = [np.interp(np.arange(count), at, table[:, k]) for k in range(4)]
    soft = max(3, round(0.25 * rate) | 1)
    left, top, right, bottom = (_smoothed(side, soft) for side in sides)
    full_h, full_w = sight.clip.height, sight.clip.width
    # At the frame's edge only a part is seen: hold the size it has when whole.
    whole = (
        (left > 0.01 * full_w)
        & (right < 0.99 * full_w)
        & (top > 0.01 * full_h)
        & (bottom < 0.99 * full_h)
    )
    tall, wide = _held(bottom - top, whole), _held(right - left, whole)
    x = (left + right) / 2
    x = np.where(left <= 0.01 * full_w, right - wide / 2, x)
    x = np.where(right >= 0.99 * full_w, left + wide / 2, x)
    foot = np.where(bottom >= 0.99 * full_h, np.maximum(bottom, top + tall), bottom)
    gone = max(2, round(0.3 * rate))
    near = cv2.dilate(known.astype(np.uint8)[None], np.ones((1, 2 * gone + 1), np.uint8))[0]
    ground = _over_ground(x, sight)
    heading = _headings(ground, wide, rate)
    return Walk(x, ground, foot, tall, wide, heading, near.astype(np.float32))


def _held(size: Vector, whole: NDArray[np.bool_]) -> Vector:
    """Sizes where the thing is wholly seen, carried on to where it is not."""
    if whole.sum() < 3:
        return size
    at = np.flatnonzero(whole)
    return np.maximum(np.interp(np.arange(len(size)), at, size[at]), 1.0)


def _smoothed(values: Vector, length: int) -> Vector:
    """A median against jumps, then a mean against jitter."""
    half = length // 2
    # Odd reflection: what moves evenly goes on evenly past either end, instead of lagging there.
    padded = np.pad(values, half, mode="reflect", reflect_type="odd")
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)
    calm = np.median(windows, axis=1)
    return np.asarray(
        np.convolve(
            np.pad(calm, half, mode="reflect", reflect_type="odd"),
            np.ones(length) / length,
            "valid",
        )
    )


def _over_ground(x: Vector, sight: Sight) -> Vector:
    """Positions across, as the camera's middle frame would show them."""
    ground = np.array(x)
    if not sight.camera.still:
        scale = sight.reel.scale[0]
        for i, matrix in enumerate(sight.camera.home):
            flat = matrix @ np.array([x[i] / scale, sight.reel.height / 2, 1])
            ground[i] = flat[0] / flat[2] * scale
    return ground


def _headings(ground: Vector, wide: Vector, rate: float) -> NDArray[np.int8]:
    """Which way it goes over the ground in every frame; kept while it stands."""
    half = max(1, round(0.4 * rate))
    ahead = (
        np.pad(ground, half, mode="edge")[2 * half :]
        - np.pad(ground, half, mode="edge")[: -2 * half]
    )
    now = np.where(np.abs(ahead) > 0.14 * np.median(wide), np.sign(ahead), 0).astype(np.int8)
    if not now.any():
        return now
    first = now[np.flatnonzero(now)[0]]
    held = []
    for way in now:
        first = way or first
        held.append(first)
    return np.array(held, np.int8)
