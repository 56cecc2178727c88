"""Land seen from afar: ranges one behind the other in haze, and ground that comes near."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import (
    Canvas,
    Float,
    Hour,
    below_line,
    over,
    ridge,
    smooth,
)

HAZE: dict[Hour, tuple[float, float, float]] = {
    "day": (196, 216, 230), "sunset": (246, 176, 120), "night": (40, 58, 92),
}  # fmt: skip
_LIGHT: dict[Hour, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0), "sunset": (1.0, 0.68, 0.56), "night": (0.17, 0.22, 0.36),
}  # fmt: skip


def lit(colour: tuple[int, int, int], hour: Hour) -> Float:
    """A daylight colour as the hour shows it, (3,)."""
    return np.array(colour, np.float32) * np.array(_LIGHT[hour], np.float32)


def hazed(colour: Float, hour: Hour, share: float) -> Float:
    """A colour seen through so much haze (0..1)."""
    return np.asarray(colour + share * (np.array(HAZE[hour], np.float32) - colour), np.float32)


def slopes(canvas: Canvas, line: Float, key: int, grain: float = 1.0) -> Float:
    """Light and shade on a range below its skyline, (height, width), about -1..1.

    Gullies run down from the skyline; light comes from the side.
    """
    width, height = canvas.width, canvas.height
    field = canvas.noise(height, width, 0.16, 6, key) - 0.5
    rows = np.arange(height, dtype=np.float32)[:, None]
    below = np.maximum(rows - line[None], 0) / height
    lean = cv2.remap(
        field.astype(np.float32),
        (np.arange(width, dtype=np.float32)[None] + below * height * 0.55).astype(np.float32),
        np.repeat(rows * 0.45, width, axis=1).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    relief = np.gradient(cv2.GaussianBlur(lean, (0, 0), 1.0), axis=1)
    relief = relief / max(float(relief.std()), 1e-6)
    return np.asarray(np.tanh(relief * 0.75 * grain), np.float32)


def range_over(
    frame: Pixels, canvas: Canvas, line: Float, colour: Float, shade: Float, *, snow: float = 0.0
) -> Pixels:
    """The frame with a range laid over it; `snow` is how far snow reaches down, share of height."""
    tone = np.asarray(colour * (1 + 0.34 * shade[..., None]), np.float32)
    if snow > 0:
        rows = np.arange(canvas.height, dtype=np.float32)[:, None]
        depth = (rows - line.min()) / canvas.height
        white = 1 - smooth(depth + 0.16 * shade * snow / 0.2, 0.45 * snow, 1.15 * snow)
        cap = hazed(lit((244, 248, 255), canvas.hour), canvas.hour, 0.10)
        cap_tone = cap * (0.86 + 0.17 * shade[..., None])
        tone = np.asarray(tone + white[..., None] * (cap_tone - tone), np.float32)
    return over(frame, np.clip(tone, 0, 255), below_line(line, canvas.height))


def skyline(
    canvas: Canvas, level: float, rise: float, rough: float, bumps: float, *, key: int
) -> Float:
    """A skyline y(x) in pixels about `level` (share of height), `rise` tall."""
    line = ridge(canvas.width, rough, bumps, canvas.dice(key))
    return np.asarray((level - rise * line) * canvas.height, np.float32)


def ground(canvas: Canvas, top: int, colour: Float, key: int, strength: float = 0.16) -> Pixels:
    """Ground from a row down: texture that grows as it comes nearer, (height - top, width, 3)."""
    height, width = canvas.height - top, canvas.width
    texture = canvas.noise(512, 512, 0.12, 6, key) - 0.5
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = 1.0 / (0.07 + y / height)
    across = (x / width - 0.5) * depth * 240 * width / canvas.height
    tone = cv2.remap(
        texture,
        across.astype(np.float32),
        (depth * 420).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    near = np.clip(0.25 + y / height, 0, 1)
    fine = canvas.dice(key + 1).normal(0, 0.03, (height, width)).astype(np.float32)
    amount = 1 + strength * 2.2 * tone * near + fine * near - 0.12 * (y / height)
    return np.asarray(np.clip(colour * amount[..., None], 0, 255), np.uint8)
