"""Water to the horizon: the sky's reflection broken by waves, and the sun's path on it."""

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Canvas, Float, smooth
from cutroom.engines.classical.scenes.sky import Sky

_BODY = {"day": (22, 92, 128), "sunset": (52, 44, 84), "night": (8, 18, 36)}
_GLITTER = {"day": (236, 246, 250), "sunset": (255, 214, 150), "night": (176, 188, 200)}


class Water:
    """A sea from the horizon down `depth` rows."""

    def __init__(self, canvas: Canvas, sky: Sky, depth: int, rough: float = 1.0) -> None:
        self.canvas, self.sky, self.depth, self.rough = canvas, sky, depth, rough
        self._waves = self._texture()
        half_w, half_h = (canvas.width + 1) // 2, (depth + 1) // 2
        y, x = np.mgrid[0:half_h, 0:half_w].astype(np.float32) * 2
        share = (y + 1.5) / depth
        self._near = np.clip(share, 0, 1)
        scale = 1.0 / (0.05 + share)
        self._u = ((x / canvas.width - 0.5) * scale * 150 * canvas.width / canvas.height).astype(
            np.float32
        )
        self._v = (scale * 260).astype(np.float32)
        self._x, self._mirror = (
            x,
            np.asarray(sky.horizon - 1 - y * sky.horizon / depth * 0.72, np.float32),
        )

    def __call__(self, sky: Pixels, seconds: float) -> Pixels:
        """The sea under a sky at a moment, (depth, width, 3)."""
        slope = self._slope(seconds)
        tall = self.canvas.height
        reach = (0.012 + 0.075 * self._near) * tall * self.rough
        down = np.clip(self._mirror + slope * reach * 2.6, 0, self.sky.horizon - 1)
        across = self._x + slope * reach * 0.9
        shown = cv2.remap(sky, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        body = np.array(_BODY[self.canvas.hour], np.float32)
        mirror = np.clip(0.86 - 0.5 * self._near - 0.55 * slope * (0.3 + self._near), 0.10, 0.95)[
            ..., None
        ]
        sea = body + mirror * (shown - body)
        sea += self._path(slope)[..., None] * (
            np.array(_GLITTER[self.canvas.hour], np.float32) - sea
        )
        full = cv2.resize(sea, (self.canvas.width, self.depth), interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.clip(full, 0, 255), np.uint8)

    def _slope(self, seconds: float) -> Float:
        """Slope of the water, about -1..1, from two wave fields that cross."""
        t = np.float32(seconds)
        one = cv2.remap(
            self._waves,
            self._u * 1.0 + 14 * t,
            self._v + 22 * t,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        two = cv2.remap(
            self._waves,
            self._u * 1.9 - 19 * t,
            self._v * 1.7 + 15 * t,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        # Far waves are finer than a pixel: they average out.
        return np.asarray(
            (0.62 * one + 0.48 * two) * np.clip(0.18 + 1.5 * self._near, 0, 1), np.float32
        )

    def _path(self, slope: Float) -> Float:
        """Glitter under the sun, 0..1."""
        away = np.abs(self._x - self.sky.sun[0]) / self.canvas.height
        wide = 0.045 + 0.20 * self._near
        column = np.exp(-((away / wide) ** 2))
        spark = smooth(slope + 0.55 * column, 0.42 + 0.2 * self._near, 0.78 + 0.2 * self._near)
        amount = {"day": 0.55, "sunset": 0.95, "night": 0.6}[self.canvas.hour]
        return np.asarray(spark * column**0.5 * amount, np.float32)

    def _texture(self) -> Float:
        """Slopes (512, 512) that tile; waves are long across and short along the view."""
        field = self.canvas.noise(512, 512, 0.07, 4, 21)
        wide = cv2.blur(np.tile(field, (1, 3)), (9, 1))[:, 512:1024]
        slope = np.roll(wide, -2, axis=0) - np.roll(wide, 2, axis=0)
        return np.asarray(np.clip(slope / (2.2 * slope.std()), -1.4, 1.4), np.float32)
