"""The frames of a clip without one thing in them: what was behind it, in the light of each frame."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Shelf
from cutroom.engines.classical.sight.subject import Subject
from cutroom.engines.classical.sprites.full_plate import plate_without
from cutroom.engines.classical.sprites.hole import holes_of, kept_in_sight
from cutroom.engines.classical.sprites.membrane import membrane
from cutroom.engines.classical.sprites.patch import patched
from cutroom.errors import CannotDo

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]

_PATCH = 0.16
"""Most of the picture that may be made up, at a time, where no frame shows what is behind."""
_MADE_UP = 0.3
"""Share of the hole that may be made up whatever happens round about it."""
_RESTLESS = 0.12
"""Most of the surroundings of a made-up hole that may differ from the place: what is made up holds still."""
_MOVES = 60
"""Of 255: how likely a small pixel moves that does not belong to the place."""
_LIGHT = 14
"""Grey levels that surroundings may differ from one another in by light alone."""


@dataclass(frozen=True)
class Emptied:
    """Takes a thing out of every frame of a clip."""

    holes: Shelf
    """255 where the thing, its rim and its shadow are; small planes."""
    others: Shelf
    """255 where something else moves; small planes."""
    place: Plate
    """What was behind, at full size."""
    small: Pixels
    """The same canvas at analysis size."""
    to_small: NDArray[np.float64]
    """(frames, 3, 3): from small frames to the small canvas."""
    grain: float
    seed: int
    made_up: float
    """Share of the hole, in the mean over frames, that no frame shows the ground of."""

    def __call__(self, pixels: Pixels, index: int) -> Pixels:
        """The frame without the thing; pixels outside the hole as they were."""
        hole = self.holes[index]
        window = _window(hole, pixels.shape)
        out = pixels.copy()
        if window is None:
            return out
        rows, columns = window
        height, width = pixels.shape[:2]
        cover = _enlarged(hole, window, (width, height))
        behind = self._behind(index, window).astype(np.float32)
        lift = self._lift(pixels, index)
        behind += _enlarged(lift, window, (width, height))
        part = pixels[rows, columns]
        if self.grain >= 0.4:
            noise = dice(self.seed, 433, index).normal(0, self.grain, part.shape[:2])
            behind += noise.astype(np.float32)[..., None]
        share = (cover / np.float32(255))[..., None]
        mixed = part + share * (behind - part)
        out[rows, columns] = np.clip(mixed + np.float32(0.5), 0, 255).astype(np.uint8)
        return out

    def _behind(self, index: int, window: tuple[slice, slice]) -> Pixels:
        """What is behind a part of a frame."""
        rows, columns = window
        if self.place.pixels.shape[1::-1] == self.place.size:
            return self.place.pixels[rows, columns]
        shift = np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1]], float)
        size = (columns.stop - columns.start, rows.stop - rows.start)
        matrix = self.place.to_canvas[min(index, len(self.place.to_canvas) - 1)] @ shift
        return _seen(self.place.pixels, matrix, size)

    def _lift(self, pixels: Pixels, index: int) -> Float:
        """How much brighter the frame is than the place about the hole, carried on into it; small."""
        away, ring = self._surroundings(pixels, index)
        if ring.sum() < 20:
            return np.zeros_like(away)
        usual = np.median(away[ring], axis=0)
        # What differs much from the rest of the ring is no other light but another thing.
        ring &= np.abs(away - usual).max(axis=2) < _LIGHT
        return membrane(np.clip(away, -40, 40), ring.astype(np.float32))

    def restless(self, pixels: Pixels, index: int) -> float:
        """Share of what is round about the hole that is not the place: something moves there."""
        away, ring = self._surroundings(pixels, index)
        if ring.sum() < 20:
            return 0.0
        usual = np.median(away[ring], axis=0)
        moving = self._ring(index) & (self.others[index] >= _MOVES)
        other = (np.abs(away - usual).max(axis=2) >= _LIGHT) & ring
        return float((moving | other).sum() / (moving | ring).sum())

    def _surroundings(self, pixels: Pixels, index: int) -> tuple[Float, Mask]:
        """(the frame less the place, where that counts: a ring about the hole); small."""
        hole = self.holes[index]
        height, width = hole.shape
        now = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        then = self.small
        if then.shape != now.shape:
            at = min(index, len(self.to_small) - 1)
            then = _seen(self.small, self.to_small[at], (width, height))
        away = cv2.GaussianBlur(now.astype(np.float32) - then, (0, 0), 1.5)
        return np.asarray(away, np.float32), self._ring(index) & (self.others[index] < _MOVES)

    def _ring(self, index: int) -> Mask:
        """What is round about the hole; small."""
        hole = self.holes[index]
        reach = max(5, round(0.06 * hole.shape[0]))
        near = cv2.dilate(hole, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
        return np.asarray(near & (hole == 0), np.bool_)


def emptied(thing: Subject, scene: Scene, what: str) -> Emptied:
    """What takes `thing` out of the clip. Raises CannotDo where nothing is known of what it hides."""
    sight = scene.sight
    kept_in_sight(thing, sight, what)
    holes, others, veils = holes_of(thing, sight, scene.tick)
    place, grain = plate_without(veils, others, sight, scene.tick)
    unknown, largest = _unknown(place, holes)
    if largest > _PATCH:
        raise CannotDo(
            f"What is behind {what} is never seen in this clip ({largest:.0%} of the picture would have"
            f" to be made up, {_PATCH:.0%} at most), so it cannot be taken out. A clip in which it moves"
            " along works."
        )
    if (gap := _needed(place, holes)).any():
        place = replace(place, pixels=patched(place.pixels, gap))
    wide, tall = place.pixels.shape[1::-1]
    across, down = sight.reel.scale
    size = (max(1, round(wide / across)), max(1, round(tall / down)))
    small = np.asarray(cv2.resize(place.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    shrink = np.diag([size[0] / wide, size[1] / tall, 1.0])
    to_small = shrink @ place.to_canvas @ np.diag([across, down, 1.0])
    empty = Emptied(holes, others, place, small, to_small, grain, scene.seed, unknown)
    _at_rest(empty, sight, what)
    return empty


def _at_rest(empty: Emptied, sight: Sight, what: str) -> None:
    """Raises CannotDo where much is made up and what is round about it moves."""
    if empty.made_up <= _MADE_UP:
        return
    restless = [empty.restless(sight.reel[i], i) for i in sight.reel.sample(12)]
    if (share := float(np.median(restless))) > _RESTLESS:
        raise CannotDo(
            f"What is behind {what} is never seen in this clip, and what is round about it moves"
            f" ({share:.0%} of it, {_RESTLESS:.0%} at most), so what is behind cannot be made up either."
        )


def _unknown(place: Plate, holes: Shelf) -> tuple[float, float]:
    """(share of the hole that is never uncovered, the mean over frames; the most of any picture)."""
    lost = np.where(place.seen, 0, 255).astype(np.uint8)
    shares, of_picture = [], []
    for index in range(0, len(holes), max(1, len(holes) // 12)):
        hole = holes[index] > 127
        if not hole.any():
            continue
        shown = lost if lost.shape[1::-1] == place.size else place.view(lost, index)
        small = cv2.resize(shown, hole.shape[::-1], interpolation=cv2.INTER_AREA)
        gap = (small > 127) & hole
        shares.append(float(gap.sum() / hole.sum()))
        of_picture.append(float(gap.mean()))
    return (float(np.mean(shares)), max(of_picture)) if shares else (0.0, 0.0)


def _needed(place: Plate, holes: Shelf) -> Mask:
    """Where on the canvas some hole shows what no frame did."""
    height, width = place.pixels.shape[:2]
    wanted = np.zeros((height, width), np.uint8)
    for index in range(0, len(holes), max(1, len(holes) // 60)):
        hole = cv2.resize(holes[index], place.size, interpolation=cv2.INTER_LINEAR)
        if (width, height) != place.size:
            hole = cv2.warpPerspective(hole, place.to_canvas[index], (width, height))
        wanted = np.asarray(cv2.max(wanted, np.asarray(hole, np.uint8)), np.uint8)
    return np.asarray((cv2.dilate(wanted, np.ones((9, 9), np.uint8)) > 0) & ~place.seen, np.bool_)


def _seen(canvas: Pixels, matrix: NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    """The canvas through a homography that takes the wanted picture to it."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(canvas, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    )


