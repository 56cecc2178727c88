"""The place: evening sky, drifting clouds, hills, a telephone pole and its wire."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cutroom.sample.layers import Plane, over, smooth

_TAU = 2 * math.pi


def sky(width: int, height: int) -> Plane:
    """Evening sky, (height, width, 3): blue above, peach at the horizon, the sun just out of frame."""
    stops = np.array([0.0, 0.35, 0.62, 0.80, 1.0])
    colours = np.array(
        [[96, 146, 196], [142, 184, 214], [205, 213, 211], [246, 217, 184], [250, 200, 158]], float
    )
    down = np.linspace(0, 1, height)
    column = np.stack([np.interp(down, stops, colours[:, c]) for c in range(3)], axis=1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.exp(-(((x / width - 0.86) / 0.45) ** 2) - ((y / height - 0.80) / 0.30) ** 2)
    sky = column[:, None, :] + glow[..., None] * np.array([16, 10, -14])
    return np.asarray(sky, np.float32)


def clouds(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """A band of clouds that repeats sideways, as RGBA twice as wide as the frame."""
    wide = 2 * width
    density = np.zeros((height, wide), np.float32)
    for octave in range(6):
        across, down = 5 * 2**octave, 5 * 2**octave
        grid = rng.random((down, across)).astype(np.float32)
        grid = np.concatenate([grid[:, -2:], grid, grid[:, :2]], axis=1)
        step = wide / across
        layer = Image.fromarray(grid).resize(
            (round(step * (across + 4)), height), Image.Resampling.BICUBIC
        )
        start = round(2 * step)
        density += np.asarray(layer, np.float32)[:, start : start + wide] * 0.52**octave
    density = (density - density.mean()) / density.std()
    down_share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    belt = np.exp(-(((down_share - 0.24) / 0.26) ** 2))
    alpha = smooth((density - 0.35) / 1.7) * belt * 0.92
    above = np.roll(density, -max(height // 40, 1), axis=0)
    lit = np.clip(0.62 + 0.35 * (density - above), 0, 1)[..., None]
    colour = lit * np.array([255, 246, 232]) + (1 - lit) * np.array([176, 186, 204])
    rgba = np.concatenate([colour, 255 * alpha[..., None]], axis=2)
    return Image.fromarray(np.clip(rgba, 0, 255).astype(np.uint8), "RGBA")


def with_clouds(sky: Plane, clouds: Image.Image, now: float) -> Plane:
    """The sky with its clouds drifted for `now` seconds, by parts of a pixel."""
    height, width = sky.shape[:2]
    lowest = round(0.7 * height)
    drift = now * width * 0.0085
    moved = clouds.transform(
        (width, lowest),
        Image.Transform.AFFINE,
        (1, 0, width * 0.3 - drift, 0, 1, 0),
        Image.Resampling.BILINEAR,
    )
    picture = sky.copy()
    picture[:lowest] = over(sky[:lowest], np.asarray(moved, np.float32))
    return picture


def land(width: int, height: int) -> Plane:
    """Hills one behind the other and the pole, RGBA float (height, width, 4), alpha 0..255."""
    over = 2
    picture = Image.new("RGBA", (width * over, height * over), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ranges = (
        (0.790, 0.030, 2.1, 0.4, (172, 176, 188)),
        (0.835, 0.026, 3.3, 2.0, (126, 142, 152)),
        (0.890, 0.022, 2.6, 4.4, (78, 98, 96)),
        (0.945, 0.016, 4.1, 1.3, (44, 60, 50)),
    )
    shares = np.linspace(0, 1, 400)
    for level, rise, waves, phase, colour in ranges:
        line = (
            level
            + rise * np.sin(_TAU * waves * shares * 0.5 + phase)
            + rise * 0.4 * np.sin(_TAU * waves * 1.7 * shares + 2 * phase)
            + rise * 0.07 * np.sin(_TAU * waves * 9.3 * shares + phase)
        )
        outline = [(x * width * over, y * height * over) for x, y in zip(shares, line, strict=True)]
        corners = [(width * over, height * over), (0.0, height * over)]
        draw.polygon(outline + corners, fill=(*colour, 255))
    _draw_pole(draw, width * over, height * over)
    small = picture.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def _draw_pole(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """The telephone pole at the left, with its crossarm and insulators."""
    x, top, half = 0.105 * width, 0.30 * height, 0.0105 * height
    wood, light = (62, 50, 44, 255), (96, 78, 66, 255)
    draw.polygon(
        [(x - half, top), (x + half, top), (x + half * 1.5, height), (x - half * 1.5, height)], wood
    )
    draw.polygon(
        [
            (x + half * 0.4, top),
            (x + half, top),
            (x + half * 1.5, height),
            (x + half * 0.8, height),
        ],
        light,
    )
    arm = 0.405 * height
    draw.rectangle((x - 7 * half, arm, x + 7 * half, arm + 1.5 * half), wood)
    draw.line([(x - 5 * half, arm + half), (x, arm + 7 * half)], wood, round(half * 0.7))
    draw.line([(x + 5 * half, arm + half), (x, arm + 7 * half)], wood, round(half * 0.7))
    for offset in (-6, -2.4, 2.4, 6):
        cx = x + offset * half
        draw.rounded_rectangle(
            (cx - 0.5 * half, arm - 1.6 * half, cx + 0.5 * half, arm),
            half * 0.4,
            (150, 158, 160, 255),
        )


def with_land(picture: Plane, land: Plane) -> Plane:
    """The picture with pole and hills drawn in place, touching only where they are."""
    hills = round(0.7 * picture.shape[0])
    pole = round(0.25 * picture.shape[1])
    picture[hills:] = over(picture[hills:], land[hills:])
    picture[:hills, :pole] = over(picture[:hills, :pole], land[:hills, :pole])
    return picture


def wire(width: int, height: int, now: float) -> NDArray[np.float32]:
    """Height in the frame (y) of the wire for every x: a shallow sag from the crossarm to the right edge, swaying."""
    share = np.arange(width, dtype=np.float32) / width
    from_pole = np.clip((share - 0.15) / 1.15, -0.2, 1)
    sag = 0.405 + 0.095 * 4 * from_pole * (1 - from_pole)
    sway = 0.0032 * math.sin(_TAU * now / 2.7) + 0.0012 * math.sin(_TAU * now / 1.1 + 1)
    held = np.clip((share - 0.15) / 0.3, 0, 1)
    line = np.where(from_pole < 0, 0.405 + 0.10 * np.abs(from_pole), sag) + sway * held
    return np.asarray(line * height - 0.012 * height, np.float32)


def with_wire(picture: Plane, wire: NDArray[np.float32]) -> Plane:
    """The picture with the wire drawn in place: a band of constant thickness, antialiased."""
    height = picture.shape[0]
    thick = max(0.0052 * height, 1.2)
    top, bottom = max(int(wire.min() - thick), 0), min(int(wire.max() + thick) + 2, height)
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    cover = np.clip(thick / 2 + 0.5 - np.abs(rows - wire[None, :]), 0, 1)[..., None]
    picture[top:bottom] += cover * (np.array((46, 46, 52), np.float32) - picture[top:bottom])
    return picture
