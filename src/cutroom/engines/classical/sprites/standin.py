"""A reference in the place of a moving thing: the thing taken out, the reference put where it was."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.subject import Cut
from cutroom.engines.classical.sprites.reference import likeness
from cutroom.engines.classical.sprites.sprite import Sprite, grain_of, grainy, lay, placed, shadow
from cutroom.errors import CannotDo

Vector = NDArray[np.float64]

_UNKNOWN = 0.33
"""Most of the hole, in the mean over frames, whose ground no frame may have shown."""


@dataclass(frozen=True)
class Walk:
    """Where the thing that gives way stands in every frame; full-size pixels, one entry a frame."""

    x: Vector
    foot: Vector
    tall: Vector
    wide: Vector
    heading: NDArray[np.int8]
    """-1 left, 1 right, 0 neither."""
    present: NDArray[np.float32]
    """0 where it is not in the picture."""


def stand_in(mention: str, who: str, scene: Scene) -> Paint:
    """The paint that exchanges the one clear mover for a reference."""
    figure = likeness(mention, scene.edit)
    sight = scene.sight
    subject = sight.subject()
    plate = sight.full_plate
    _uncovered(plate, subject, len(sight.reel))
    scene.tick.note(f"Took the one thing that moves as “the {who}”.")
    walk = follow(subject, sight, float(scene.clip.rate))
    ratio = figure.frontal.width / figure.frontal.height
    tall = walk.tall * np.minimum(1.0, 1.5 * walk.wide / walk.tall / ratio)
    middle = sight.reel[len(sight.reel) // 2]
    views = {way: figure.matched(middle, float(tall.max()), way) for way in (-1, 0, 1)}
    grain, height = grain_of(middle), scene.clip.height

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        out = taken_out(pixels, subject, plate, index)
        at = min(index, len(walk.x) - 1)
        if walk.present[at] > 0:
            sprite = views[int(walk.heading[at])]
            scale = float(tall[at]) / sprite.height
            stride = math.sin(2 * math.pi * 1.6 * seconds) if walk.heading[at] else 0.0
            foot = float(walk.foot[at])
            if foot < 0.985 * height:
                half = 0.42 * sprite.width * scale
                shadow(
                    out,
                    (float(walk.x[at]), foot - 0.01 * float(tall[at])),
                    (half, max(0.16 * half, 2)),
                    0.5,
                )
            where = (float(walk.x[at]), foot + 0.01 * float(tall[at]))
            small = _sharp(sprite, scale)
            rest = scale * sprite.height / small.height
            lay(out, small, placed(small, where, scale=(rest, rest), turn=0.018 * stride))
        grainy(out, pixels, 0.8 * grain, scene.seed, index)
        return out

    return paint


def _sharp(sprite: Sprite, scale: float) -> Sprite:
    """The sprite reduced beforehand where drawing it that small would alias."""
    return sprite.sized(max(2.0, sprite.height * scale)) if scale < 0.6 else sprite


def taken_out(pixels: Pixels, subject: Cut, plate: Plate, index: int) -> Pixels:
    """A frame with the subject, its rim and the shadow about its feet gone; a new array."""
    height, width = pixels.shape[:2]
    small = (subject.small(index) > 40).astype(np.uint8)
    if not small.any():
        return pixels.copy()
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    wide = np.asarray(cv2.dilate(small, round_) * 255, np.uint8)
    hole = cv2.resize(wide, (width, height), interpolation=cv2.INTER_LINEAR)
    hole = cv2.blur(hole, (9, 9))
    behind = _as_bright(plate.behind(index), pixels, wide)
    cover = cv2.cvtColor(hole, cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(pixels, 255 - cover, scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.multiply(behind, cover, scale=1 / 255)), np.uint8)


def _as_bright(behind: Pixels, pixels: Pixels, hole: NDArray[np.uint8]) -> Pixels:
    """The plate with the exposure that the frame has round about the hole (a small mask)."""
    size = hole.shape[1::-1]
    ring = (cv2.dilate(hole, np.ones((13, 13), np.uint8)) > 0) & (hole == 0)
    if ring.sum() < 20:
        return behind
    now, then = (
        cv2.resize(p, size, interpolation=cv2.INTER_AREA)[ring].astype(np.int16)
        for p in (pixels, behind)
    )
    offset = np.clip(np.median(now - then, axis=0), -20, 20)
    if np.abs(offset).max() < 1:
        return behind
    return np.asarray(np.clip(behind + offset.astype(np.int16), 0, 255), np.uint8)


def follow(subject: Cut, sight: Sight, rate: float) -> Walk:
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
    return Walk(x, foot, tall, wide, _headings(x, wide, sight, rate), near.astype(np.float32))


def _held(size: Vector, whole: NDArray[np.bool_]) -> Vector:
    """Sizes where the thing is wholly seen, carried on to where it is not."""
    if whole.sum() < 3:
        return size
    at = np.flatnonzero(whole)
    return np.maximum(np.interp(np.arange(len(size)), at, size[at]), 1.0)


def _smoothed(values: Vector, length: int) -> Vector:
    """A median against jumps, then a mean against jitter."""
    half = length // 2
    padded = np.pad(values, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)
    calm = np.median(windows, axis=1)
    return np.asarray(
        np.convolve(np.pad(calm, half, mode="edge"), np.ones(length) / length, "valid")
    )


def _headings(x: Vector, wide: Vector, sight: Sight, rate: float) -> NDArray[np.int8]:
    """Which way it goes over the ground in every frame; kept while it stands."""
    ground = np.array(x)
    if not sight.camera.still:
        scale = sight.reel.scale[0]
        for i, matrix in enumerate(sight.camera.home):
            flat = matrix @ np.array([x[i] / scale, sight.reel.height / 2, 1])
            ground[i] = flat[0] / flat[2] * scale
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


def _uncovered(plate: Plate, subject: Cut, count: int) -> None:
    """Raises CannotDo where the subject hides the same ground throughout, so that nothing is known of it."""
    seen = plate.seen.astype(np.uint8) * 255
    unknown = []
    for index in range(0, count, max(1, count // 12)):
        small = (subject.small(index) > 40).astype(np.uint8)
        hole = cv2.dilate(small, np.ones((9, 9), np.uint8)) > 0
        if not hole.any():
            continue
        shown = seen if seen.shape[::-1] == plate.size else plate.view(seen, index)
        shown = np.asarray(cv2.resize(shown, hole.shape[::-1], interpolation=cv2.INTER_AREA))
        unknown.append(float((shown[hole] < 128).mean()))
    share = float(np.mean(unknown)) if unknown else 1.0
    if share > _UNKNOWN:
        raise CannotDo(
            f"{share:.0%} of what the moving subject (certainty {subject.trust:.0%}) hides is never uncovered"
            f" ({_UNKNOWN:.0%} allowed), so there is nothing to show in its place. A clip in which it moves along works."
        )
