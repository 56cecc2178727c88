"""A city: towers in three depths with windows, lights that come on and off, a plaza in front."""

import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, Float
from cutroom.engines.classical.scenes.land import ground, hazed, lit
from cutroom.engines.classical.scenes.scenery import Scenery
from cutroom.engines.classical.scenes.sky import Sky

_WALLS = ((112, 122, 138), (96, 98, 110), (84, 82, 88))
_GLASS = {"day": (150, 186, 214), "sunset": (255, 196, 130), "night": (255, 214, 140)}
_SHARE_LIT = {"day": 0.0, "sunset": 0.30, "night": 0.42}


def draw(canvas: Canvas) -> Backdrop:
    """The city on a canvas."""
    sky = Sky(canvas, round(0.74 * canvas.height), cover=0.42)
    frame, cover, windows = _towers(canvas)
    street = round(0.74 * canvas.height)
    paving = ground(canvas, street, lit((120, 120, 124), canvas.hour), 151, 0.08)
    frame[street:], cover[street:] = paving, 1.0
    land = Scenery(canvas, (frame, cover))
    flicker = windows[:: max(1, len(windows) // 60)]
    glow = np.array(_GLASS[canvas.hour], np.float32)

    def paint(seconds: float) -> Pixels:
        out = land(sky(seconds))
        for k, (top, bottom, left, right) in enumerate(flicker):
            on = np.sin(seconds * (0.35 + 0.13 * (k % 7)) + 2.4 * k) > 0.55
            if on and canvas.hour != "day":
                part = out[top:bottom, left:right]
                part[:] = (0.15 * part + 0.85 * glow).astype(np.uint8)
        _traffic(out, canvas, street, seconds)
        return out

    return paint


def _towers(canvas: Canvas) -> tuple[Pixels, Float, list[tuple[int, int, int, int]]]:
    """(picture, coverage, dark windows as (top, bottom, left, right))."""
    height, width = canvas.height, canvas.width
    frame = np.zeros((height, width, 3), np.uint8)
    cover = np.zeros((height, width), np.float32)
    dark: list[tuple[int, int, int, int]] = []
    base = round(0.75 * height)
    for depth, (low, high, thin, wide) in enumerate(
        ((0.10, 0.46, 0.035, 0.09), (0.08, 0.36, 0.05, 0.12), (0.04, 0.22, 0.08, 0.17))
    ):
        rng = canvas.dice(152 + depth)
        x = -0.03 * width
        while x < width:
            wide_px = rng.uniform(thin, wide) * height * 1.2
            tall = (low + (high - low) * rng.random() ** 1.6) * height
            left, right, top = round(x), round(x + wide_px), round(base - tall)
            haze = (0.50, 0.30, 0.10)[depth]
            wall = hazed(
                lit(_WALLS[depth], canvas.hour) * rng.uniform(0.8, 1.15), canvas.hour, haze
            )
            if right > 0:
                box = (top, base, max(left, 0), min(right, width))
                _tower(canvas, frame, cover, box, wall=wall, depth=depth, rng=rng, dark=dark)
            x += wide_px * rng.uniform(0.92, 1.25)
    return frame, cover, dark


def _tower(
    canvas: Canvas,
    frame: Pixels,
    cover: Float,
    box: tuple[int, int, int, int],
    *,
    wall: Float,
    depth: int,
    rng: np.random.Generator,
    dark: list[tuple[int, int, int, int]],
) -> None:
    """One tower: a lit side, floors of windows, a mast on some; `dark` gathers unlit windows."""
    top, base, left, right = box
    if right - left < 3:
        return
    rows = np.linspace(0, 1, base - top, dtype=np.float32)[:, None, None]
    columns = np.linspace(1.12, 0.82, right - left, dtype=np.float32)[None, :, None]
    frame[top:base, left:right] = np.clip(wall * columns * (1.05 - 0.18 * rows), 0, 255)
    cover[top:base, left:right] = 1
    if rng.random() < 0.3 and depth < 2:
        middle = (left + right) // 2
        mast = (
            slice(max(top - round(0.04 * canvas.height), 0), top),
            slice(middle, middle + max(1, canvas.height // 500)),
        )
        frame[mast], cover[mast] = wall, 1
    step_y = max(4, round((0.011, 0.014, 0.019)[depth] * canvas.height))
    step_x = max(3, round(step_y * rng.uniform(0.6, 0.95)))
    glass = hazed(lit((62, 78, 98), canvas.hour), canvas.hour, (0.45, 0.28, 0.12)[depth])
    bright = np.array(_GLASS[canvas.hour], np.float32)
    for y in range(top + step_y, base - step_y, step_y):
        for x in range(left + step_x // 2, right - step_x, step_x):
            high, wide = max(2, round(0.62 * step_y)), max(1, round(0.62 * step_x))
            on = rng.random() < _SHARE_LIT[canvas.hour]
            tone = bright * rng.uniform(0.55, 1.0) if on else glass * rng.uniform(0.85, 1.25)
            frame[y : y + high, x : x + wide] = np.clip(tone, 0, 255)
            if not on:
                dark.append((y, y + high, x, x + wide))


def _traffic(out: Pixels, canvas: Canvas, street: int, seconds: float) -> None:
    """Cars far down the street: white lights one way, red the other, in place."""
    if canvas.hour == "day":
        return
    height, width = canvas.height, canvas.width
    size = max(1, height // 240)
    for k in range(26):
        way = 1 if k % 2 else -1
        x = int(((k * 0.0773 + way * 0.05 * seconds * (1 + 0.3 * (k % 3))) % 1.0) * width)
        y = street + round((0.012 + 0.008 * (k % 2)) * height)
        colour = (255, 244, 214) if way > 0 else (230, 50, 40)
        out[y : y + size, x : x + 2 * size] = colour
