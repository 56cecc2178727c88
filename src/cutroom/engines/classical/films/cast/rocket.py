"""A rocket under power."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_WHITE: RGB = (236, 238, 242)
_SHELL = (
    (0.5, 0.0), (0.42, -0.055), (0.28, -0.098), (0.05, -0.122), (-0.25, -0.112), (-0.47, -0.075),
    (-0.47, 0.075), (-0.25, 0.112), (0.05, 0.122), (0.28, 0.098), (0.42, 0.055),
)  # fmt: skip
_SHADE = (
    (0.5, 0.02), (0.05, 0.05), (-0.47, 0.035), (-0.47, 0.075),
    (-0.25, 0.112), (0.05, 0.122), (0.28, 0.098), (0.42, 0.055),
)  # fmt: skip
_FLAMES: tuple[tuple[float, float, RGB], ...] = (
    (0.50, 0.105, (255, 120, 40)),
    (0.36, 0.078, (255, 190, 70)),
    (0.2, 0.05, (255, 250, 214)),
)
"""Reach, half width, colour: the outermost first."""


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The rocket lying on its course, nose right, one unit long without its flame."""
    paper = Drawing((-1.05, -0.26, 0.56, 0.26), unit)
    flicker = 0.5 + 0.28 * math.sin(31 * moment) + 0.16 * math.sin(53 * moment + 1)
    for reach, wide, tone in _FLAMES:
        end = -0.5 - reach * (0.7 + 0.5 * flicker)
        side = 0.02 * math.sin(40 * moment + 9 * reach)
        paper.fill(
            [(-0.47, -wide), (-0.58, -wide * 0.9), (end, side), (-0.58, wide * 0.9), (-0.47, wide)],
            tone,
            curved=True,
        )
    for way in (-1, 1):
        paper.fill(
            [(-0.18, 0.09 * way), (-0.36, 0.23 * way), (-0.52, 0.24 * way), (-0.43, 0.07 * way)],
            tinted(colour, 0.92 if way < 0 else 0.66),
        )
    paper.fill([(-0.45, -0.075), (-0.52, -0.10), (-0.52, 0.10), (-0.45, 0.075)], (96, 100, 110))
    paper.fill(_SHELL, _WHITE, curved=True)
    paper.fill(_SHADE, tinted(_WHITE, 0.80), curved=True)
    paper.fill(
        [(0.5, 0.0), (0.42, -0.055), (0.29, -0.094), (0.26, 0.0), (0.29, 0.094), (0.42, 0.055)],
        colour,
        curved=True,
    )
    paper.fill([(-0.28, -0.112), (-0.34, -0.10), (-0.34, 0.10), (-0.28, 0.112)], colour)
    paper.oval((0.10, -0.01), (0.062, 0.062), (110, 118, 130))
    paper.oval((0.10, -0.01), (0.044, 0.044), (56, 110, 160))
    paper.oval((0.088, -0.024), (0.016, 0.012), (206, 230, 246))
    paper.fill(
        [(-0.20, -0.016), (-0.50, -0.022), (-0.50, 0.022), (-0.20, 0.016)], tinted(colour, 0.80)
    )
    return paper.figure(0.25, 0.1)


ROCKET = Member(
    "rocket",
    r"(?:space )?rocket|rocket ship|spaceship|space ?craft",
    r"(?:space )?rockets|rocket ships|spaceships|space ?crafts?",
    ("space", "air"),
    ("fly", "rise", "float"),
    0.42,
    (206, 48, 44),
    draw,
    place="space",
    glows=True,
    climb=1.5708,
    lamps=((-0.62, 0.0, 0.42, (255, 170, 70)),),
)
