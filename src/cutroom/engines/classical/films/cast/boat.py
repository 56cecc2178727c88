"""A sailing boat."""

import numpy as np

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The boat, one unit from the waterline to the masthead; the sails swell and slacken a little."""
    paper = Drawing((-0.55, -1.03, 0.62, 0.08), unit)
    swell = 0.035 * np.sin(1.3 * moment)
    belly = 0.10 + swell
    paper.stroke([(0.02, -0.10), (0.02, -1.0)], 0.016, (96, 70, 50))
    jib = [
        (0.05, -0.92),
        (0.20 + 0.6 * belly, -0.52),
        (0.46, -0.17),
        (0.24, -0.15 - 0.3 * belly),
        (0.08, -0.16),
    ]
    paper.fill(jib, tinted(colour, 0.90), curved=True)
    main = [
        (0.0, -0.98),
        (-0.14 - belly, -0.60),
        (-0.36 - 0.5 * belly, -0.20),
        (-0.18, -0.155),
        (0.0, -0.16),
    ]
    outline = np.array(main)
    for k in range(6):  # the cloth catches light towards the luff
        share = 1 - 0.14 * k
        paper.fill(
            outline * share + np.array((-0.012, -0.45)) * (1 - share),
            tinted(colour, 0.84 + 0.03 * k),
            curved=True,
        )
    for k in range(1, 4):
        y = -0.16 - 0.19 * k
        paper.stroke(
            [(-0.01, y), (-0.34 * (1 - 0.24 * k) - 0.6 * belly, y + 0.03)],
            0.005,
            tinted(colour, 0.72),
        )
    paper.stroke([(0.02, -0.155), (-0.36, -0.165)], 0.016, (96, 70, 50))
    hull = [(-0.42, -0.115), (0.54, -0.13), (0.44, 0.0), (0.34, 0.06), (-0.30, 0.06), (-0.38, 0.0)]
    paper.fill(hull, (112, 62, 44))
    paper.fill([(-0.42, -0.115), (0.54, -0.13), (0.52, -0.10), (-0.415, -0.085)], (236, 226, 206))
    paper.fill([(-0.385, -0.01), (0.45, -0.02), (0.40, 0.06), (-0.32, 0.06)], (74, 38, 34))
    cabin = [(-0.18, -0.12), (-0.15, -0.175), (0.0, -0.175), (0.05, -0.12)]
    paper.fill(cabin, (226, 214, 192))
    return paper.figure(0.22, 0.12)


BOAT = Member(
    "sailing boat",
    r"(?:sail(?:ing)? ?)?boat|(?:sailing )?yacht|sailing ship",
    r"(?:sail(?:ing)? ?)?boats|(?:sailing )?yachts|sailing ships",
    ("water",),
    ("sail", "float"),
    0.36,
    (250, 246, 236),
    draw,
    place="sea",
    metres=8.0,
)
