"""When something is to be seen: `from 2s to 5s`, `for the first 3 seconds`, `until 0:05`."""

import re
from dataclasses import dataclass

from cutroom.errors import CannotDo

_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_COUNT = rf"(?:\d+(?: \. \d+)?|{'|'.join(_NUMBERS)}|a|an)"
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?)"
_CLOCK = r"\d{1,2} : \d\d(?: \. \d+)?"
_TIME = rf"(?:{_CLOCK}|{_COUNT}(?: ?-? ?{_UNIT})?|\d+(?: \. \d+)?{_UNIT})"
_LASTING = rf"(?:{_COUNT} ?-? ?{_UNIT}|{_UNIT})"
_AT = rf"(?:the )?{_TIME}(?: mark)?"
_WHOLE = r"(?:whole|entire|full) (?:video|clip|film|movie|time|length|duration|thing)"

_FORMS = (
    rf"(?:from|between) {_AT} (?:to|until|till|and|-|\u2013) {_AT}",
    rf"(?:for|in|during|over|within) (?:only )?the (?:first|opening) {_LASTING}",
    rf"(?:for|in|during|over|within) (?:only )?the (?:last|final|closing) {_LASTING}",
    rf"(?:starting |beginning )?(?:from|at|after) {_AT}(?: (?:on|onwards?))? for {_LASTING}",
    rf"(?:starting|beginning) (?:from|at|after) {_AT}|from {_AT}(?: (?:on|onwards?|to the end|until the end))?|after {_AT}",
    rf"(?:from the (?:start|beginning) )?(?:until|till|up to) {_AT}|from the (?:start|beginning) to {_AT}",
    rf"for {_LASTING}",
    r"(?:at|in|near) the (?:very )?(?:start|beginning)(?: of the (?:video|clip|film|movie))?",
    r"(?:at|in|near) the (?:very )?end(?: of the (?:video|clip|film|movie))?",
    rf"(?:for|during|over|throughout) the {_WHOLE}|throughout(?: the (?:video|clip|film|movie))?|the whole time|all the time|always|from (?:start|beginning) to (?:end|finish)",
)
PATTERN = "(?:" + "|".join(_FORMS) + ")"
"""The source of a regular expression, without groups, for every way of saying a span."""

_EDGE = 3.0
"""Seconds that `at the beginning` and `at the end` last."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a clip in seconds; below zero: before its end. `stop` 0 is the end."""

    start: float = 0.0
    stop: float = 0.0

    def say(self) -> str:
        """The span in words that follow a thing, empty for the whole clip."""
        if self.start < 0:
            return f" for the last {-self.start:g} s"
        if self.stop and not self.start:
            return f" for the first {self.stop:g} s"
        if self.stop:
            return f" from {self.start:g} to {self.stop:g} s"
        return f" from {self.start:g} s on" if self.start else ""

    def within(self, duration: float) -> tuple[float, float]:
        """(first second, the one after the last) in a clip of so many seconds.

        Raises CannotDo where the clip is over before the span begins.
        """
        start = max(duration + self.start, 0.0) if self.start < 0 else self.start
        if start >= duration:
            raise CannotDo(
                f"The clip is {duration:.1f} s long: nothing is seen from {start:g} s on."
            )
        return start, min(self.stop, duration) if self.stop > 0 else duration


def understand(words: str) -> Span | None:
    """The span that words matching `PATTERN` mean; None where they make none (from 5s to 2s)."""
    said = re.findall(rf"(?<!\S){_TIME}(?!\S)", _counted(words))
    minutes = bool(said) and ":" not in words and bool(re.search(r"\d ?-? ?m|minute", said[-1]))
    times = [_seconds(t if re.search(rf"{_UNIT}$|:", t) or not minutes else f"{t} m") for t in said]
    matched = [bool(re.fullmatch(form, words)) for form in _FORMS]
    first, last = (times[0], times[-1]) if times else (0.0, 0.0)
    readings = (
        Span(first, last) if last > first else None,
        Span(0.0, last),
        Span(-last, 0.0),
        Span(first, first + last),
        Span(first, 0.0),
        Span(0.0, last),
        Span(0.0, last),
        Span(0.0, _EDGE),
        Span(-_EDGE, 0.0),
        Span(),
    )
    reading = readings[matched.index(True)]
    needs_time = matched.index(True) < 7 and matched.index(True) != 4
    return None if needs_time and last <= 0 else reading


def _counted(words: str) -> str:
    """`the first second` has one."""
    return re.sub(r"\b(first|opening|last|final|closing|for) (second|minute)\b", r"\1 1 \2", words)


def _seconds(said: str) -> float:
    """`2s`, `2 . 5 seconds`, `0 : 05`, `three seconds`, `a minute` in seconds."""
    text = said.replace(" . ", ".")
    if ":" in text:
        minutes, seconds = text.split(" : ")
        return 60 * int(minutes) + float(seconds)
    number = re.match(r"\d+(?:\.\d+)?", text)
    word = re.split(r"[ -]", text)[0]
    count = float(number.group()) if number else float(_NUMBERS.get(word, 1))
    unit = text[number.end() :].strip(" -") if number else text[len(word) :].strip(" -")
    return count * (60 if unit.startswith("m") else 1)
