"""Frames of the clip that a model did not see: what it made of their neighbours, carried along the motion.

The source is there at every time, so its own motion says where each pixel of a frame is in the two
frames about it that the model saw. What carries is the change: what the model made there, less what
the source shows there, added to the frame itself. That keeps the frame's own detail and is right for
whatever goes along with the source: new colours, clothes, weather on a wall. What moves on its own,
a thing that was added, or a background where a thing was, goes by the motion of the made frames
instead. Each place takes the way by which its two neighbours agree best. What one neighbour hides
comes from the other alone. (Films without a source have `cutroom.media.tween`.)
"""

import threading
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Pixels
from cutroom.media.tween import Between, flow

Plane: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[np.float32]
"""RGB as floats, (height, width, 3)."""

_ERROR = 12.0
"""Grey levels by which a frame may differ from its neighbour along the flow and still be half believed."""
_LOST = 0.03
"""How much is believed of a flow that does not lead back."""
_HIDDEN = 8.0
"""Grey levels of disagreement that a place counts as having which neither neighbour shows."""
_OWN = 1.0
"""Grey levels by which the made frames' own motion must agree better than the source's."""
_SOFT = 1.5
"""Grey levels over which one way passes into the other."""
_LEAST = 1e-3


class Neighbour(NamedTuple):
    """A frame that the model saw, and what it made of it; both at the model's size."""

    source: Pixels
    made: Pixels


class Stretch:
    """Everything between two neighbours. Safe for several threads at once."""

    def __init__(self, before: Neighbour, after: Neighbour) -> None:
        self._ends = before, after
        self._lock = threading.Lock()

    def __call__(self, here: Pixels, share: float) -> Pixels:
        """What becomes of a source frame that lies a share 0..1 of the way between them."""
        with self._lock:
            own = self._own
        sides = [_Side.of(here, end) for end in self._ends]
        first, last = (
            side.trust * part for side, part in zip(sides, (1 - share, share), strict=True)
        )
        weight = np.asarray(last / (first + last), np.float32)
        carried = _mixed(sides[0].change, sides[1].change, weight) + here
        if own.trusted:
            start, end, later = own.sides(share)
            moved = _mixed(_float(start), _float(end), later)
            better = _sides_with(_disagreement(sides) - _apart(start, end))
            carried = _mixed(carried, moved, better)
        return np.asarray(np.rint(np.clip(carried, 0, 255)), np.uint8)

    @cached_property
    def _own(self) -> Between:
        before, after = self._ends
        return Between(before.made, after.made)


class _Side(NamedTuple):
    """A frame seen from one neighbour."""

    made: Picture
    """What the model made, where its pixels are in the frame."""
    change: Picture
    """The same less the source's pixels."""
    trust: Plane
    """How far to believe that these are the same places, above 0 to 1."""

    @classmethod
    def of(cls, here: Pixels, there: Neighbour) -> "_Side":
        """The neighbour's pixels brought to the frame by the source's motion."""
        grey = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (here, there.source)]
        out, back = flow(*grey), flow(*grey[::-1])
        rows, columns = np.indices(out.shape[:2], np.float32)
        at = out + np.dstack([columns, rows])
        made, source = (_float(_warped(one, at)) for one in (there.made, there.source))
        returned = _warped(back, at)
        astray = np.square(out + returned).sum(axis=-1)
        way = np.square(out).sum(axis=-1) + np.square(returned).sum(axis=-1)
        height, width = out.shape[:2]
        outside = (at < 0).any(axis=-1) | (at > (width - 1, height - 1)).any(axis=-1)
        lost = (astray > 0.01 * way + 0.5) | outside
        off = cv2.blur(_grey(np.abs(source - here)), (5, 5))
        trust = np.exp(-0.5 * np.square(off / _ERROR)) * np.where(lost, _LOST, 1.0)
        smooth = cv2.blur(np.asarray(trust, np.float32), (3, 3)) + _LEAST
        return cls(made, made - source, np.asarray(smooth, np.float32))


def _disagreement(sides: list[_Side]) -> Plane:
    """Grey levels by which the neighbours differ along the source's motion; where one sees nothing, none."""
    one, other = sides
    apart = np.minimum(_apart(one.made, other.made), _apart(one.change, other.change))
    least, most = np.minimum(one.trust, other.trust), np.maximum(one.trust, other.trust)
    return np.asarray(apart * (least / most) + _HIDDEN * np.maximum(1 - most, 0), np.float32)


def _apart(one: NDArray[Any], other: NDArray[Any]) -> Plane:
    return np.asarray(cv2.blur(_grey(cv2.absdiff(one, other)), (9, 9)), np.float32)


def _sides_with(better: Plane) -> Plane:
    """How far to go over to the made frames' own motion, 0..1, where it agrees so much better."""
    share = 1 / (1 + np.exp(np.clip((_OWN - better) / _SOFT, -30, 30)))
    return np.asarray(cv2.blur(np.asarray(share, np.float32), (5, 5)), np.float32)


def _float(picture: NDArray[Any]) -> Picture:
    return np.asarray(picture, np.float32)


def _grey(picture: NDArray[Any]) -> Plane:
    return np.asarray(
        cv2.transform(_float(picture), np.full((1, 3), 1 / 3, np.float32)), np.float32
    )


def _mixed(one: Picture, other: Picture, weight: Plane) -> Picture:
    return np.asarray(one + (other - one) * weight[..., None], np.float32)


def _warped(picture: NDArray[Any], at: NDArray[np.float32]) -> NDArray[Any]:
    there = cv2.remap(picture, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]  # one map of both coordinates, which the stubs do not know
    return np.asarray(there)
