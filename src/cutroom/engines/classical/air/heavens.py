"""Another sky where one was found: drawn, moving, far away, and standing still in the world when the camera pans."""

from typing import Literal

import cv2
import numpy as np

from cutroom.engines.classical.air.anchor import Anchor, anchor
from cutroom.engines.classical.air.skyline import SURE, Sky, skyline
from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.scenes.backdrop import Canvas, Hour
from cutroom.engines.classical.scenes.sky import Sky as Drawn

SkyName = Literal["clear", "cloudy", "stormy", "sunset", "night", "starry"]
_HOURS: dict[SkyName, Hour] = {
    "clear": "day", "cloudy": "day", "stormy": "day", "sunset": "sunset", "night": "night", "starry": "night",
}  # fmt: skip
_COVERS: dict[SkyName, float] = {
    "clear": 0.22, "cloudy": 0.74, "stormy": 1.05, "sunset": 0.48, "night": 0.30, "starry": 0.10,
}  # fmt: skip
_DRAWN_AT = 400
"""Lines of the frame that a sky is drawn for: clouds have no finer detail, and it costs a quarter."""
_FARTHEST = 0.8
"""Heights that the camera may pan before the sky moves less than the world does."""


def found(scene: Scene) -> Sky | None:
    """The clip's sky, or None where it is not sure enough to be painted."""
    sky = skyline(scene)
    return sky if sky.score >= SURE else None


def under(scene: Scene, sky: Sky, kind: SkyName, land: Paint) -> Paint:
    """The paint of a new sky over the land that `land` paints."""
    heavens = _Heavens(scene, sky, kind)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        share = sky.matte(pixels)
        graded = land(pixels, index, seconds)
        if float(share.max()) < 0.02:
            return graded
        drawn = heavens(index, seconds)
        # What shone through leaves was the old sky: their rims belong to the new one.
        share = np.asarray(np.clip(share * 1.18, 0, 1), np.float32)
        return np.asarray(cv2.blendLinear(graded, drawn, 1 - share, share), np.uint8)

    return paint


class _Heavens:
    """A drawn sky for a clip's frames."""

    def __init__(self, scene: Scene, sky: Sky, kind: SkyName) -> None:
        self._size = (scene.clip.width, scene.clip.height)
        self._world = _held(anchor(scene))
        self._scale = min(1.0, _DRAWN_AT / scene.clip.height)
        rows = max(16, round(scene.clip.height * self._scale))
        path = self._world.path
        self._top = float(path[:, 1].max())
        self._left = float(path[:, 0].max())
        wide = rows * (scene.clip.width / scene.clip.height + float(np.ptp(path[:, 0])))
        deep = rows * max(sky.low, 0.25) * 1.06  # measured where the camera looks up most
        self._rows = rows
        canvas = Canvas(max(32, round(wide)), rows, _HOURS[kind], scene.seed)
        self._horizon = max(16, round(deep))
        self._drawn = Drawn(canvas, self._horizon, _COVERS[kind])
        self._kind = kind
        self._stars = _stars(canvas.width, self._horizon, scene.seed) if kind == "starry" else None

    def __call__(self, index: int, seconds: float) -> Pixels:
        """The sky behind this frame, (height, width, 3); below its horizon the horizon's colour."""
        whole = self._drawn(seconds)
        if self._kind == "stormy":
            whole = (whole * np.array([0.40, 0.43, 0.48], np.float32)).astype(np.uint8)
        if self._stars is not None:
            dimmed = (whole * np.float32(0.8)).astype(np.uint8)
            whole = np.asarray(cv2.add(dimmed, _twinkling(self._stars, seconds)), np.uint8)
        x, y = self._world.at(index)
        shift = np.array(
            [[1, 0, (x - self._left) * self._rows], [0, 1, (y - self._top) * self._rows]],
            np.float64,
        )
        scaled = np.diag([1 / self._scale, 1 / self._scale]) @ shift
        return np.asarray(
            cv2.warpAffine(
                whole, scaled, self._size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )


def _twinkling(field: tuple[Floats, Floats], seconds: float) -> Pixels:
    """The light of a field of stars at this moment."""
    stars, phase = field
    light = stars * (0.8 + 0.2 * np.sin(2 * np.pi * (0.5 * seconds + phase)))
    return np.asarray(cv2.convertScaleAbs(light), np.uint8)


def _held(world: Anchor) -> Anchor:
    """A path no longer than what can be drawn."""
    reach = float(np.ptp(world.path, axis=0).max())
    return Anchor(world.path * min(1.0, _FARTHEST / max(reach, 1e-6)))


def _stars(width: int, height: int, seed: int) -> tuple[Floats, Floats]:
    """A field of stars with a band of the galaxy, light (height, width, 3), and when each twinkles."""
    rng = dice(seed, 423)
    light = np.zeros((height, width, 3), np.float32)
    count = round(width * height / 210)
    y, x = rng.integers(0, height, count), rng.integers(0, width, count)
    band = np.exp(-(((y / height - 0.15 - 0.6 * x / width) / 0.16) ** 2))
    kept = rng.random(count) < 0.45 + 0.55 * band
    bright = 36 + 219 * rng.random(count) ** 5
    tint = np.stack(
        [1 - 0.2 * rng.random(count), np.full(count, 0.95), 1 - 0.15 * rng.random(count)], -1
    )
    light[y[kept], x[kept]] = (bright[:, None] * tint)[kept]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    cloud = np.exp(-(((rows / height - 0.15 - 0.6 * columns / width) / 0.13) ** 2))
    dust = cv2.GaussianBlur(rng.random((height, width), dtype=np.float32), (0, 0), height / 24)
    dust = (dust - dust.min()) / max(float(np.ptp(dust)), 1e-6)
    glow = cloud * (0.3 + 0.9 * dust)
    soft = cv2.GaussianBlur(light, (0, 0), 0.6) * 1.9 + light * 0.4
    field = soft + glow[..., None] * np.array([30, 30, 44], np.float32)
    return np.asarray(field, np.float32), rng.random((height, width, 1), dtype=np.float32)
