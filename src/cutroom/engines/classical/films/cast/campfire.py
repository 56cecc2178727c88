"""A campfire."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_TONGUES = 9


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The fire, one unit from its logs to the tips of the flames, sparks above."""
    paper = Drawing((-0.75, -1.5, 0.75, 0.12), unit)
    for x in (-0.5, -0.34, -0.16, 0.04, 0.24, 0.42, 0.54):
        paper.oval(
            (x, 0.045 - 0.05 * abs(x)), (0.10, 0.062), tinted((118, 112, 110), 0.8 + 0.3 * (x > 0))
        )
    wood: RGB = (92, 62, 42)
    for a, b in (
        ((-0.42, 0.0), (0.28, -0.16)),
        ((0.42, 0.0), (-0.26, -0.18)),
        ((-0.3, -0.02), (0.36, -0.06)),
    ):
        paper.stroke([a, b], 0.085, wood)
        paper.oval(b, (0.045, 0.045), (158, 112, 72))
    for depth, (tone, share) in enumerate(
        (((226, 76, 22), 1.0), (colour, 0.74), ((255, 218, 110), 0.48), ((255, 248, 214), 0.24))
    ):
        for k in range(_TONGUES - 2 * depth):
            _tongue(paper, (k, _TONGUES - 2 * depth), share, moment, tone)
    for k in range(12):
        rise = (0.37 * k + moment * (0.45 + 0.05 * (k % 5))) % 1.0
        x = 0.34 * math.sin(2.4 * k) * (0.4 + rise) + 0.05 * math.sin(5 * moment + k)
        size = 0.013 * (1 - rise) + 0.003
        paper.oval((x, -0.35 - 1.1 * rise), (size, size), (255, 190 - 80 * rise, 70))
    return paper.figure()


def _tongue(paper: Drawing, which: tuple[int, int], share: float, moment: float, tone: RGB) -> None:
    """One flame: it licks up, leans and shrinks."""
    k, count = which
    x = (k - (count - 1) / 2) / max(count, 2) * 0.78 * (0.5 + 0.5 * share)
    beat = (
        math.sin(7.3 * moment + 2.1 * k + 5 * share) * 0.5 + math.sin(11.9 * moment + 4.3 * k) * 0.3
    )
    tall = share * (0.86 - 1.0 * abs(x)) * (0.84 + 0.24 * beat)
    lean = 0.10 * math.sin(3.1 * moment + k) * share + 0.18 * -x
    wide = 0.115 * (0.6 + 0.4 * share)
    base = -0.05
    outline = [
        (x - wide, base),
        (x - 0.8 * wide + 0.3 * lean, base - 0.38 * tall),
        (x + lean, base - tall),
        (x + 0.8 * wide + 0.3 * lean, base - 0.38 * tall),
        (x + wide, base),
    ]
    paper.fill(outline, tone, curved=True)


CAMPFIRE = Member(
    "campfire",
    r"(?:camp ?|bon)fire|fire",
    r"(?:camp ?|bon)fires",
    ("ground",),
    ("stay",),
    0.17,
    (255, 150, 40),
    draw,
    dyed=False,
    place="forest",
    glows=True,
    metres=1.0,
    lamps=((0.0, -0.35, 1.9, (255, 140, 50)),),
)
