"""A fish that swims, and a jellyfish that pulses."""

import math

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_TAIL = [
    (-0.34, 0.0), (-0.52, -0.20), (-0.62, -0.22), (-0.55, 0.0), (-0.62, 0.22), (-0.52, 0.20),
]  # fmt: skip

_BODY = [
    (0.5, 0.02), (0.38, -0.12), (0.15, -0.20), (-0.12, -0.16), (-0.36, -0.05), (-0.36, 0.05),
    (-0.12, 0.16), (0.15, 0.20), (0.38, 0.13),
]  # fmt: skip

_BELLY = [
    (0.45, 0.05), (0.2, 0.07), (-0.12, 0.07), (-0.3, 0.04), (-0.12, 0.14), (0.15, 0.18),
    (0.36, 0.12),
]  # fmt: skip


def _spine(x: float, moment: float) -> float:
    """How far the body bends aside there: more towards the tail."""
    reach = max(0.25 - x, 0.0)
    return 0.11 * reach * math.sin(2 * math.pi * 1.5 * moment + 3.6 * x)


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The fish, one unit long."""
    paper = Drawing((-0.75, -0.5, 0.6, 0.5), unit)

    def bent(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x, y + _spine(x, moment)) for x, y in points]

    fin = tinted(colour, 0.78)
    wag = 0.5 * _spine(-0.7, moment)
    paper.fill([(x, y + wag + _spine(-0.4, moment)) for x, y in _TAIL], fin)
    paper.fill(
        bent([(0.22, -0.17), (0.05, -0.33), (-0.18, -0.27), (-0.26, -0.10)]), fin, curved=True
    )
    paper.fill(bent([(0.0, 0.17), (-0.12, 0.29), (-0.26, 0.20), (-0.22, 0.10)]), fin, curved=True)
    paper.fill(bent(_BODY), colour, curved=True)
    paper.fill(bent(_BELLY), tinted(colour, 1.35), curved=True)
    for row in range(3):
        for k in range(6 - row):
            at = (0.16 - 0.085 * k, -0.08 + 0.055 * row)
            x, y = bent([at])[0]
            paper.stroke(
                [(x, y - 0.02), (x - 0.022, y), (x, y + 0.02)], 0.008, tinted(colour, 0.82)
            )
    flap = 0.05 * math.sin(2 * math.pi * 1.9 * moment)
    paper.fill(
        bent([(0.16, 0.03), (0.0, 0.06 + flap), (-0.03, 0.13 + flap), (0.10, 0.10)]),
        fin,
        curved=True,
    )
    paper.oval((0.345, -0.035), (0.042, 0.042), (248, 246, 236))
    paper.oval((0.355, -0.035), (0.024, 0.024), (16, 16, 20))
    paper.stroke(bent([(0.49, 0.035), (0.43, 0.055)]), 0.012, tinted(colour, 0.6))
    return paper.figure(0.3, 0.22)


def jelly(unit: float, colour: RGB, moment: float) -> Figure:
    """The jellyfish, one unit tall; its bell closes and opens, its arms trail."""
    paper = Drawing((-0.45, -0.55, 0.45, 0.75), unit)
    beat = math.sin(2 * math.pi * 0.55 * moment)
    wide, tall = 0.32 - 0.035 * beat, 0.30 + 0.03 * beat
    t = np.linspace(0, 1, 14)
    for k in range(9):
        x = (k - 4) / 4.6 * wide
        swing = 0.07 * np.sin(6 * t - 2.4 * moment + k) * t
        reach = 0.55 + 0.22 * math.sin(1.7 * k)
        paper.stroke(
            np.c_[x * (1 - 0.25 * t) + swing, -0.16 + reach * t],
            0.012,
            tinted(colour, 1.15),
            curved=True,
        )
    angles = np.linspace(math.pi, 2 * math.pi, 24)
    dome = np.c_[wide * np.cos(angles), -0.14 + tall * np.sin(angles)]
    hem = [(wide - k * wide / 4, -0.14 + (0.035 if k % 2 else -0.005)) for k in range(9)]
    for k in range(6):
        share = 1 - 0.13 * k
        ring = np.r_[dome, np.array(hem)] * (share, share) + (0, -0.02 * k)
        paper.fill(ring, tinted(colour, 0.80 + 0.085 * k))
    figure = paper.figure()
    return Figure(
        type(figure.sprite)(figure.sprite.pixels, figure.sprite.alpha * np.float32(0.82)),
        figure.origin,
    )


FISH = Member(
    "fish",
    r"(?:tropical )?fish|goldfish",
    r"(?:tropical )?fish(?:es)?|goldfish(?:es)?",
    ("deep",),
    ("swim",),
    0.19,
    (244, 150, 42),
    draw,
    place="underwater",
    many=7,
)
JELLYFISH = Member(
    "jellyfish",
    r"jellyfish",
    r"jellyfish(?:es)?",
    ("deep",),
    ("float", "swim", "rise"),
    0.34,
    (226, 150, 214),
    jelly,
    place="underwater",
    glows=True,
    many=4,
)
