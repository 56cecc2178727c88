"""What the drawn and painted looks share: flat areas, ink, strokes, paper. Pure functions of a frame."""

from functools import lru_cache

import cv2
import numpy as np

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import clouds, dice
from cutroom.engines.classical.op import Pixels


def reduced(pixels: Pixels, height: int) -> Pixels:
    """The frame scaled down to at most this height."""
    rows, columns = pixels.shape[:2]
    if rows <= height:
        return pixels
    size = (max(1, round(columns * height / rows)), height)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def grown(pixels: Pixels, like: Pixels, interpolation: int = cv2.INTER_CUBIC) -> Pixels:
    """Scaled back to the size of another frame."""
    rows, columns = like.shape[:2]
    if rows < pixels.shape[0]:
        interpolation = cv2.INTER_AREA
    if pixels.shape[:2] == (rows, columns):
        return pixels
    return np.asarray(cv2.resize(pixels, (columns, rows), interpolation=interpolation), np.uint8)


def flattened(pixels: Pixels, rounds: int = 2, spread: float = 34) -> Pixels:
    """Areas flat, edges kept: the bilateral filter, several times over."""
    for _ in range(rounds):
        pixels = np.asarray(cv2.bilateralFilter(pixels, 7, spread, 4), np.uint8)
    return pixels


def kuwahara(pixels: Pixels, radius: int, sharpness: float = 4.0) -> Floats:
    """Dabs of paint: each pixel takes the colour of the calmest of eight windows beside it, softly.

    After Papari et al. 2007 (weights that fall with the windows' deviation, so nothing pops from
    frame to frame), with boxes for sectors. Returns floats 0..255, (height, width, 3).
    """
    side = radius + 1
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    colour = pixels.astype(np.float32)
    square = grey * grey
    total = np.zeros_like(colour)
    weights = np.zeros_like(grey)
    middle = radius // 2
    for x in (0, middle, radius):
        for y in (0, middle, radius):
            if x == y == middle:
                continue
            anchor = (x, y)
            mean = cv2.blur(grey, (side, side), anchor=anchor, borderType=cv2.BORDER_REFLECT)
            power = cv2.blur(square, (side, side), anchor=anchor, borderType=cv2.BORDER_REFLECT)
            variance = np.maximum(power - mean * mean, 0)
            weight = 1 / (1 + variance * (1 / 40)) ** np.float32(sharpness / 2)
            dab = cv2.blur(colour, (side, side), anchor=anchor, borderType=cv2.BORDER_REFLECT)
            total += dab * weight[..., None]
            weights += weight
    return np.asarray(total / np.maximum(weights, 1e-12)[..., None], np.float32)


def ink(pixels: Pixels, width: float, strength: float = 1.0) -> Floats:
    """Lines where tones or colours part: 1 is paper, 0 ink, (height, width). After Winnemoeller's XDoG 2011.

    `width` is the line's, in pixels.
    """
    sigma = max(width * 0.6, 0.5)
    fine = cv2.GaussianBlur(pixels, (0, 0), sigma).astype(np.int16)
    coarse = cv2.GaussianBlur(pixels, (0, 0), sigma * 1.8)
    # Below 0 on the dark side of an edge; the channel that parts most decides, so that red on green counts.
    edge = (fine - coarse).min(axis=-1).astype(np.float32) / 255
    lines = np.clip(1 + (edge + 0.012) * np.float32(22 * strength), 0, 1)
    return np.asarray(lines * lines * (3 - 2 * lines), np.float32)


def sparing(lines: Floats, share: float = 0.75) -> Floats:
    """Lines thinned out where they crowd: a hand draws a lawn's rim, not every blade. 1 is paper, 0 ink."""
    rows = lines.shape[0]
    drawn = 1 - lines
    crowd = cv2.blur(drawn, (max(3, rows // 16) | 1, max(3, rows // 16) | 1))
    kept = 1 - share * np.clip((crowd - 0.13) / 0.17, 0, 1)
    return np.asarray(1 - drawn * kept, np.float32)


def areas(pixels: Pixels, height: int) -> Pixels:
    """The frame drawn `height` high, as calm areas of colour: texture gone, edges kept."""
    rows, columns = pixels.shape[:2]
    size = (max(1, round(columns * height / rows)), height)  # small ones grow: all look alike
    drawn = cv2.resize(
        pixels, size, interpolation=cv2.INTER_AREA if rows > height else cv2.INTER_LINEAR
    )
    small = flattened(np.asarray(drawn, np.uint8), 2, 42)
    small = np.asarray(cv2.medianBlur(small, 5), np.uint8)
    return flattened(small, 2, 30)


def flow(pixels: Pixels, smoothing: float) -> tuple[Floats, Floats]:
    """Unit vectors along edges and strokes, (height, width) each, from the smoothed structure tensor."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx = cv2.GaussianBlur(gx * gx, (0, 0), smoothing)
    yy = cv2.GaussianBlur(gy * gy, (0, 0), smoothing)
    xy = cv2.GaussianBlur(gx * gy, (0, 0), smoothing)
    # A faint default direction where there is nothing to follow.
    angle = 0.5 * np.arctan2(2 * xy + 2e-4, xx - yy + 1e-4) + np.pi / 2
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def strokes(vx: Floats, vy: Floats, length: int, bank: Floats) -> Floats:
    """Noise smeared along the flow, (height, width), about -1..1: bristle marks. Line integral convolution, straight."""
    height, width = vx.shape
    columns, rows = _grid(height, width)
    total = np.zeros((height, width), np.float32)
    steps = range(-length, length + 1, 2)
    for step in steps:
        x, y = columns + vx * np.float32(step), rows + vy * np.float32(step)
        total += cv2.remap(bank, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(total / np.float32(len(steps) ** 0.5), np.float32)


@lru_cache(maxsize=8)
def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return columns, rows


@lru_cache(maxsize=8)
def paper(height: int, width: int, seed: int) -> Floats:
    """The tooth of drawing paper: mean 0, about -1..1, the same in all frames."""
    rng = dice(seed, 8101)
    fine = rng.standard_normal((height, width), dtype=np.float32)
    fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), max(height / 900, 0.5)), np.float32)
    fine /= max(float(fine.std()), 1e-6) * 2.5
    coarse = clouds(height, width, 0.03, 3, rng) - 0.5
    tooth = np.clip(0.7 * fine + 0.9 * coarse, -1, 1).astype(np.float32)
    tooth.setflags(write=False)
    return np.asarray(tooth, np.float32)


def bytes_of(values: Floats) -> Pixels:
    """Floats 0..255 as uint8."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(values, 0)), np.uint8)


def times(pixels: Pixels, factor: Floats) -> Pixels:
    """The frame times a (height, width) factor of at least 0; a new array."""
    factors = cv2.merge([factor, factor, factor])
    return np.asarray(cv2.multiply(pixels, factors, dtype=cv2.CV_8U), np.uint8)
