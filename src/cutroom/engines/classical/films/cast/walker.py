"""A person walking, drawn as a figure in plain clothes seen from the side."""

import math

from cutroom.engines.classical.films.cast.member import Member
from cutroom.engines.classical.films.drawing import RGB, Drawing, Figure, tinted

STEPS = 1.8
"""Steps a second of a walk; a stride is two."""
_SKIN: RGB = (196, 150, 120)
_TROUSERS: RGB = (56, 62, 82)
_SHOES: RGB = (40, 34, 34)
_HIP = (0.0, -0.50)
_SHOULDER = (0.015, -0.80)


def draw(unit: float, colour: RGB, moment: float) -> Figure:
    """The walker, one unit tall; the origin is where the feet tread."""
    paper = Drawing((-0.42, -1.06, 0.42, 0.04), unit)
    phase = math.pi * STEPS * moment
    drop = 0.016 * (1 - abs(math.cos(phase)))  # lowest when the feet are apart
    hip = (_HIP[0], _HIP[1] + drop)
    shoulder = (_SHOULDER[0], _SHOULDER[1] + drop)
    _arm(paper, shoulder, -0.62 * math.sin(phase + math.pi), tinted(colour, 0.66))
    _leg(paper, hip, phase + math.pi, tinted(_TROUSERS, 0.72))
    _leg(paper, hip, phase, _TROUSERS)
    torso = [
        (-0.075, hip[1] + 0.03),
        (-0.085, hip[1] - 0.12),
        (-0.075, shoulder[1] + 0.0),
        (-0.03, shoulder[1] - 0.035),
        (0.05, shoulder[1] - 0.03),
        (0.09, shoulder[1] + 0.04),
        (0.085, hip[1] - 0.12),
        (0.075, hip[1] + 0.03),
    ]
    paper.fill(torso, colour, curved=True)
    _head(paper, shoulder[1])
    _arm(paper, shoulder, -0.62 * math.sin(phase), tinted(colour, 0.88))
    return paper.figure(0.28, 0.09)


def _head(paper: Drawing, top: float) -> None:
    """Neck, head and hair over shoulders at the height `top`."""
    paper.fill(
        [
            (-0.02, top - 0.02),
            (-0.015, top - 0.075),
            (0.045, top - 0.075),
            (0.045, top - 0.02),
        ],
        tinted(_SKIN, 0.85),
    )
    head = (0.03, top - 0.125)
    paper.oval(head, (0.062, 0.074), _SKIN)
    paper.fill(
        [
            (head[0] + 0.052, head[1] - 0.01),
            (head[0] + 0.082, head[1] + 0.018),
            (head[0] + 0.052, head[1] + 0.026),
        ],
        _SKIN,
    )
    hair = [
        (head[0] + 0.055, head[1] - 0.045),
        (head[0] + 0.02, head[1] - 0.09),
        (head[0] - 0.05, head[1] - 0.075),
        (head[0] - 0.075, head[1] - 0.01),
        (head[0] - 0.06, head[1] + 0.045),
        (head[0] - 0.02, head[1] + 0.03),
        (head[0] - 0.005, head[1] - 0.03),
    ]
    paper.fill(hair, (58, 42, 34), curved=True)


def _leg(paper: Drawing, hip: tuple[float, float], phase: float, colour: RGB) -> None:
    """Thigh, shin and shoe. The foot treads backwards on the ground, then swings forward."""
    thigh = 0.44 * math.sin(phase)
    bend = 0.10 + 0.72 * max(0.0, math.sin(phase + 1.25)) ** 2  # the knee folds while it swings
    knee = (hip[0] + 0.245 * math.sin(thigh), hip[1] + 0.245 * math.cos(thigh))
    shin = thigh - bend
    ankle = (knee[0] + 0.235 * math.sin(shin), knee[1] + 0.235 * math.cos(shin))
    ankle = (ankle[0], min(ankle[1], -0.026))
    paper.stroke([hip, knee], 0.098, colour)
    paper.stroke([knee, ankle], 0.074, colour)
    paper.oval(knee, (0.043, 0.043), colour)
    paper.oval(hip, (0.056, 0.056), colour)
    tilt = 0.35 * max(-shin - 0.1, 0) + 0.12 * min(shin, 0)
    toe = (
        ankle[0] + 0.105 * math.cos(tilt),
        min(ankle[1] + 0.016 + 0.105 * math.sin(tilt), -0.008),
    )
    paper.fill(
        [
            (ankle[0] - 0.034, ankle[1] - 0.02),
            (ankle[0] + 0.03, ankle[1] - 0.02),
            (toe[0], toe[1] - 0.014),
            (toe[0], toe[1] + 0.008),
            (ankle[0] - 0.036, ankle[1] + 0.026),
        ],
        _SHOES,
    )


def _arm(paper: Drawing, shoulder: tuple[float, float], swing: float, colour: RGB) -> None:
    """Upper arm, forearm and hand."""
    elbow = (shoulder[0] + 0.17 * math.sin(swing), shoulder[1] + 0.02 + 0.17 * math.cos(swing))
    fore = swing + 0.34
    hand = (elbow[0] + 0.15 * math.sin(fore), elbow[1] + 0.15 * math.cos(fore))
    paper.stroke([shoulder, elbow], 0.068, colour)
    paper.stroke([elbow, hand], 0.054, colour)
    paper.oval(elbow, (0.031, 0.031), colour)
    paper.oval(hand, (0.028, 0.032), _SKIN)


WALKER = Member(
    "person",
    r"person|man|hiker|walker|figure",
    r"people|persons|hikers|walkers",
    ("ground",),
    ("walk", "stay"),
    0.32,
    (180, 60, 52),
    draw,
    place="beach",
    metres=1.75,
    many=2,
)
