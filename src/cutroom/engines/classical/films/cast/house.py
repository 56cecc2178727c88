"""A small house with a pitched roof."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_WINDOWS = ((-0.44, -0.36), (0.30, -0.36))


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The house, one unit from the ground to its ridge, smoke rising from the chimney."""
    paper = Drawing((-0.85, -1.75, 0.95, 0.03), unit)
    _smoke(paper, moment)
    front: RGB = colour
    roof: RGB = (128, 60, 48)
    paper.fill([(0.36, -0.98), (0.50, -0.98), (0.50, -0.62), (0.36, -0.62)], (134, 86, 70))
    paper.fill([(0.34, -1.01), (0.52, -1.01), (0.52, -0.96), (0.34, -0.96)], (104, 66, 54))
    paper.fill([(-0.66, 0.0), (-0.66, -0.56), (0.66, -0.56), (0.66, 0.0)], front)
    for k in range(1, 9):
        paper.stroke([(-0.66, -0.063 * k), (0.66, -0.063 * k)], 0.006, tinted(front, 0.9))
    paper.fill([(-0.66, -0.56), (0.66, -0.56), (0.66, -0.48), (-0.66, -0.505)], tinted(front, 0.72))
    paper.fill([(-0.78, -0.53), (-0.58, -0.99), (0.58, -0.99), (0.78, -0.53)], roof)
    for row in range(5):
        y = -0.53 - 0.092 * row
        wide = 0.78 - 0.20 * (row * 0.092 / 0.46)
        paper.stroke([(-wide, y), (wide, y)], 0.016, tinted(roof, 0.78))
    paper.fill([(-0.58, -0.99), (0.58, -0.99), (0.56, -0.96), (-0.56, -0.96)], tinted(roof, 1.12))
    paper.fill([(-0.11, 0.0), (-0.11, -0.36), (0.11, -0.36), (0.11, 0.0)], (86, 54, 40))
    paper.oval((0.07, -0.17), (0.016, 0.016), (226, 190, 96))
    paper.fill([(-0.16, 0.02), (0.16, 0.02), (0.14, -0.02), (-0.14, -0.02)], (150, 146, 140))
    for x, y in _WINDOWS:
        paper.fill(
            [
                (x - 0.02, y - 0.02),
                (x + 0.20, y - 0.02),
                (x + 0.20, y + 0.20),
                (x - 0.02, y + 0.20),
            ],
            (246, 244, 238),
        )
        paper.fill([(x, y), (x + 0.18, y), (x + 0.18, y + 0.18), (x, y + 0.18)], (255, 214, 130))
        paper.stroke([(x + 0.09, y), (x + 0.09, y + 0.18)], 0.014, (246, 244, 238))
        paper.stroke([(x, y + 0.09), (x + 0.18, y + 0.09)], 0.014, (246, 244, 238))
    return paper.figure(0.10, 0.1)


def _smoke(paper: Drawing, moment: float) -> None:
    """Puffs that rise, drift and grow."""
    for k in range(7):
        share = (k / 7 + 0.10 * moment) % 1.0
        x = 0.43 + 0.22 * share**1.4 + 0.03 * math.sin(9 * share + k)
        size = (0.03 + 0.10 * share) * min(1.0, 3 * (1 - share))
        tone = 206 - 20 * share
        if size > 0.012:
            paper.oval((x, -1.0 - 0.62 * share), (size, 0.8 * size), (tone, tone, tone + 4))


HOUSE = Member(
    "house",
    r"(?:little |small )?(?:house|cottage|cabin)",
    r"(?:houses|cottages|cabins)",
    ("ground",),
    ("stay",),
    0.34,
    (226, 206, 170),
    draw,
    place="meadow",
    metres=5.2,
    lamps=((-0.35, -0.27, 0.36, (255, 206, 120)), (0.39, -0.27, 0.36, (255, 206, 120))),
)
