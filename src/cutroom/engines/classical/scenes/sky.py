"""Skies: a gradient, the sun or moon, stars, and two decks of clouds that drift in perspective."""

from dataclasses import dataclass

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Canvas, Float, Hour, ramp, smooth

_STOPS = {
    "day": (
        (0.0, (52, 116, 196)), (0.45, (108, 168, 224)), (0.8, (172, 210, 236)), (1.0, (214, 230, 238)),
    ),
    "sunset": (
        (0.0, (46, 52, 110)), (0.30, (104, 76, 136)), (0.55, (196, 104, 124)), (0.78, (246, 148, 96)),
        (0.92, (254, 190, 104)), (1.0, (255, 214, 138)),
    ),
    "night": (
        (0.0, (6, 10, 28)), (0.5, (14, 24, 54)), (0.85, (30, 48, 86)), (1.0, (46, 66, 100)),
    ),
}  # fmt: skip
_TEXTURE = 512


@dataclass(frozen=True)
class _Light:
    """Where the sun or moon stands and how its light looks."""

    x: float
    y: float
    """Shares of the sky's width and height."""
    disc: tuple[float, float, float]
    glow: tuple[float, float, float]
    radius: float
    """Of the disc, share of the frame's height."""
    reach: float


_LIGHTS: dict[Hour, _Light] = {
    "day": _Light(0.78, 0.20, (255, 252, 240), (70, 60, 36), 0.030, 0.30),
    "sunset": _Light(0.62, 0.84, (255, 244, 208), (52, 22, 2), 0.050, 0.40),
    "night": _Light(0.74, 0.24, (238, 240, 232), (34, 40, 46), 0.030, 0.22),
}
_LIT: dict[Hour, tuple[float, float, float]] = {
    "day": (255, 253, 250), "sunset": (255, 186, 134), "night": (74, 86, 118),
}  # fmt: skip
_DARK: dict[Hour, tuple[float, float, float]] = {
    "day": (166, 182, 204), "sunset": (112, 70, 112), "night": (18, 26, 48),
}  # fmt: skip


class Sky:
    """A sky down to `horizon` rows of a canvas."""

    def __init__(self, canvas: Canvas, horizon: int, cover: float = 0.45) -> None:
        self.canvas, self.horizon = canvas, horizon
        self.light = _LIGHTS[canvas.hour]
        self.sun = (self.light.x * canvas.width, self.light.y * horizon)
        """Centre of sun or moon, pixels."""
        self.bare = self._bare()
        self._deck = self._density(cover)
        self._maps = self._perspective()
        rng = canvas.dice(11)
        count = 420 if canvas.hour == "night" else 0
        self._stars = rng.random((count, 4))

    def __call__(self, seconds: float) -> Pixels:
        """The sky at a moment, (horizon, width, 3)."""
        picture = self.bare.copy()
        self._twinkle(picture, seconds)
        drift = np.float32(seconds * 5.0)
        across, down, fade = self._maps
        deck = cv2.remap(
            self._deck,
            across + drift,
            down + drift * np.float32(0.25),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        deck = cv2.resize(deck, (self.canvas.width, self.horizon), interpolation=cv2.INTER_LINEAR)
        alpha = deck[..., 0] * fade
        lit = deck[..., 1:2]
        hour = self.canvas.hour
        colour = lit * np.array(_LIT[hour], np.float32) + (1 - lit) * np.array(
            _DARK[hour], np.float32
        )
        mixed = picture + alpha[..., None] * (colour - picture)
        return np.asarray(np.clip(mixed, 0, 255), np.uint8)

    def _bare(self) -> Pixels:
        """Gradient, glow and disc."""
        width, height = self.canvas.width, self.horizon
        sky = np.repeat(ramp(_STOPS[self.canvas.hour], height)[:, None], width, axis=1)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        away = np.hypot(x - self.sun[0], y - self.sun[1]) / self.canvas.height
        light = self.light
        wide = np.exp(-((away / light.reach) ** 1.2))
        near = np.exp(-((away / (light.radius * 2.6)) ** 1.1))
        sky += wide[..., None] * np.array(light.glow, np.float32)
        sky += near[..., None] * np.array(light.glow, np.float32) * 1.3
        edge = 1.2 / self.canvas.height
        disc = 1 - smooth(away, light.radius - edge, light.radius + edge)
        sky += disc[..., None] * (np.array(light.disc, np.float32) - sky)
        noise = self.canvas.dice(12).normal(0, 0.6, (height, width, 1))  # against banding
        return np.asarray(np.clip(sky + noise, 0, 255), np.uint8)

    def _density(self, cover: float) -> Float:
        """Texture (512, 512, 2) that tiles: how much cloud, and how lit it is from above."""
        field = self.canvas.noise(_TEXTURE, _TEXTURE, 0.28, 6, 13)
        alpha = smooth(field, 0.98 - cover, 1.45 - cover)
        beyond = np.roll(field, (10, -8), axis=(0, 1))
        lit = np.clip(0.55 + 0.9 * (field - beyond) - 0.25 * (field - 0.6), 0, 1)
        return np.ascontiguousarray(np.dstack([alpha * 0.93, lit]), np.float32)

    def _perspective(self) -> tuple[Float, Float, Float]:
        """Texture coordinates at half size, and how clouds fade towards horizon."""
        width, height = self.canvas.width, self.horizon
        y, x = np.mgrid[0 : (height + 1) // 2, 0 : (width + 1) // 2].astype(np.float32) * 2
        depth = 1.0 / (0.16 + (height - y) / height)
        across = ((x / width - 0.5) * depth * 330 + 160).astype(np.float32)
        down = (depth * 190 * 1.6).astype(np.float32)
        rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        fade = 1 - smooth(rows, 0.72, 1.0) * np.float32(0.9)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        away = np.hypot(x - self.sun[0], y - self.sun[1]) / self.canvas.height
        through = 0.8 * np.exp(
            -((away / (2.2 * self.light.radius)) ** 2)
        )  # the disc shines through
        return across, down, np.asarray(fade * (1 - through), np.float32)

    def _twinkle(self, picture: Pixels, seconds: float) -> None:
        """Stars, each bright in its own rhythm, in place."""
        height, width = picture.shape[:2]
        size = self.canvas.height / 720
        for x, y, tone, beat in self._stars:
            light = 0.55 + 0.45 * np.sin(seconds * (1 + 3 * beat) + 40 * tone)
            glow = int(60 + 180 * tone**3 * light)
            spot = (int(x * width * 16), int(y**1.3 * height * 0.9 * 16))
            radius = int((0.5 + 0.9 * tone**6) * size * 16)
            cv2.circle(picture, spot, radius, (glow, glow, min(255, glow + 14)), -1, cv2.LINE_AA, 4)