def _window(small: NDArray[np.uint8], shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """Rows and columns of the full frame that a small plane touches."""
    rows, columns = np.flatnonzero(small.any(axis=1)), np.flatnonzero(small.any(axis=0))
    if len(rows) == 0:
        return None
    down, across = shape[0] / small.shape[0], shape[1] / small.shape[1]
    top, bottom = max(int((rows[0] - 1) * down), 0), int(np.ceil((rows[-1] + 2) * down))
    left, right = max(int((columns[0] - 1) * across), 0), int(np.ceil((columns[-1] + 2) * across))
    return slice(top, min(bottom, shape[0])), slice(left, min(right, shape[1]))


def _enlarged(
    small: NDArray[np.uint8] | Float, window: tuple[slice, slice], size: tuple[int, int]
) -> Float:
    """A window of a small plane enlarged to `size`, without enlarging the rest."""
    rows, columns = window
    across, down = size[0] / small.shape[1], size[1] / small.shape[0]
    # Pixel centres stay pixel centres, as in cv2.resize.
    matrix = np.array(
        [
            [1 / across, 0, (columns.start + 0.5) / across - 0.5],
            [0, 1 / down, (rows.start + 0.5) / down - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = (columns.stop - columns.start, rows.stop - rows.start)
    plane = small.astype(np.float32)
    moved = cv2.warpAffine(plane, matrix, part, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)
