"""How a player turns and mirrors the stored picture before it shows it."""

import struct
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.buffer import Buffer


class Orientation(NamedTuple):
    """Transpose first, then mirror: the eight ways a picture can lie."""

    transpose: bool = False
    flip_x: bool = False
    """Left and right change places."""
    flip_y: bool = False

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise; of a mirrored picture, the turn that is left without the mirror."""
        if self.transpose:
            return 270 if self.flip_x else 90
        return 180 if self.flip_x and self.flip_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size as shown of a picture stored as width x height, and the other way round."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture as shown, C-contiguous."""
        if self.transpose:
            pixels = pixels.swapaxes(0, 1)
        if self.flip_x:
            pixels = pixels[:, ::-1]
        if self.flip_y:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)


def of(frame: VideoFrame) -> Orientation:
    """What the frame's display matrix asks for, to the nearest quarter turn; upright without one.

    The matrix sends stored (x, y) to shown (a*x + c*y, b*x + d*y), x right and y down.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Orientation()
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(cast("Buffer", matrix))[:36])
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)
