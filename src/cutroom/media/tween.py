"""The way from one frame to the next: pictures in between, by optical flow both ways.

Flow and the choice between its candidates are worked out at a small size, the pictures are warped at
full size. For a moment t of the way, both flows are carried to where their pixels are by then; of the
two and of no motion at all each place takes what makes the two frames agree best there. Pixels whose
two flows do not lead back to where they came from are hidden in one of the frames, and are taken from
the other one alone (the check of Sundaram, Brox and Keutzer, ECCV 2010).
"""

from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Field: TypeAlias = NDArray[np.float32]
"""(height, width, 2): x and y, in pixels of the small size."""
Plane: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[Any]

_HEIGHT = 360
"""Rows at which flow is worked out; those of the frame where it has fewer."""
_TRUSTED = 0.45
"""Share of the picture whose flow must lead back, below which two frames are told apart by a cut."""
_STILL = 1.0
"""Grey levels by which no motion must be better to be believed."""
_OTHER = 24.0
"""Grey levels in the mean by which the frames may differ along the flow."""


class Between:
    """Two frames and what moves how between them. Safe for several threads at once."""

    def __init__(self, before: Pixels, after: Pixels) -> None:
        self._before, self._after = before, after
        height, width = before.shape[:2]
        scale = min(1.0, _HEIGHT / height)
        self._size = max(16, round(width * scale)), max(16, round(height * scale))
        self._small = tuple(
            cv2.resize(p, self._size, interpolation=cv2.INTER_AREA) for p in (before, after)
        )
        grey = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in self._small]
        self._forth, self._back = flow(*grey), flow(*grey[::-1])
        self._grid = _grid(*self._size)
        self._lost = (
            _lost(self._forth, self._back, self._grid),
            _lost(self._back, self._forth, self._grid),
        )

    @cached_property
    def trusted(self) -> bool:
        """Whether the second frame can be the first one moved on: no cut, and flow that leads back."""
        seen = ~self._lost[0]
        if seen.mean() < _TRUSTED:
            return False
        there = _warped(self._small[1], self._grid + self._forth)
        off = cv2.absdiff(there, self._small[0]).mean(axis=2)
        return float(off[seen].mean()) < _OTHER

    def __call__(self, share: float) -> Pixels:
        """The picture at a share 0..1 of the way; at a cut the nearer frame."""
        if not self.trusted:
            return self._before if share < 0.5 else self._after
        start, end, weight = self.sides(share)
        return np.asarray(cv2.blendLinear(start, end, 1 - weight, weight), np.uint8)

    def sides(self, share: float) -> tuple[Pixels, Pixels, Plane]:
        """Each of the two frames moved to a share of the way, and how much the second counts, 0..1."""
        motion = self._motion(share)
        hidden = self._weights(motion, share)
        height, width = self._before.shape[:2]
        full = cv2.resize(motion, (width, height), interpolation=cv2.INTER_LINEAR)
        full *= np.array([width / self._size[0], height / self._size[1]], np.float32)
        grid = _grid(width, height)
        start = _warped(self._before, grid - share * full)
        end = _warped(self._after, grid + (1 - share) * full)
        weight = cv2.resize(hidden, (width, height), interpolation=cv2.INTER_LINEAR)
        return start, end, np.asarray(weight, np.float32)

    def _motion(self, share: float) -> Field:
        """What moves how at that moment, from the first frame to the second, at the small size."""
        forth = _carried(self._forth, self._forth, share, self._lost[0], self._grid)
        back = _carried(-self._back, self._back, 1 - share, self._lost[1], self._grid)
        one, other = (_filled(*own, *its) for own, its in ((forth, back), (back, forth)))
        still = np.zeros_like(one)
        best, least = one, self._disagreement(one, share)
        for motion, handicap in ((other, 0.0), (still, _STILL)):
            cost = self._disagreement(motion, share) + handicap
            better = cost < least
            best = np.where(better[..., None], motion, best)
            least = np.minimum(cost, least)
        return np.asarray(cv2.medianBlur(np.ascontiguousarray(best), 5), np.float32)

    def _disagreement(self, motion: Field, share: float) -> Plane:
        """Grey levels by which the two frames differ where the motion says they are the same."""
        start = _warped(self._small[0], self._grid - share * motion)
        end = _warped(self._small[1], self._grid + (1 - share) * motion)
        off = cv2.transform(cv2.absdiff(start, end), np.full((1, 3), 1 / 3, np.float32))
        return np.asarray(cv2.blur(off, (5, 5)), np.float32)

    def _weights(self, motion: Field, share: float) -> Plane:
        """How much the second frame counts, 0..1."""
        alone = [
            _warped(lost.astype(np.float32), self._grid + step * motion)
            for lost, step in zip(self._lost, (-share, 1 - share), strict=True)
        ]
        weight = np.clip(share + (1 - share) * alone[1] - share * alone[0], 0, 1)
        return np.asarray(cv2.blur(weight, (3, 3)), np.float32)


@lru_cache(maxsize=4)
def _grid(width: int, height: int) -> Field:
    """Every pixel's own place."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    grid = np.stack([x, y], axis=-1)
    grid.setflags(write=False)
    return grid


def flow(one: Picture, other: Picture) -> Field:
    """Dense inverse search (DIS): how far each pixel of one grey frame is from where it is in the other, in pixels."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(one, other, np.zeros((*one.shape, 2), np.float32)), np.float32)


def _warped(picture: Picture, at: Field) -> Picture:
    there = cv2.remap(picture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]  # one map of both coordinates, which the stubs do not know
    return np.asarray(there, picture.dtype)


def _lost(flow: Field, returning: Field, grid: Field) -> NDArray[np.bool_]:
    """Where the flow and the one back from where it leads do not cancel."""
    back = _warped(returning, grid + flow)
    off = np.square(flow + back).sum(axis=-1)
    size = np.square(flow).sum(axis=-1) + np.square(back).sum(axis=-1)
    return np.asarray(off > 0.01 * size + 0.5)


def _carried(
    motion: Field, flow: Field, share: float, lost: NDArray[np.bool_], grid: Field
) -> tuple[Field, NDArray[np.bool_]]:
    """The motion of each pixel at the place where `share` of its flow takes it, and where any came."""
    height, width = lost.shape
    x, y = np.rint(cv2.split(grid + share * flow)).astype(np.int32)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    carried = np.zeros_like(motion)
    come = np.zeros(lost.shape, np.bool_)
    for kind in (inside & lost, inside & ~lost):  # what is trusted later, so over the other
        at = y[kind], x[kind]
        carried[at] = motion[kind]
        come[at] = True
    return carried, come


def _filled(own: Field, come: NDArray[np.bool_], other: Field, known: NDArray[np.bool_]) -> Field:
    """A carried field, its holes filled from the other one, else from around."""
    field = np.where(come[..., None], own, other)
    told = come | known
    for reach in (5, 31, 127):
        if told.all():
            break
        weight = told.astype(np.float32)
        near = cv2.blur(weight, (reach, reach))
        around = (
            cv2.blur(field * weight[..., None], (reach, reach)) / np.maximum(near, 1e-6)[..., None]
        )
        reached = ~told & (near > 1e-4)
        field = np.where(reached[..., None], around, field)
        told |= reached
    return np.asarray(field, np.float32)
