"""A car seen from the side, its wheels turning."""

import math

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_SPEED = 5.0
"""Radians a second of the wheels."""


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The car, one unit tall and three long."""
    paper = Drawing((-1.6, -1.08, 1.65, 0.06), unit)
    body = [
        (-1.50, -0.22),
        (-1.52, -0.52),
        (-1.42, -0.62),
        (-0.98, -0.66),
        (-0.60, -0.97),
        (0.18, -0.99),
        (0.62, -0.66),
        (1.28, -0.56),
        (1.52, -0.44),
        (1.54, -0.22),
        (1.40, -0.17),
        (-1.38, -0.17),
    ]
    paper.fill(_eased(body), colour)
    paper.fill(
        _eased([(-1.5, -0.24), (1.53, -0.24), (1.40, -0.15), (-1.38, -0.15)]), tinted(colour, 0.5)
    )
    paper.fill(
        [(-1.50, -0.545), (1.34, -0.53), (1.50, -0.44), (-1.51, -0.47)], tinted(colour, 1.14)
    )
    glass: RGB = (58, 72, 88)
    paper.fill([(-0.82, -0.665), (-0.54, -0.90), (-0.24, -0.915), (-0.24, -0.665)], glass)
    paper.fill([(-0.17, -0.665), (-0.17, -0.915), (0.13, -0.915), (0.46, -0.665)], glass)
    paper.fill([(-0.60, -0.72), (-0.50, -0.88), (-0.42, -0.885), (-0.52, -0.72)], (120, 144, 166))
    paper.fill([(-0.08, -0.72), (-0.08, -0.885), (0.0, -0.885), (0.06, -0.72)], (120, 144, 166))
    for x in (-0.86, -0.2, 0.52):
        paper.stroke([(x, -0.64), (x + 0.02, -0.24)], 0.012, tinted(colour, 0.7))
    paper.stroke([(-0.1, -0.56), (0.02, -0.56)], 0.02, tinted(colour, 0.6))
    paper.oval((1.46, -0.42), (0.06, 0.055), (255, 246, 214))
    paper.fill([(-1.52, -0.5), (-1.44, -0.5), (-1.44, -0.40), (-1.52, -0.40)], (196, 36, 32))
    for x in (-0.92, 0.96):
        _wheel(paper, x, moment)
    return paper.figure(0.28, 0.25)


def _eased(points: list[tuple[float, float]]) -> np.ndarray:
    """The polygon with its corners cut once."""
    p = np.array(points)
    after = np.roll(p, -1, axis=0)
    return np.stack([0.85 * p + 0.15 * after, 0.15 * p + 0.85 * after], axis=1).reshape(-1, 2)


def _wheel(paper: Drawing, x: float, moment: float) -> None:
    """Arch, tyre, rim and five spokes."""
    centre = (x, -0.23)
    paper.oval(centre, (0.29, 0.29), (26, 26, 30))
    paper.oval(centre, (0.245, 0.245), (40, 40, 44))
    paper.oval(centre, (0.165, 0.165), (176, 180, 186))
    for k in range(5):
        angle = _SPEED * moment + 2 * math.pi * k / 5
        paper.stroke(
            [centre, (x + 0.16 * math.cos(angle), -0.23 + 0.16 * math.sin(angle))],
            0.045,
            (92, 96, 102),
        )
    paper.oval(centre, (0.05, 0.05), (210, 212, 216))


CAR = Member(
    "car",
    r"car|automobile",
    r"cars",
    ("ground",),
    ("drive", "stay"),
    0.20,
    (196, 40, 38),
    draw,
    place="meadow",
    metres=1.5,
    lamps=((1.46, -0.42, 0.30, (255, 240, 200)), (-1.48, -0.45, 0.18, (255, 40, 30))),
)
