"""The place at full size without one thing: what was seen where it was not in the way."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import Sight, plate
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Shelf
from cutroom.engines.classical.sprites.sprite import grain_of

Mask = NDArray[np.bool_]

_PICTURES = 25
"""Most frames that the place is pieced together from."""


def plate_without(veils: Shelf, others: Shelf, sight: Sight, tick: Tick) -> tuple[Plate, float]:
    """(the place where `veils` are 0, at full size; the grain that it lacks).

    Where nothing else moves it is the median of what was seen; where something always does (leaves),
    the median of that. `seen` is where the thing itself was not in the way.
    """
    clip, reel = sight.clip, sight.reel
    size = (clip.width, clip.height)
    matrices, canvas = plate.canvas_of(sight.camera, size, reel.scale, plate.CANVAS)
    wanted = set(reel.sample(plate.sampled(size, _PICTURES)))
    pictures: list[tuple[int, Pixels]] = []
    for frame in sight.pictures():
        if frame.index in wanted:
            pictures.append((frame.index, frame.pixels))
        if frame.index % 8 == 0:
            tick(0.0)
    mine = [(i, p, _wide(veils, i, size)) for i, p in pictures]
    without = plate.build(mine, matrices, canvas, tick)
    both = [(i, p, h | plate.hidden(others[i], size)) for i, p, h in mine]
    empty = plate.patched(without, plate.build(both, matrices, canvas, tick))
    index, picture = pictures[len(pictures) // 2]
    grain = max(0.0, grain_of(picture) ** 2 - grain_of(empty.behind(index)) ** 2) ** 0.5
    return replace(empty, seen=_often(mine, without)), grain


def _wide(veils: Shelf, index: int, size: tuple[int, int]) -> Mask:
    """What must not get into the place, at full size."""
    grown = cv2.resize(veils[index], size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown > 0, np.bool_)


def _often(pictures: list[tuple[int, Pixels, Mask]], place: Plate) -> Mask:
    """Where the canvas was seen without the thing more than once or twice.

    What a few frames alone uncover is more often a gap in the matte than the place.
    """
    size = place.pixels.shape[1::-1]
    least = max(1, round(0.1 * len(pictures)))
    count = np.zeros(size[::-1], np.uint8)
    for index, _, hole in pictures:
        shown = np.where(hole, 0, 255).astype(np.uint8)
        if size != place.size:
            shown = np.asarray(cv2.warpPerspective(shown, place.to_canvas[index], size), np.uint8)
        count += (shown > 250).astype(np.uint8)
    return np.asarray(place.seen & (count >= least), np.bool_)
