"""A broad-leaved tree."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted
from cutroom.engines.classical.noise import dice


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The tree, one unit tall, leaves stirring in the wind."""
    paper = Drawing((-0.52, -1.04, 0.52, 0.03), unit)
    bark: RGB = (96, 72, 54)
    trunk = [
        (-0.055, 0.01),
        (-0.04, -0.2),
        (-0.03, -0.45),
        (0.03, -0.45),
        (0.04, -0.2),
        (0.065, 0.01),
    ]
    paper.fill(trunk, bark)
    paper.fill(
        [(0.01, 0.0), (0.015, -0.45), (0.03, -0.45), (0.04, -0.2), (0.065, 0.01)],
        tinted(bark, 0.72),
    )
    for x, y in ((-0.2, -0.56), (0.19, -0.60), (-0.06, -0.7)):
        paper.stroke(
            [(0, -0.36), (0.5 * x, 0.5 * (y - 0.40)), (x, y)], 0.03, tinted(bark, 0.85), curved=True
        )
    rng = dice(77, 3)
    leaves = []
    for _ in range(260):
        angle, reach = rng.uniform(0, 2 * math.pi), math.sqrt(rng.uniform(0, 1))
        x, y = 0.40 * reach * math.cos(angle), -0.67 + 0.29 * reach * math.sin(angle)
        leaves.append((y + 0.25 * rng.random(), x, y, rng.uniform(0.045, 0.085), rng.random()))
    # From the shaded underside to the lit crown.
    for height, x, y, size, phase in sorted(leaves, reverse=True):
        sway = 0.010 * math.sin(1.7 * moment + 6 * phase + 3 * x) * (1 - y)
        light = (
            0.55
            + 0.55 * min(max((-0.40 - height + 0.12) / 0.5, 0), 1)
            - 0.22 * x
            + 0.16 * (phase - 0.5)
        )
        paper.oval((x + sway, y), (size, 0.78 * size), tinted(colour, light), phase)
    return paper.figure()


TREE = Member(
    "tree",
    r"(?:oak )?tree",
    r"(?:oak )?trees",
    ("ground",),
    ("stay",),
    0.50,
    (86, 142, 58),
    draw,
    place="meadow",
    metres=7.5,
    many=5,
)
