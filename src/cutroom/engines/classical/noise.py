"""Randomness and soft shapes over a frame, the same for the same seed whatever the order of frames."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.op import Pixels


def dice(*key: int) -> np.random.Generator:
    """A generator that depends on nothing but the key, e.g. (seed, op, frame index)."""
    return np.random.default_rng([k & 0xFFFFFFFF for k in key])


@lru_cache(maxsize=8)
def grain_bank(height: int, width: int, size: float, seed: int) -> NDArray[np.float32]:
    """Grain to cut windows from: (height + 64, width + 64), mean 0, deviation 1; `size` in pixels."""
    shape = (height + 64, width + 64)
    grain = dice(seed, 7001).standard_normal(shape, dtype=np.float32)
    if size > 0.3:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), size), np.float32)
    grain = (grain - grain.mean()) / max(float(grain.std()), 1e-6)
    grain.setflags(write=False)
    return np.asarray(grain, np.float32)


def window(bank: Floats, height: int, width: int, rng: np.random.Generator) -> Floats:
    """A random window of the bank, mirrored at random, so that no two frames share their grain."""
    y, x = (int(v) for v in rng.integers(0, 64, 2))
    cut = bank[y : y + height, x : x + width]
    flip = int(rng.integers(0, 4))
    return cut[:: -1 if flip & 1 else 1, :: -1 if flip & 2 else 1]


def clouds(height: int, width: int, cell: float, octaves: int, rng: np.random.Generator) -> Floats:
    """Smooth noise that tiles without seams, 0..1, its largest blobs `cell` of the height."""
    total = np.zeros((height, width), np.float32)
    share = 1.0
    for octave in range(octaves):
        rows = max(2, round((2**octave) / cell))
        columns = max(2, round(rows * width / height))
        coarse = rng.random((rows, columns), dtype=np.float32)
        padded = np.pad(coarse, 3, mode="wrap")
        scale_y, scale_x = height / rows, width / columns
        grown = cv2.resize(
            padded,
            (round((columns + 6) * scale_x), round((rows + 6) * scale_y)),
            interpolation=cv2.INTER_CUBIC,
        )
        top, left = round(3 * scale_y), round(3 * scale_x)
        total += share * grown[top : top + height, left : left + width]
        share *= 0.5
    total -= total.min()
    return np.asarray(total / max(float(total.max()), 1e-6), np.float32)


@lru_cache(maxsize=16)
def radius(height: int, width: int, x: float = 0.5, y: float = 0.5) -> Floats:
    """Distance from a point given as shares of the frame; 1 at the farthest corner, (height, width)."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    dy, dx = (rows + 0.5) / height - y, ((columns + 0.5) / width - x)
    far = np.hypot(max(x, 1 - x), max(y, 1 - y))
    distance = np.asarray(np.hypot(dy, dx) / far, np.float32)
    distance.setflags(write=False)
    return distance


def gain_map(gains: Floats) -> Pixels:
    """Gains 0..1, (height, width), as the map that `shade` multiplies by, (height, width, 3)."""
    scaled = np.clip(gains, 0, 1) * 255
    rows, columns = np.indices(gains.shape, dtype=np.int32)
    # An ordered dither: a smooth gain of 8 bits would band in dark skies.
    order = (((rows & 1) << 1) ^ ((columns & 1) * 3)).astype(np.float32) / 4 + 0.125
    return np.repeat(np.floor(scaled + order).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def shade(pixels: Pixels, gains: Pixels) -> Pixels:
    """The frame times a `gain_map`, a new array."""
    return np.asarray(cv2.multiply(pixels, gains, scale=1 / 255), np.uint8)


def blend(first: Pixels, second: Pixels, share: float) -> Pixels:
    """`share` (0..1) of the second frame over the first, a new array."""
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint8)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """Gaussian blur; a wide one is done on a smaller frame, where nothing is lost by it."""
    height, width = pixels.shape[:2]
    factor = 2 ** max(0, int(np.log2(max(sigma / 2.5, 1))))
    if factor == 1 or min(height, width) < 4 * factor:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
    small = cv2.resize(pixels, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def screened(pixels: Pixels, light: Pixels, share: float = 1.0) -> Pixels:
    """Light thrown over the frame, which only brightens and never clips; a new array."""
    room = cv2.bitwise_not(pixels)
    return np.asarray(cv2.add(pixels, cv2.multiply(room, light, scale=share / 255)), np.uint8)


def glowing(pixels: Pixels, light: Pixels) -> Pixels:
    """Light in front of the frame: on the dark it shines, before a white wall it keeps its colour; a new array."""
    full = cv2.cvtColor(light.max(axis=-1), cv2.COLOR_GRAY2RGB)
    left = cv2.multiply(pixels, cv2.bitwise_not(full), scale=1 / 255)
    return np.asarray(cv2.add(left, light), np.uint8)


def where_bright(pixels: Pixels, light: Pixels) -> Pixels:
    """The light, mostly where the frame is bright: it comes through the sky and over the lit ground."""
    bright = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ramp = np.linspace(70, 255, 256).astype(np.uint8)
    share = cv2.cvtColor(cv2.LUT(bright, ramp), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.multiply(light, share, scale=1 / 255), np.uint8)


def grained(pixels: Pixels, grain: Floats, amount: float) -> Pixels:
    """Grain of `amount` code values' deviation in the mid tones, less at both ends; a new array."""
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    noise = grain * cv2.LUT(luma, _response(amount))
    return np.asarray(cv2.add(pixels, cv2.merge([noise, noise, noise]), dtype=cv2.CV_8U), np.uint8)


@lru_cache(maxsize=16)
def _response(amount: float) -> Floats:
    """How much grain each brightness shows, (256,)."""
    level = np.linspace(0, 1, 256, dtype=np.float32)
    return np.asarray(amount * (0.35 + 2.6 * level * (1 - level)), np.float32)


def slid(bank: Floats, x: float, y: float) -> Floats:
    """Seamless noise moved by (x, y) pixels, which may be fractions; a new array."""
    whole_x, whole_y = int(np.floor(x)), int(np.floor(y))
    rolled = np.roll(bank, (whole_y, whole_x), axis=(0, 1))
    fx, fy = np.float32(x - whole_x), np.float32(y - whole_y)
    aside = rolled + (np.roll(rolled, 1, axis=1) - rolled) * fx
    return np.asarray(aside + (np.roll(aside, 1, axis=0) - aside) * fy, np.float32)
