"""Amounts and speeds as people say them: `half speed`, `3x faster`, `at 50% speed`."""

import re
from collections.abc import Iterator

from cutroom.engines.classical.planner.instruction import Found, Instruction

_WORDS = {
    "a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "half a": 0.5, "one and a half": 1.5, "a half": 0.5,
}  # fmt: skip
_FIGURES = r"\d+(?: \. \d+)?"
NUMBER = rf"(?:{_FIGURES}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
"""A number in words or figures; group it, and read it with `number`."""
SECONDS = rf"(?:{_FIGURES} ?s|{NUMBER} (?:seconds?|secs?|s))"
"""A length of time; read it with `number`."""
IT = r"(?:it|this|that|everything|the (?:whole|entire) thing|(?:(?:the|this|my|whole|entire|all of the) )*(?:video|clip|footage|scene|movie|film|recording|playback|action|motion|picture|image|frame|shot)s?)"
"""What an op for the whole clip may be said of."""
_TIMES = {
    "half": 0.5, "a half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25, "quarter": 0.25,
    "one quarter": 0.25, "a tenth": 0.1, "twice": 2.0, "double": 2.0, "two times": 2.0, "triple": 3.0,
    "thrice": 3.0, "three times": 3.0, "four times": 4.0, "five times": 5.0, "ten times": 10.0, "quadruple": 4.0,
}  # fmt: skip
_X = rf"(?P<x>{_FIGURES} ?x|x ?{_FIGURES}|{_FIGURES} times|{'|'.join(sorted(_TIMES, key=len, reverse=True))})"
_PERCENT = rf"(?P<percent>{_FIGURES} ?(?:%|percent))"
_OWN = r"(?:of )?(?:the |its )?(?:original |normal |real |usual )?"
_AT = r"(?:(?:play|run|show|slow|speed|bring|set|put) )?(?:(?:it|this|the (?:whole|entire) thing|(?:the |this )?(?:whole |entire )?(?:video|clip|footage)) )?(?:down |up )?(?:(?:at|to|by|with) )?(?:the |a )?"
_SLOW = rf"slow(?:ed|ing)?(?: {IT})?(?: down)?(?: {IT})?(?: down)?"
_FAST = rf"(?:speed|sped|speeding)(?: {IT})? up(?: {IT})?"
_FORMS = (
    (rf"{_AT}(?:{_X}|{_PERCENT}) {_OWN}speed", "share"),
    (rf"{_AT}speed (?:of |at |to )?(?:{_X}|{_PERCENT})", "share"),
    (rf"{_SLOW} (?:to {_PERCENT}|(?:to )?(?P<x>half|a half|a third|a quarter))", "share"),
    (rf"{_SLOW} (?:by )?{_X}", "over"),
    (rf"{_SLOW} by a factor of (?P<x>{NUMBER})", "over"),
    (rf"{_SLOW} by {_PERCENT}", "less"),
    (rf"{_AT}{_X} slow(?:er| motion|-motion| mo|-mo)", "over"),
    (rf"{_AT}{_X} as slow(?:ly)?", "over"),
    (rf"{_AT}{_PERCENT} slower", "less"),
    (rf"{_FAST} (?:by |to )?{_X}", "share"),
    (rf"{_FAST} by a factor of (?P<x>{NUMBER})", "share"),
    (rf"{_FAST} to {_PERCENT}", "share"),
    (rf"{_FAST} by {_PERCENT}", "more"),
    (rf"{_AT}{_X} (?:faster|as fast|quicker|as quick(?:ly)?)", "share"),
    (rf"{_AT}{_PERCENT} faster", "more"),
)


def number(text: str) -> float:
    """The number in a text that NUMBER or SECONDS matched."""
    if found := re.search(_FIGURES, text):
        return float(found.group().replace(" ", ""))
    words = re.sub(r" (?:seconds?|secs?|s)$", "", text)
    return _WORDS[words]


def speeds(said: Instruction) -> Iterator[tuple[float, Found]]:
    """Every speed that is asked for, 1 being the clip's own, and its words."""
    if not re.search(r"speed|sped|slow|fast|quick", said.text):
        return
    for form, kind in _FORMS:
        for found in said.find(form):
            if (speed := _speed(found, kind)) > 0:
                yield round(speed, 4), found


def _speed(found: Found, kind: str) -> float:
    times, percent = found.groups.get("x"), found.groups.get("percent")
    if percent is not None:
        value = number(percent) / 100
    elif times in _TIMES:
        value = _TIMES[times]
    else:
        value = number(times or "0")
    if kind == "less":
        return 1 - value
    if kind == "more":
        return 1 + value
    # `2x slow motion` and `slow it down to 0.5x` are the same.
    return 1 / value if kind == "over" and value > 1 else value
