"""A hot-air balloon: gores in two colours, a basket, and a burner that flares up now and then."""

import math

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_GORES = 10


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The balloon, one unit tall with its basket."""
    paper = Drawing((-0.45, -0.55, 0.45, 0.52), unit)
    flare = max(0.0, math.sin(1.9 * moment)) ** 6
    second: RGB = (248, 236, 206)
    down = np.linspace(0, 1, 26)
    half = (
        0.39 * np.sin(np.pi * np.clip(down, 0, 1) ** 0.86) ** 0.62 * (1 - 0.30 * down**2.4)
        + 0.055 * down**3
    )
    y = -0.5 + 0.76 * down
    edges = np.sin(np.linspace(-math.pi / 2, math.pi / 2, _GORES + 1))
    for k in range(_GORES):
        a, b = edges[k], edges[k + 1]
        middle = (a + b) / 2
        # Round: lit from the upper left, dark at the right rim.
        gain = 0.66 + 0.50 * math.sqrt(max(1 - (middle + 0.35) ** 2 / 1.9, 0))
        tone = tinted(colour if k % 2 else second, min(gain + 0.10 * flare, 1.25))
        paper.fill(np.r_[np.c_[a * half, y], np.c_[b * half, y][::-1]], tone)
    band = (down > 0.50) & (down < 0.60)
    bent = y[band] + 0.02
    paper.fill(np.r_[np.c_[-half[band], bent], np.c_[half[band], bent][::-1]], tinted(colour, 0.62))
    for x in (-0.045, -0.016, 0.016, 0.045):
        paper.stroke([(x, 0.25), (x * 0.9, 0.39)], 0.005, (70, 58, 48))
    if flare > 0.05:
        paper.fill(
            [(-0.018, 0.36), (0, 0.36 - 0.11 * flare), (0.018, 0.36)], (255, 214, 110), curved=True
        )
    basket = [(-0.052, 0.385), (0.052, 0.385), (0.044, 0.475), (-0.044, 0.475)]
    paper.fill(basket, (122, 84, 50))
    for k in range(1, 4):
        paper.stroke([(-0.05, 0.385 + 0.022 * k), (0.05, 0.385 + 0.022 * k)], 0.005, (92, 62, 38))
    paper.stroke([(-0.056, 0.385), (0.056, 0.385)], 0.014, (84, 56, 36))
    return paper.figure(0.16, 0.25)


HOT_AIR_BALLOON = Member(
    "hot-air balloon",
    r"hot(?:-| )air balloon",
    r"hot(?:-| )air balloons",
    ("air",),
    ("float", "rise", "fly"),
    0.46,
    (206, 52, 46),
    draw,
    place="meadow",
    many=4,
    lamps=((0.0, 0.1, 0.30, (255, 170, 80)),),
)
