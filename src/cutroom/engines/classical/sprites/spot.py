"""A place for a newcomer in the clip, and where every frame shows it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cutroom.engines.classical.op import Pixels, Scene
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.things import Perch, Wire, wire_at
from cutroom.errors import CannotDo

if TYPE_CHECKING:
    from cutroom.engines.classical.ops.add import Add


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


def perched(op: "Add", scene: Scene) -> Spot:
    """Room between things alike, or on a wire. Raises CannotDo where the clip holds no such place."""
    perch = scene.sight.perch
    if op.place == "between" and len(perch.things) < 2:
        raise CannotDo(
            f"Two {op.others} were not found in the clip ({len(perch.things)} stood out clearly),"
            " so there is no place between them."
        )
    if perch.wire is None and (op.place == "wire" or not perch.things):
        raise CannotDo("No wire to sit on was found in the clip.")
    return between(perch, scene.clip.width)


def between(perch: Perch, width: int) -> Spot:
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


class Pin:
    """Where a spot of the middle frame lies in every frame, and the wire there."""

    def __init__(self, camera: Camera, scale: tuple[float, float], spot: Spot) -> None:
        self._camera, self._spot = camera, spot
        self._grow = np.diag([scale[0], scale[1], 1.0])

    def seen(self, x: float, y: float, index: int) -> tuple[float, float]:
        """Where a point of the middle frame lies in another frame."""
        if self._camera.still:
            return x, y
        home = self._camera.home[min(index, len(self._camera.home) - 1)]
        back = self._grow @ np.linalg.inv(home) @ np.linalg.inv(self._grow)
        across, down, w = back @ np.array([x, y, 1])
        return float(across / w), float(down / w)

    def at(self, pixels: Pixels, index: int) -> tuple[float, float]:
        """The feet's place in a frame."""
        spot = self._spot
        if not self._camera.still:
            return self.seen(spot.x, spot.y, index)
        if spot.wire is None:
            return spot.x, spot.y
        return spot.x, wire_at(pixels, spot.wire, spot.x, spot.reach)
