"""How long an edit will be, before anybody has seen the clip: so many times as long, and so much on top."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cutroom.engines.classical.op import Op, Timed
from cutroom.errors import CannotDo
from cutroom.media.course import Course

_RATE = Fraction(10)
_SECONDS = (60, 120)
"""Two clips whose results tell the line on which all lie."""


def length(ops: Sequence[Op], seconds: Fraction | None) -> dict[str, Any]:
    """`length` (None where it depends on the clip) and `seconds` (None without the clip's) of a plan."""
    timed = [op for op in ops if isinstance(op, Timed)]
    try:
        short, long = (_after(timed, one) for one in _SECONDS)
    except CannotDo:
        return {"length": None, "seconds": None}
    times = (long - short) / (_SECONDS[1] - _SECONDS[0])
    plus = short - times * _SECONDS[0]
    total = None if seconds is None else round(float(times * seconds + plus), 3)
    return {
        "length": {"times": round(float(times), 3), "plus": round(float(plus), 3)},
        "seconds": total,
    }


def _after(ops: Sequence[Timed], seconds: int) -> Fraction:
    count = int(seconds * _RATE)
    course = Course(
        times=tuple(index / _RATE for index in range(count)),
        places=tuple(map(Fraction, range(count))),
        duration=Fraction(seconds),
        rate=_RATE,
    )
    for op in ops:
        course = op.course(course)
    return course.duration
