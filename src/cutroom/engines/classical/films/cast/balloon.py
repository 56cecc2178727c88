"""A toy balloon on its string."""

import math

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The balloon, one unit tall without its string, which hangs below and sways."""
    paper = Drawing((-0.55, -0.62, 0.55, 1.25), unit)
    t = np.linspace(0, 1, 12)
    sway = 0.07 * np.sin(5 * t - 2.2 * moment) * t
    paper.stroke(np.c_[sway, 0.46 + 0.72 * t], 0.012, (238, 238, 232), curved=True)
    paper.fill([(0.0, 0.42), (-0.055, 0.49), (0.055, 0.49)], tinted(colour, 0.72))
    angles = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    y = -np.cos(angles)
    wide = 0.40 * np.sin(angles) * (1 - 0.16 * np.maximum(y, 0) ** 1.5)
    shell = np.c_[wide, -0.04 + 0.48 * y]
    for k in range(9):  # shade from the rim inwards, towards the light
        share = 1 - k / 9
        ring = shell * share + np.array((-0.10, -0.14)) * (1 - share)
        paper.fill(ring, tinted(colour, 0.74 + 0.052 * k))
    paper.oval((-0.15, -0.24), (0.055, 0.095), tinted(colour, 1.55), 0.5)
    paper.oval((-0.165, -0.26), (0.026, 0.05), (255, 255, 255), 0.5)
    return paper.figure()


BALLOON = Member(
    "balloon",
    r"balloon|toy balloon",
    r"balloons|toy balloons",
    ("air",),
    ("float", "rise", "fly"),
    0.26,
    (214, 40, 44),
    draw,
    place="sky",
    many=6,
)
