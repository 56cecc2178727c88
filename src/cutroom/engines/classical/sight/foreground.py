"""What a small network of our own says about every pixel: how likely it is part of what moves.

It is given what sight sees of a frame, in this order, all 0..1: RGB of the frame, RGB of the plate as
the frame would show it, whether the plate was ever seen there, and the largest difference of any
channel to the frames 0.15 s before, 0.15 s after, 0.6 s before and 0.6 s after, the camera's motion
taken out (0 where they show nothing; at the ends of a clip the other side stands in).
"""

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel

Float = NDArray[np.float32]
Plane = NDArray[np.uint8]

APART = (-0.15, 0.15, -0.6, 0.6)
"""Seconds to the frames that a frame is compared with."""
_STEP = 16
"""What the sides of the network's pictures divide by."""


def weights() -> Traversable | None:
    """The network's file, None where this build has none: sight then goes by statistics alone."""
    file = files(__package__) / "foreground.onnx"
    return file if file.is_file() else None


def network() -> cv2.dnn.Net:
    """A network of one's own: it is not safe to ask from several threads."""
    file = weights()
    if file is None:
        raise FileNotFoundError("foreground.onnx")
    with as_file(file) as path:
        return cv2.dnn.readNetFromONNX(str(path))


def inputs(reel: Reel, camera: Camera, plate: Plate, index: int) -> Float:
    """What the network sees of a frame: (11, height, width), 0..1."""
    now = reel[index]
    channels = [now, plate.behind(index)]
    seen = plate.seen.astype(np.uint8) * np.uint8(255)
    if seen.shape[::-1] != plate.size:
        seen = plate.view(seen, index)
    stack = np.concatenate([*channels, seen[..., None]], axis=2)
    apart = [_difference(reel, camera, index, seconds) for seconds in APART]
    whole = np.concatenate([stack, np.stack(apart, axis=2)], axis=2)
    return np.ascontiguousarray(whole.transpose(2, 0, 1), np.float32) * np.float32(1 / 255)


def _difference(reel: Reel, camera: Camera, index: int, seconds: float) -> Plane:
    """The largest difference of any channel to the frame so many seconds away, laid over this one."""
    other = int(np.abs(reel.times - (reel.times[index] + seconds)).argmin())
    if other == index:  # the clip ends here: what the other side shows says more than nothing
        other = int(np.abs(reel.times - (reel.times[index] - seconds)).argmin())
    there: Pixels = reel[other]
    if camera.still:
        return np.asarray(cv2.absdiff(reel[index], there).max(axis=2), np.uint8)
    matrix = np.linalg.inv(camera.home[index]) @ camera.home[other]
    size = (reel.width, reel.height)
    moved = cv2.warpPerspective(there, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    shown = cv2.warpPerspective(np.full(there.shape[:2], 255, np.uint8), matrix, size)
    away = cv2.absdiff(reel[index], moved).max(axis=2)
    away[shown < 250] = 0
    return np.asarray(away, np.uint8)


def judge(net: cv2.dnn.Net, seen: Float) -> Plane:
    """The network's answer to `inputs`, (height, width), 0..255."""
    _, height, width = seen.shape
    below, beside = -height % _STEP, -width % _STEP
    padded = np.pad(seen, ((0, 0), (0, below), (0, beside)), mode="edge")[None]
    net.setInput(padded)
    moves = net.forward()[0, 0, :height, :width]
    return np.asarray(np.clip(moves * 255 + 0.5, 0, 255), np.uint8)


def fused(told: Plane, classical: Plane, picture: Pixels, share: float) -> Plane:
    """Both opinions as one, the network's counting `share` of it, laid along the frame's edges."""
    mixed = told * np.float32(share) + classical * np.float32(1 - share)
    guided = cv2.ximgproc.guidedFilter(picture, mixed / 255, 3, 120.0)
    return np.asarray(np.clip(guided * 255 + 0.5, 0, 255), np.uint8)


def share_of(told: list[Plane], classical: list[Plane]) -> float:
    """What the network's opinion counts: less than half where both mostly agree, two thirds where not.

    Where they agree the statistics draw the better outline and hold at the ends of a clip; where
    they do not, the network is right more often (benchmarks/README.md).
    """
    both = sum(int(((a > 127) & (b > 127)).sum()) for a, b in zip(told, classical, strict=True))
    either = sum(int(((a > 127) | (b > 127)).sum()) for a, b in zip(told, classical, strict=True))
    return 0.4 if both > 0.55 * max(either, 1) else 0.67
