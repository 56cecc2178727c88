"""Plants drawn as RGBA layers, and the wind in them."""

import math

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Canvas

_PALM = {"day": (38, 74, 44), "sunset": (34, 22, 36), "night": (8, 14, 20)}
_TRUNK = {"day": (98, 78, 58), "sunset": (40, 26, 34), "night": (12, 16, 22)}
_CONIFER = {"day": (38, 66, 52), "sunset": (46, 36, 50), "night": (12, 20, 28)}


def palms(canvas: Canvas) -> Pixels:
    """Two palms leaning in from the right, RGBA, as tall as the frame and a good third as wide."""
    over = 2
    height, width = canvas.height * over, round(0.62 * canvas.height) * over
    layer = np.zeros((height, width, 4), np.uint8)
    layer[..., :3] = _PALM[canvas.hour]
    rng = canvas.dice(41)
    for foot, top, size in ((1.02, (0.50, 0.26), 0.30), (1.10, (0.80, 0.12), 0.34)):
        base = np.array([foot * width, 1.02 * height])
        crown = np.array([top[0] * width, top[1] * height])
        _trunk(layer, base, crown, 0.016 * height * size / 0.3, (*_TRUNK[canvas.hour], 255))
        for k in range(13):
            angle = math.pi * (-1.06 + 1.12 * k / 12) + rng.normal(0, 0.08)
            reach = size * height * rng.uniform(0.75, 1.0)
            shade = rng.uniform(0.75, 1.3)
            colour = tuple(int(min(255, c * shade)) for c in _PALM[canvas.hour])
            _frond(layer, crown, angle, reach, (*colour, 255))
    small = cv2.resize(layer, (width // over, height // over), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _trunk(
    layer: Pixels, base: np.ndarray, crown: np.ndarray, half: float, colour: tuple[int, ...]
) -> None:
    """A curved trunk that tapers upwards."""
    t = np.linspace(0, 1, 40)[:, None]
    bend = np.array([-0.30 * abs(base[0] - crown[0]) - 2 * half, 0])
    line = base + (crown - base) * t + bend * np.sin(math.pi * t) * 0.9
    for k in range(len(line) - 1):
        thick = max(1, round(2 * half * (1 - 0.55 * k / len(line))))
        cv2.line(layer, _dot(line[k]), _dot(line[k + 1]), colour, thick, cv2.LINE_AA)


def _frond(
    layer: Pixels, crown: np.ndarray, angle: float, reach: float, colour: tuple[int, ...]
) -> None:
    """An arching rib with leaflets hanging from both sides."""
    t = np.linspace(0, 1, 34)
    rib = np.stack(
        [
            crown[0] + math.cos(angle) * reach * t,
            crown[1] + math.sin(angle) * reach * t + 0.62 * reach * t**2.2,
        ],
        axis=1,
    )
    ahead = np.gradient(rib, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    for k in range(2, len(t)):
        length = reach * 0.27 * math.sin(math.pi * min(1.0, 0.16 + 0.9 * t[k])) ** 0.8
        for side in (-1, 1):
            across = np.array([-ahead[k][1], ahead[k][0]]) * side
            tip = rib[k] + (0.75 * ahead[k] + 0.62 * across) * length + np.array([0, 0.34 * length])
            near = rib[k] + ahead[k] * reach * 0.022
            cv2.fillPoly(
                layer, [np.array([rib[k], near, tip]).round().astype(np.int32)], colour, cv2.LINE_AA
            )
    cv2.polylines(
        layer,
        [rib.round().astype(np.int32)],
        isClosed=False,
        color=colour,
        thickness=max(1, round(reach * 0.014)),
        lineType=cv2.LINE_AA,
    )


def swayed(layer: Pixels, seconds: float, strength: float = 1.0) -> Pixels:
    """The layer bent by the wind: its foot stands, its top goes to and fro."""
    height, width = layer.shape[:2]
    lean = (0.010 * math.sin(1.1 * seconds) + 0.004 * math.sin(2.7 * seconds + 1)) * strength
    shear = np.array([[1.0, -lean, lean * height], [0, 1.0, 0]])
    bent = cv2.warpAffine(
        layer, shear, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(bent, np.uint8)


def conifers(canvas: Canvas, line: np.ndarray, count: int, tall: float, key: int) -> Pixels:
    """A wood of conifers whose feet stand on a line y(x), RGBA over the whole frame."""
    layer = np.zeros((canvas.height, canvas.width, 4), np.uint8)
    rng = canvas.dice(key)
    layer[..., :3] = _CONIFER[canvas.hour]
    for x in sorted(rng.random(count), key=lambda v: math.sin(v * 99)):
        foot = np.array([x * canvas.width, line[min(int(x * canvas.width), canvas.width - 1)] + 2])
        size = tall * canvas.height * rng.uniform(0.55, 1.15)
        shade = rng.uniform(0.8, 1.25)
        colour = (*(int(min(255, c * shade)) for c in _CONIFER[canvas.hour]), 255)
        _conifer(layer, foot, size, colour, rng)
    return layer


def _conifer(
    layer: Pixels, foot: np.ndarray, size: float, colour: tuple[int, ...], rng: np.random.Generator
) -> None:
    """Tiers of drooping branches about a stem."""
    tiers = 9
    left, right = [], []
    for k in range(tiers):
        y0, y1 = (
            foot[1] - size * (k / tiers * 0.9 + 0.05),
            foot[1] - size * ((k + 1) / tiers * 0.9 + 0.08),
        )
        wide = size * 0.21 * (1 - k / tiers) * rng.uniform(0.85, 1.15) + size * 0.012
        left += [(foot[0] - wide, y0), (foot[0] - wide * 0.5, y1)]
        right += [(foot[0] + wide * rng.uniform(0.85, 1.1), y0), (foot[0] + wide * 0.5, y1)]
    outline = [*left, (foot[0], foot[1] - size), *reversed(right)]
    cv2.fillPoly(layer, [(np.array(outline) * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    stem = np.array(
        [
            (foot[0] - size * 0.014, foot[1]),
            (foot[0] + size * 0.014, foot[1]),
            (foot[0], foot[1] - size * 0.2),
        ]
    )
    cv2.fillPoly(layer, [(stem * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)


def _dot(point: np.ndarray) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


_GRASS = {"day": (86, 134, 48), "sunset": (84, 72, 44), "night": (12, 24, 26)}


def grass(canvas: Canvas, key: int, tall: float) -> Pixels:
    """Blades along the lower edge, RGBA, `tall` a share of the frame's height."""
    over = 2
    height, width = round(tall * 1.5 * canvas.height) * over, canvas.width * over
    layer = np.zeros((height, width, 4), np.uint8)
    layer[..., :3] = _GRASS[canvas.hour]
    rng = canvas.dice(key)
    count = round(canvas.width / canvas.height * 260)
    for x in rng.random(count) * width:
        reach = tall * canvas.height * over * rng.uniform(0.35, 1.0)
        lean = rng.normal(0, 0.28) * reach
        half = max(1.2, 0.018 * reach + 1.0)
        t = np.linspace(0, 1, 9)[:, None]
        spine = np.hstack([x + lean * t**2, height - reach * t])
        edge = half * (1 - t[:, 0])
        outline = np.vstack([spine - np.c_[edge, 0 * edge], (spine + np.c_[edge, 0 * edge])[::-1]])
        shade = rng.uniform(0.62, 1.3)
        colour = (*(float(min(255, c * shade)) for c in _GRASS[canvas.hour]), 255.0)
        cv2.fillPoly(layer, [(outline * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    small = cv2.resize(layer, (width // over, height // over), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
