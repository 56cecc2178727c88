"""A lighthouse on its rock."""

import math
from itertools import pairwise

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The lighthouse, one unit from its foot to the tip; its lamp brightens as it turns by."""
    paper = Drawing((-0.36, -1.03, 0.36, 0.06), unit)
    rock: RGB = (104, 98, 96)
    stones = [
        (-0.34, 0.05),
        (-0.28, -0.05),
        (-0.16, -0.10),
        (0.02, -0.12),
        (0.18, -0.08),
        (0.30, -0.03),
        (0.34, 0.05),
    ]
    paper.fill(stones, rock)
    for x, y, r in (
        (-0.2, -0.02, 0.07),
        (0.05, -0.06, 0.06),
        (0.2, 0.0, 0.06),
        (-0.05, 0.01, 0.08),
    ):
        paper.oval((x, y), (r, 0.6 * r), tinted(rock, 0.86))
        paper.oval((x - 0.01, y - 0.012), (0.7 * r, 0.36 * r), tinted(rock, 1.10))
    for k in range(5):
        low, high = -0.08 - 0.135 * k, -0.08 - 0.135 * (k + 1)
        _ring(paper, low, high, colour if k % 2 else (244, 242, 236))
    for y in (-0.30, -0.52):
        paper.fill([(-0.018, y), (0.018, y), (0.018, y - 0.045), (-0.018, y - 0.045)], (52, 56, 66))
    paper.fill([(-0.10, -0.755), (0.10, -0.755), (0.085, -0.72), (-0.085, -0.72)], (58, 58, 64))
    for x in np.linspace(-0.095, 0.095, 8):
        paper.stroke([(float(x), -0.755), (float(x), -0.79)], 0.006, (70, 70, 76))
    paper.stroke([(-0.097, -0.79), (0.097, -0.79)], 0.008, (70, 70, 76))
    glow = 0.5 + 0.5 * math.cos(2 * math.pi * moment / 4.0)
    lamp = (150 + 105 * glow, 140 + 105 * glow, 96 + 110 * glow)
    paper.fill([(-0.052, -0.755), (0.052, -0.755), (0.052, -0.87), (-0.052, -0.87)], lamp)
    for x in (-0.052, -0.018, 0.018, 0.052):
        paper.stroke([(x, -0.755), (x, -0.87)], 0.007, (58, 58, 64))
    paper.fill(
        [(-0.068, -0.87), (0.068, -0.87), (0.03, -0.935), (0.0, -0.955), (-0.03, -0.935)],
        tinted(colour, 0.8),
    )
    paper.stroke([(0, -0.95), (0, -1.02)], 0.008, (58, 58, 64))
    return paper.figure(0.12, 0.12)


def _ring(paper: Drawing, low: float, high: float, colour: RGB) -> None:
    """A band of the tower, round by its shading, tapering upwards."""
    foot, top = 0.115 + 0.065 * (low + 0.08), 0.115 + 0.065 * (high + 0.08)
    edges = np.sin(np.linspace(-math.pi / 2, math.pi / 2, 10))
    for a, b in pairwise(edges):
        middle = (a + b) / 2
        gain = 0.62 + 0.46 * math.sqrt(max(1 - (middle + 0.4) ** 2 / 2.0, 0))
        paper.fill(
            [(a * foot, low), (b * foot, low), (b * top, high), (a * top, high)],
            tinted(colour, min(gain, 1.1)),
        )


LIGHTHOUSE = Member(
    "lighthouse",
    r"lighthouse",
    r"lighthouses",
    ("water", "ground"),
    ("stay",),
    0.52,
    (198, 44, 40),
    draw,
    place="sea",
    metres=16.0,
    lamps=((0.0, -0.81, 0.22, (255, 236, 190)),),
)
