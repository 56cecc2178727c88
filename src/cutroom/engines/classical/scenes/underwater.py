"""Under water: light from above in moving shafts and nets, a sandy floor, bubbles and fish."""

import math

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Float, ramp, smooth

_DEPTHS = {
    "day": (
        (0.0, (132, 214, 226)),
        (0.3, (48, 150, 190)),
        (0.75, (16, 86, 136)),
        (1.0, (10, 60, 104)),
    ),
    "sunset": (
        (0.0, (214, 178, 150)),
        (0.3, (84, 122, 150)),
        (0.75, (24, 66, 108)),
        (1.0, (12, 40, 76)),
    ),
    "night": ((0.0, (30, 66, 96)), (0.3, (14, 42, 74)), (0.75, (6, 22, 46)), (1.0, (4, 14, 32))),
}


def draw(canvas: Canvas) -> Backdrop:
    """The sea from within, on a canvas."""
    height, width = canvas.height, canvas.width
    water = np.repeat(ramp(_DEPTHS[canvas.hour], height)[:, None], width, axis=1)
    floor, cover = _floor(canvas)
    net = canvas.noise(256, 256, 0.16, 3, 122)
    power = {"day": 1.0, "sunset": 0.7, "night": 0.3}[canvas.hour]
    fish = canvas.dice(123).random((16, 5))
    bubbles = canvas.dice(124).random((60, 4))
    y, x = np.mgrid[0 : height // 4, 0 : width // 4].astype(np.float32) * 4
    spread = (x - 0.42 * width) / (y + 0.55 * height)
    fade = (1 - y / height) ** 1.3

    def paint(seconds: float) -> Pixels:
        shafts = _shafts(spread, seconds) * fade * np.float32(0.34 * power)
        shafts = cv2.resize(shafts, (width, height), interpolation=cv2.INTER_LINEAR)
        frame = water + shafts[..., None] * (np.array((236, 250, 244), np.float32) - water)
        lit = floor * (1 + (0.55 * power * _caustics(canvas, net, seconds))[..., None])
        frame += cover[..., None] * (lit - frame)
        out = np.clip(frame, 0, 255).astype(np.uint8)
        _swim(out, fish, seconds, canvas)
        _rise(out, bubbles, seconds)
        return np.asarray(out, np.uint8)

    return paint


def _floor(canvas: Canvas) -> tuple[Float, Float]:
    """(sand with rocks, coverage), fading into the blue of the distance."""
    height, width = canvas.height, canvas.width
    base = np.array(_DEPTHS[canvas.hour][1][1], np.float32) * 0.55 + np.array(
        (92, 88, 62), np.float32
    ) * (0.2 if canvas.hour == "night" else 0.75)
    texture = canvas.noise(height, width, 0.10, 6, 121) - 0.5
    x = np.linspace(0, 1, width, dtype=np.float32)
    line = (0.74 + 0.03 * np.sin(5 * x) + 0.015 * np.sin(13 * x + 1)) * height
    rows = np.arange(height, dtype=np.float32)[:, None]
    down = np.asarray(rows / height, np.float32)
    cover = smooth(np.asarray((rows - line[None]) / height, np.float32), 0.0, 0.14)
    stones = smooth(canvas.noise(height, width, 0.16, 4, 125), 0.78, 0.92) * smooth(down, 0.78, 0.9)
    tone = 1 + 0.20 * texture - 0.45 * stones
    return np.asarray(base * tone[..., None], np.float32), np.asarray(cover, np.float32)


def _shafts(spread: Float, seconds: float) -> Float:
    """Beams that fan out from the surface, swaying."""
    t = np.float32(seconds)
    beams = (
        np.sin(spread * 19 + 0.5 * t)
        + 0.8 * np.sin(spread * 31 - 0.37 * t + 1)
        + 0.6 * np.sin(spread * 53 + 0.8 * t)
    )
    return np.asarray(np.clip(0.32 * beams + 0.15, 0, 1), np.float32)


def _caustics(canvas: Canvas, net: Float, seconds: float) -> Float:
    """The net of light on the floor, 0..1."""
    height, width = canvas.height // 2, canvas.width // 2
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = 1.0 / (0.2 + y / height)
    u, v = (x - width / 2) * depth * 0.35, depth * 120
    t = np.float32(seconds * 9)
    one = cv2.remap(net, u + t, v + 0.6 * t, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    two = cv2.remap(
        net, 1.3 * u - 0.8 * t + 90, 1.3 * v + 0.4 * t, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    lines = 1 - np.clip(np.abs(one + two - 1.0) * 5.5, 0, 1)
    return np.asarray(cv2.resize(lines**1.6, (canvas.width, canvas.height)), np.float32)


def _swim(frame: Pixels, fish: np.ndarray, seconds: float, canvas: Canvas) -> None:
    """A loose school, in silhouette, in place."""
    height, width = frame.shape[:2]
    shade = np.array(_DEPTHS[canvas.hour][2][1], np.float32)
    for x, y, size, phase, tone in fish:
        long = (0.018 + 0.028 * size) * height
        at = ((x + 0.035 * (0.6 + size) * seconds) % 1.15 - 0.07) * width
        down = (0.22 + 0.36 * y) * height + 0.01 * height * math.sin(0.9 * seconds + 12 * phase)
        wag = 0.28 * math.sin(9 * seconds + 30 * phase)
        body = [
            (-1, 0),
            (-0.5, -0.28),
            (0.1, -0.36),
            (0.7, -0.18),
            (1, 0),
            (0.7, 0.18),
            (0.1, 0.34),
            (-0.5, 0.24),
        ]
        tail = [(-0.85, 0), (-1.5, -0.42 + wag), (-1.32, wag), (-1.5, 0.42 + wag)]
        colour = tuple(float(c) for c in np.clip(shade * (0.55 + 0.5 * tone) + 8, 0, 255))
        for part in (tail, body):
            points = (np.array(part) * long + (at, down)) * 16
            cv2.fillPoly(frame, [points.astype(np.int32)], colour, cv2.LINE_AA, 4)


def _rise(frame: Pixels, bubbles: np.ndarray, seconds: float) -> None:
    """Bubbles wobbling upwards, in place."""
    height, width = frame.shape[:2]
    for x, y, size, phase in bubbles:
        column = 0.12 + 0.05 * (int(x * 97) % 3) + 0.5 * (int(x * 31) % 2) + 0.02 * x
        up = (y - (0.10 + 0.08 * size) * seconds) % 1.0
        at = column * width + 0.006 * width * math.sin(3 * seconds + 20 * phase)
        radius = max(1, int((0.0018 + 0.0055 * size**2) * height * 16))
        spot = (int(at * 16), int(up * height * 16))
        cv2.circle(frame, spot, radius, (206, 234, 240), max(1, height // 700), cv2.LINE_AA, 4)
