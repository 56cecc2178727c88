"""A pine wood: trunks in depth, mist between them, shafts of light, ferns and grass in front."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import (
    Backdrop,
    Canvas,
    Float,
    lay_over,
    over,
    ramp,
    smooth,
)
from cutroom.engines.classical.scenes.land import ground, lit
from cutroom.engines.classical.scenes.plants import grass, swayed

_AIR = {
    "day": (
        (0.0, (176, 204, 158)),
        (0.45, (206, 226, 186)),
        (0.7, (150, 178, 124)),
        (1.0, (96, 122, 74)),
    ),
    "sunset": (
        (0.0, (186, 112, 72)),
        (0.45, (252, 190, 112)),
        (0.7, (196, 130, 76)),
        (1.0, (110, 74, 50)),
    ),
    "night": ((0.0, (16, 28, 46)), (0.45, (36, 58, 82)), (0.7, (24, 40, 56)), (1.0, (12, 20, 28))),
}
_BEAM = {"day": (255, 250, 214), "sunset": (255, 214, 150), "night": (150, 176, 206)}


def draw(canvas: Canvas) -> Backdrop:
    """The wood on a canvas."""
    height, width = canvas.height, canvas.width
    still = _wood(canvas)
    blades = grass(canvas, 139, 0.11)
    mist = canvas.noise(256, 512, 0.35, 5, 131)
    y, x = np.mgrid[0 : height // 4, 0 : width // 4].astype(np.float32) * 4
    lean = (x - 0.30 * width) / width + 0.42 * (y / height)
    fade = smooth(1 - y / height, 0.12, 0.7) * np.float32(0.30)
    rows = np.arange(height // 4)[:, None] * 256 // (height // 4)
    columns = np.arange(width // 4)[None] * 512 // (width // 4)
    band = np.exp(-(((y / height - 0.60) / 0.16) ** 2)) * np.float32(0.30)
    beam = np.array(_BEAM[canvas.hour], np.float32)

    def paint(seconds: float) -> Pixels:
        shafts = _shafts(lean, seconds) * fade
        drift = mist[rows, (columns + int(7 * seconds)) % 512]
        veil = shafts + smooth(drift, 0.25, 1.1) * band
        frame = over(still, beam, cv2.resize(veil, (width, height), interpolation=cv2.INTER_LINEAR))
        bent = swayed(blades, seconds, 3.0)
        lay_over(frame, bent, height - len(bent))
        return frame

    return paint


def _shafts(lean: Float, seconds: float) -> Float:
    """Slanting light, its edges slowly shifting as branches move."""
    t = 0.25 * seconds
    beams = np.sin(lean * 26 + t) * np.sin(lean * 11 - 0.6 * t + 1.1) + 0.5 * np.sin(
        lean * 47 + 1.7 * t
    )
    return np.asarray(np.clip(0.85 * beams, 0, 1), np.float32)


def _wood(canvas: Canvas) -> Pixels:
    """Air, ground and four rows of trunks, the far ones pale."""
    height, width = canvas.height, canvas.width
    air = ramp(_AIR[canvas.hour], height)
    frame = np.clip(np.repeat(air[:, None], width, axis=1), 0, 255).astype(np.uint8)
    leaves = canvas.noise(height, width, 0.08, 6, 132)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    top = round(0.66 * height)
    floor = ground(canvas, top, lit((104, 104, 56), canvas.hour), 133, 0.3)
    soften = np.clip(np.arange(len(floor)) / (0.14 * height), 0, 1)[:, None, None]
    frame[top:] = (frame[top:] * (1 - soften) + floor * soften).astype(np.uint8)
    for k in range(4):
        haze = 0.74 - 0.22 * k
        bark = lit((70, 52, 40), canvas.hour) * (1 - haze) + air[round(0.45 * height)] * haze
        green = lit((58, 92, 40), canvas.hour) * (1 - haze) + air[round(0.3 * height)] * haze
        _trunks(canvas, frame, k, bark)
        crown = smooth(
            np.roll(leaves, (k * 41, k * 173), axis=(0, 1)) + 0.55 - down * (3.3 - 0.25 * k),
            0.42,
            0.62,
        )
        tone = 0.86 + 0.3 * np.roll(leaves, 9, axis=1)
        frame = over(frame, green * tone[..., None], crown * np.float32(0.88))
    return frame


def _trunks(canvas: Canvas, frame: Pixels, depth: int, bark: Float) -> None:
    """One row of trunks, round by their shading, in place."""
    rng = canvas.dice(134 + depth)
    height, width = frame.shape[:2]
    foot = (0.68, 0.72, 0.79, 0.90)[depth] * height
    count = (16, 11, 7, 3)[depth]
    for n in range(count):
        x = (n + rng.uniform(0.1, 0.9)) / count * width
        if depth == 3 and 0.25 < x / width < 0.75:
            continue  # the middle is the subject's
        half = (0.006, 0.011, 0.019, 0.036)[depth] * height * rng.uniform(0.7, 1.25)
        slant = rng.normal(0, 0.012) * height
        base = foot + rng.uniform(-0.01, 0.02) * height
        left, right = (
            max(int(x - 2.2 * half + min(slant, 0)), 0),
            min(int(x + 2.2 * half + max(slant, 0)) + 1, width),
        )
        bottom = min(int(base), height)
        if right - left < 2:
            continue
        ys, xs = np.mgrid[0:bottom, left:right].astype(np.float32)
        flare = 1 + 0.9 * np.exp(-(base - ys) / (0.035 * height))
        across = (xs - x - slant * (1 - ys / base)) / (half * flare * (0.72 + 0.28 * ys / base))
        cover = 1 - smooth(np.abs(across), 1 - 0.7 / half, 1 + 0.7 / half)
        rough = canvas.noise(128, 128, 0.3, 4, 140 + depth)[
            (ys / 9).astype(int) % 128, (xs * 2).astype(int) % 128
        ]
        shade = (
            0.62
            + 0.46 * np.sqrt(np.clip(1 - (across + 0.35) ** 2 / 1.8, 0, 1))
            + 0.35 * (rough - 0.5) * (0.3 + 0.2 * depth)
        )
        part = frame[:bottom, left:right]
        part[:] = over(part, np.clip(bark * shade[..., None], 0, 255), cover)
