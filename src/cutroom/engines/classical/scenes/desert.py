"""Dunes one behind the other, each with a lit and a shaded side, sand blowing over the crests."""

import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop, Canvas, below_line, over, smooth
from cutroom.engines.classical.scenes.land import hazed, lit, skyline
from cutroom.engines.classical.scenes.scenery import Scenery
from cutroom.engines.classical.scenes.sky import Sky


def draw(canvas: Canvas) -> Backdrop:
    """The desert on a canvas."""
    sky = Sky(canvas, round(0.60 * canvas.height), cover=0.22)
    land = Scenery(canvas, _land(canvas))
    dust = canvas.noise(128, 512, 0.5, 4, 81)
    low, high = round(0.50 * canvas.height), round(0.66 * canvas.height)
    band = np.sin(np.linspace(0, np.pi, high - low, dtype=np.float32))[:, None]
    veil = hazed(lit((244, 214, 168), canvas.hour), canvas.hour, 0.3)
    rows = (np.arange(high - low) * 128 // (high - low))[:, None]
    columns = np.arange(canvas.width)[None] * 512 // canvas.width

    def paint(seconds: float) -> Pixels:
        frame = land(sky(seconds))
        blown = dust[rows, (columns + int(60 * seconds)) % 512]
        alpha = smooth(blown, 0.45, 1.1) * band * np.float32(0.22)
        frame[low:high] = over(frame[low:high], veil, alpha)
        return frame

    return paint


def _land(canvas: Canvas) -> tuple[Pixels, np.ndarray]:
    """The dunes: (picture, coverage)."""
    hour, height, width = canvas.hour, canvas.height, canvas.width
    frame = np.zeros((height, width, 3), np.uint8)
    cover = np.zeros((height, width), np.float32)
    rows = np.arange(height, dtype=np.float32)[:, None]
    ripples = canvas.noise(512, 512, 0.05, 4, 82) - 0.5
    for k, (level, rise) in enumerate(((0.55, 0.02), (0.60, 0.035), (0.68, 0.05), (0.80, 0.06))):
        line = skyline(canvas, level, rise, 0.22, 2.2 + 0.7 * k, key=83 + k)
        below = (rows - line[None]) / height
        slope = np.gradient(line)
        # The crest throws its lee side into shade that narrows as the dune falls away.
        aslant = (np.arange(width)[None] - 2.6 * below * height).astype(int) % width
        side = smooth(np.tanh(slope * 6)[aslant] - below * 1.4, -0.45, 0.55)
        light = hazed(lit((232, 186, 118), hour), hour, 0.34 - 0.1 * k)
        dark = hazed(lit((150, 98, 66), hour), hour, 0.30 - 0.09 * k)
        tone = light + side[..., None] * (dark - light)
        wave = np.sin(
            below * (360 - 60 * k)
            + 9 * ripples[(rows.astype(int) * 2) % 512, np.arange(width)[None] % 512]
        )
        tone = tone * (
            1 + 0.028 * (k + 1) / 2 * wave[..., None] - 0.25 * np.clip(below, 0, 1)[..., None]
        )
        grains = canvas.dice(90 + k).normal(0, 0.018, (height, width, 1)).astype(np.float32)
        mask = below_line(line, height)
        frame = over(frame, np.clip(tone * (1 + grains), 0, 255), mask)
        cover = np.maximum(cover, mask)
    return frame, cover
