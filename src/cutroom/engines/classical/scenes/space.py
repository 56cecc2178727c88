"""Space: stars in three depths, a nebula, a planet half in the dark that turns slowly."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Float, smooth


def draw(canvas: Canvas) -> Backdrop:
    """Space on a canvas; it knows no hour."""
    back = _nebula(canvas)
    stars = canvas.dice(111).random((700, 5))
    surface, light, alpha, box = _planet(canvas)

    def paint(seconds: float) -> Pixels:
        frame = back.copy()
        _stars(frame, stars, seconds)
        rows, columns = box
        turned = np.roll(surface, int(seconds * 6), axis=1)
        u, v = _globe(alpha.shape[0])
        ball = cv2.remap(turned, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        shown = np.clip(ball * light[..., None], 0, 255)[
            : rows.stop - rows.start, : columns.stop - columns.start
        ]
        part = frame[rows, columns]
        cover = alpha[: part.shape[0], : part.shape[1], None]
        part[:] = np.clip(part + cover * (shown - part), 0, 255).astype(np.uint8)
        return frame

    return paint


def _nebula(canvas: Canvas) -> Pixels:
    """Glowing gas in two colours on near black, with dust of faint stars."""
    height, width = canvas.height, canvas.width
    one = canvas.noise(height, width, 0.5, 6, 112)
    two = canvas.noise(height, width, 0.4, 6, 113)
    dark = canvas.noise(height, width, 0.25, 6, 114)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    belt = np.exp(-(((y + 0.45 * x + 0.15) / 0.55) ** 2))
    lanes = 1 - 0.7 * smooth(dark, 0.5, 0.95)
    gas = (smooth(one, 0.3, 1.2) * belt * lanes)[..., None]
    glow = (smooth(two, 0.4, 1.25) * belt * lanes)[..., None]
    colour = np.array((9, 10, 24), np.float32) + gas * np.array((130, 52, 140), np.float32)
    colour = (
        colour
        + glow * np.array((30, 92, 150), np.float32)
        + gas * glow * np.array((160, 120, 90), np.float32)
    )
    specks = canvas.dice(115).random((height, width)).astype(np.float32)
    faint = np.where(specks > 0.9985, 70 + 110 * (specks - 0.9985) / 0.0015, 0)[..., None]
    return np.asarray(np.clip(colour + faint, 0, 255), np.uint8)


def _stars(frame: Pixels, stars: np.ndarray, seconds: float) -> None:
    """Stars that drift by depth and twinkle, in place."""
    height, width = frame.shape[:2]
    for x, y, depth, tone, beat in stars:
        at = (x - 0.004 * (0.2 + depth) * seconds) % 1.0
        glow = (90 + 160 * depth**2) * (0.75 + 0.25 * np.sin(seconds * (1 + 2 * beat) + 30 * tone))
        tint = (glow, glow * (0.9 + 0.1 * beat), min(255.0, glow * (0.85 + 0.3 * tone)))
        radius = int((0.4 + 1.3 * depth**7) * height / 720 * 16)
        cv2.circle(
            frame, (int(at * width * 16), int(y * height * 16)), radius, tint, -1, cv2.LINE_AA, 4
        )


def _planet(canvas: Canvas) -> tuple[Pixels, Float, Float, tuple[slice, slice]]:
    """(surface to wrap, light, coverage, where): a banded planet lit from the upper left."""
    size = round(0.46 * canvas.height)
    bands = canvas.noise(256, 512, 0.3, 5, 116) - 0.5
    y = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    wave = np.sin(2 * np.pi * (4.2 * y + 0.30 * bands))
    base = np.array((196, 150, 112), np.float32) + wave[..., None] * np.array(
        (34, 36, 34), np.float32
    )
    surface = np.clip(base + (bands * 44)[..., None], 0, 255).astype(np.uint8)
    grid = (np.mgrid[0:size, 0:size].astype(np.float32) + 0.5) / size * 2 - 1
    radius = np.hypot(grid[0], grid[1]) / 0.96
    alpha = 1 - smooth(radius, 1 - 3.0 / size, 1 + 3.0 / size)
    up = np.sqrt(np.clip(1 - radius**2, 0, 1))
    sun = -0.62 * grid[1] - 0.46 * grid[0] + 0.55 * up
    light = (
        0.03
        + 1.15 * smooth(sun, -0.12, 0.9)
        + 0.12 * smooth(radius, 0.8, 1.0) * smooth(sun, 0, 0.4)
    )
    top, left = round(0.12 * canvas.height), round(0.62 * canvas.width)
    box = slice(top, min(top + size, canvas.height)), slice(left, min(left + size, canvas.width))
    return surface, np.asarray(light, np.float32), np.asarray(alpha, np.float32), box


def _globe(size: int) -> tuple[Float, Float]:
    """Texture coordinates of a sphere seen from afar, tilted a little."""
    grid = (np.mgrid[0:size, 0:size].astype(np.float32) + 0.5) / size * 2 - 1
    y, x = grid[0] * 0.95 + grid[1] * 0.30, grid[1] * 0.95 - grid[0] * 0.30
    x, y = x / 0.96, np.clip(y / 0.96, -1, 1)
    around = np.arcsin(np.clip(x / np.sqrt(np.clip(1 - y * y, 1e-4, 1)), -1, 1)) / np.pi
    return ((around + 0.5) * 256).astype(np.float32), ((np.arcsin(y) / np.pi + 0.5) * 255).astype(
        np.float32
    )
