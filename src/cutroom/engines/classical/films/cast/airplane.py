"""An airliner from the side."""

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The airplane, one unit long."""
    del moment
    paper = Drawing((-0.56, -0.26, 0.54, 0.20), unit)
    grey: RGB = (150, 158, 170)
    paper.fill([(0.10, -0.01), (-0.02, -0.09), (-0.07, -0.09), (-0.03, -0.005)], tinted(grey, 0.8))
    paper.fill([(-0.34, -0.035), (-0.49, -0.235), (-0.545, -0.235), (-0.50, -0.02)], (46, 92, 168))
    body = [
        (0.505, 0.012),
        (0.47, -0.024),
        (0.40, -0.05),
        (0.2, -0.056),
        (-0.25, -0.052),
        (-0.5, -0.028),
        (-0.535, -0.012),
        (-0.36, 0.028),
        (-0.15, 0.052),
        (0.25, 0.054),
        (0.42, 0.044),
    ]
    paper.fill(body, colour, curved=True)
    paper.fill(
        [(0.49, 0.02), (0.3, 0.02), (-0.38, 0.018), (-0.15, 0.05), (0.25, 0.052), (0.42, 0.044)],
        tinted(colour, 0.8),
        curved=True,
    )
    paper.fill([(0.42, -0.036), (0.46, -0.022), (0.415, -0.018), (0.395, -0.034)], (40, 56, 78))
    for k in range(17):
        x = 0.345 - 0.038 * k
        paper.fill(
            [(x, -0.026), (x + 0.013, -0.026), (x + 0.013, -0.008), (x, -0.008)], (70, 92, 120)
        )
    paper.fill([(-0.38, -0.012), (-0.52, 0.03), (-0.555, 0.03), (-0.47, -0.014)], tinted(grey, 0.9))
    paper.fill([(0.16, 0.018), (-0.12, 0.155), (-0.19, 0.16), (-0.06, 0.016)], grey)
    paper.fill([(0.16, 0.018), (-0.12, 0.155), (-0.14, 0.156), (0.12, 0.018)], tinted(grey, 1.3))
    paper.oval((0.085, 0.088), (0.062, 0.026), (206, 212, 220))
    paper.oval((0.142, 0.088), (0.010, 0.024), (60, 66, 76))
    return paper.figure(0.25, 0.07)


AIRPLANE = Member(
    "airplane",
    r"(?:air|aero)?plane|airliner|jet",
    r"(?:air|aero)?planes|airliners|jets",
    ("air",),
    ("fly",),
    0.62,
    (240, 242, 246),
    draw,
    lively=False,
    place="sky",
)
