"""A butterfly, its wings opening and closing."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_FORE = (
    (0.0, -0.02),
    (0.10, -0.34),
    (0.30, -0.52),
    (0.50, -0.50),
    (0.52, -0.30),
    (0.36, -0.08),
    (0.10, 0.02),
)
_HIND = ((0.0, 0.0), (0.26, 0.02), (0.42, 0.14), (0.40, 0.34), (0.24, 0.42), (0.08, 0.24))


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The butterfly seen aslant from above, about one unit across."""
    phase = 2 * math.pi * 3.4 * moment
    shut = 0.56 + 0.44 * math.sin(phase)
    paper = Drawing((-0.62, -0.68, 0.62, 0.62), unit)
    for side, share in ((-1, 0.82), (1, 1.0)):
        wide = side * (0.16 + 0.84 * shut)
        for outline, gain in ((_HIND, 0.86), (_FORE, 1.0)):
            edge = [(x * wide, y - 0.16 * (1 - shut) * abs(x)) for x, y in outline]
            middle = (sum(x for x, _ in edge) / len(edge), sum(y for _, y in edge) / len(edge))
            inner = [
                (middle[0] + 0.76 * (x - middle[0]), middle[1] + 0.76 * (y - middle[1]))
                for x, y in edge
            ]
            paper.fill(edge, (34, 28, 30), curved=True)
            paper.fill(inner, tinted(colour, gain * share), curved=True)
            spot = (
                middle[0] + 0.36 * (edge[3][0] - middle[0]),
                middle[1] + 0.36 * (edge[3][1] - middle[1]),
            )
            paper.oval(spot, (0.034 * abs(wide), 0.034), tinted(colour, 1.55))
    paper.oval((0, 0.02), (0.032, 0.24), (40, 32, 30))
    paper.oval((0, -0.24), (0.038, 0.045), (40, 32, 30))
    for side in (-1, 1):
        paper.stroke(
            [(0, -0.27), (0.06 * side, -0.4), (0.14 * side, -0.47)],
            0.014,
            (40, 32, 30),
            curved=True,
        )
    return paper.figure(0.15, 0.2)


BUTTERFLY = Member(
    "butterfly",
    r"butterfly",
    r"butterflies",
    ("air",),
    ("flutter",),
    0.13,
    (240, 148, 40),
    draw,
    place="meadow",
    many=5,
)
