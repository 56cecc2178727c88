"""A bird on the wing, seen from the side."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

_BEATS = 2.6
"""Wing beats a second."""
_BODY = (
    (0.43, -0.04), (0.38, -0.10), (0.28, -0.13), (0.08, -0.11), (-0.18, -0.07), (-0.40, -0.035),
    (-0.38, 0.03), (-0.16, 0.09), (0.08, 0.12), (0.27, 0.07), (0.40, 0.02),
)  # fmt: skip


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The bird, one unit from beak to tail."""
    phase = 2 * math.pi * _BEATS * moment
    flap = math.sin(phase + 0.35 * math.sin(phase))
    late = math.sin(phase - 0.9)
    bob = 0.05 * -flap
    paper = Drawing((-1.0, -1.15, 0.75, 1.1), unit)
    _wing(paper, bob, (0.10, flap, late), tinted(colour, 0.62))
    _tail(paper, bob, colour)
    paper.fill([(x, y + bob) for x, y in _BODY], colour, curved=True)
    belly = [(0.30, 0.05), (0.08, 0.11), (-0.16, 0.085), (-0.3, 0.05), (0.0, 0.06)]
    paper.fill([(x, y + bob) for x, y in belly], tinted(colour, 1.3), curved=True)
    paper.fill([(0.41, -0.06 + bob), (0.55, -0.012 + bob), (0.41, 0.02 + bob)], (232, 164, 60))
    paper.oval((0.355, -0.055 + bob), (0.022, 0.022), (18, 16, 20))
    _wing(paper, bob, (0.04, flap, late), tinted(colour, 0.84))
    return paper.figure(0.35, 0.12)


def _tail(paper: Drawing, bob: float, colour: RGB) -> None:
    """Three feathers."""
    for k, spread in enumerate((-0.045, 0.0, 0.045)):
        tip = (-0.70 + 0.03 * abs(k - 1), 0.01 + spread + bob)
        feather = [
            (-0.34, -0.04 + bob),
            (tip[0], tip[1] - 0.02),
            (tip[0], tip[1] + 0.03),
            (-0.34, 0.03 + bob),
        ]
        paper.fill(feather, tinted(colour, 0.7 + 0.08 * k))


def _wing(paper: Drawing, bob: float, beat: tuple[float, float, float], colour: RGB) -> None:
    """Arm and hand, the hand lagging behind; `beat` is (shift, flap, late)."""
    shift, flap, late = beat
    root = (0.15 + shift, -0.06 + bob)
    arm, hand = 0.20 + 1.0 * flap, 0.05 + 1.15 * late
    wrist = (root[0] - 0.04 - 0.05 * abs(flap), root[1] - 0.40 * math.sin(arm) - 0.03)
    tip = (wrist[0] - 0.26 - 0.18 * math.cos(hand), wrist[1] - 0.54 * math.sin(hand))
    back = (-0.26 + shift, 0.0 + bob)
    edge = []
    for k in range(1, 5):  # feathers end one behind the other, farthest in the middle
        share = k / 5
        out = math.sin(math.pi * share)
        edge.append(_between(tip, back, share, (-0.12 * out, 0.05 * out)))
    arm_top = _between(root, wrist, 0.5, (0.045, -0.02))
    hand_top = _between(wrist, tip, 0.5, (0.03, -0.03))
    paper.fill([root, arm_top, wrist, hand_top, tip, *edge, back], colour, curved=True)
    coverts = [_between(wrist, e, 0.42, (0.0, 0.0)) for e in (tip, *edge[:3])]
    paper.fill([root, arm_top, wrist, *coverts, back], tinted(colour, 1.10), curved=True)
    for k, end in enumerate((tip, *edge)):
        start = _between(wrist, root, 0.2 * k, (0.0, 0.0))
        inner = _between(start, end, 0.50, (0.0, 0.0))
        paper.stroke([inner, _between(start, end, 0.94, (0.0, 0.0))], 0.010, tinted(colour, 0.78))


def _between(
    a: tuple[float, float], b: tuple[float, float], share: float, aside: tuple[float, float]
) -> tuple[float, float]:
    """A point on the way from a to b, moved aside."""
    return a[0] + (b[0] - a[0]) * share + aside[0], a[1] + (b[1] - a[1]) * share + aside[1]


BIRD = Member(
    "bird",
    r"bird|songbird|swallow|robin",
    r"birds|songbirds|swallows",
    ("air",),
    ("fly",),
    0.17,
    (92, 98, 116),
    draw,
    place="sky",
    many=9,
)
GULL = Member(
    "seagull",
    r"(?:sea ?)?gull",
    r"(?:sea ?)?gulls",
    ("air",),
    ("fly",),
    0.17,
    (232, 234, 238),
    draw,
    dyed=False,
    place="sea",
    many=7,
)
