"""A winter landscape: snow-laden slopes, conifers, flakes falling softly."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, lay_over
from cutroom.engines.classical.scenes.land import ground, hazed, lit, range_over, skyline, slopes
from cutroom.engines.classical.scenes.plants import conifers
from cutroom.engines.classical.scenes.scenery import Scenery
from cutroom.engines.classical.scenes.sky import Sky


def draw(canvas: Canvas) -> Backdrop:
    """The winter landscape on a canvas."""
    sky = Sky(canvas, round(0.64 * canvas.height), cover=0.8)
    land = Scenery(canvas, _land(canvas))
    flakes = canvas.dice(101).random((420, 4))

    def paint(seconds: float) -> Pixels:
        frame = land(sky(seconds))
        _fall(frame, flakes, seconds, canvas)
        return frame

    return paint


def _land(canvas: Canvas) -> tuple[Pixels, np.ndarray]:
    """Mountains, woods and snow: (picture, coverage)."""
    hour, height = canvas.hour, canvas.height
    frame = np.zeros((height, canvas.width, 3), np.uint8)
    far = skyline(canvas, 0.46, 0.10, 0.47, 5, key=102)
    frame = range_over(
        frame,
        canvas,
        far,
        hazed(lit((150, 164, 184), hour), hour, 0.4),
        slopes(canvas, far, 103),
        snow=0.4,
    )
    near = skyline(canvas, 0.63, 0.03, 0.40, 3, key=104)
    hill = hazed(lit((222, 230, 242), hour), hour, 0.12)
    frame = range_over(frame, canvas, near, hill, slopes(canvas, near, 105, 0.3) * 0.4)
    trees = conifers(canvas, near + 0.03 * height, 150, 0.13, 106)
    _snowed(trees, canvas)
    lay_over(frame, trees)
    top = round(0.70 * height)
    snow = ground(canvas, top, lit((234, 240, 250), hour), 107, 0.05)
    fade = np.clip(np.arange(len(snow)) / (0.05 * height), 0, 1)[:, None, None]
    frame[top:] = (frame[top:] * (1 - fade) + snow * fade).astype(np.uint8)
    rows = np.arange(height)[:, None]
    cover = np.clip(rows - np.minimum(far, near)[None] + 0.5, 0, 1)
    return frame, np.maximum(cover, trees[..., 3] / 255)


def _snowed(trees: Pixels, canvas: Canvas) -> None:
    """Snow on the upper sides of the branches, in place."""
    alpha = trees[..., 3].astype(np.int16)
    lift = max(2, canvas.height // 180)
    upper = np.clip(alpha - np.roll(alpha, lift, axis=0), 0, 255)
    patches = canvas.noise(canvas.height, canvas.width, 0.02, 3, 108)
    share = cv2.blur((upper / 255 * (patches > 0.35)).astype(np.float32), (3, 3))[..., None]
    share = np.maximum(share, 0.30 * (patches > 0.62)[..., None].astype(np.float32))
    white = lit((240, 245, 252), canvas.hour)
    trees[..., :3] = (trees[..., :3] + share * (white - trees[..., :3])).astype(np.uint8)


def _fall(frame: Pixels, flakes: np.ndarray, seconds: float, canvas: Canvas) -> None:
    """Soft flakes at all depths, in place."""
    height, width = frame.shape[:2]
    white = tuple(float(c) for c in lit((250, 252, 255), canvas.hour))
    for x, y, depth, phase in flakes:
        speed = 0.05 + 0.11 * depth
        fall = (y + speed * seconds) % 1.1 - 0.05
        drift = x + 0.012 * np.sin(1.3 * seconds + 20 * phase) + 0.012 * depth * seconds
        size = (0.0010 + 0.0028 * depth**2) * height
        spot = (int(drift % 1.0 * width * 16), int(fall * height * 16))
        cv2.circle(frame, spot, max(8, int(size * 16)), white, -1, cv2.LINE_AA, 4)
