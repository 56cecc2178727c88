"""The stretch of a clip that a URL names at its end, `#t=3,12`: W3C Media Fragments 1.0, temporal dimension."""

import re
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import unquote

from cutroom.errors import InvalidMedia, InvalidParams

_SECONDS = (
    r"[0-9]{1,9}(?:\.[0-9]{0,20})?"  # of a fraction as many digits as programs write of a double
)
_CLOCK = rf"(?:(?:([0-9]{{1,4}}):)?([0-5]?[0-9]):(?=[0-5][0-9](?:\.|\Z)))?({_SECONDS})"
_TIME = re.compile(_CLOCK, re.ASCII)
_OTHER = ("smpte", "clock:")
"""Clocks of the standard that count frames of a tape, or hours of a day."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a clip, in seconds from its first frame: frames with start <= time < end."""

    start: Fraction = Fraction(0)
    end: Fraction | None = None
    """None: to the end of the clip."""

    @property
    def seconds(self) -> Fraction | None:
        """How long it is, None where that depends on the clip."""
        return None if self.end is None else self.end - self.start

    def within(self, duration: Fraction) -> "Fragment":
        """The same, ending with a clip of `duration` seconds at the latest. Raises InvalidMedia past that end."""
        if self.start >= duration:
            raise InvalidMedia(
                f"The stretch that was asked for begins at {float(self.start):g} s; "
                f"the video is {float(duration):.2f} s long."
            )
        return Fragment(self.start, duration if self.end is None else min(self.end, duration))

    def told(self) -> str:
        """What the caller is told of a clip that was cut so."""
        end = "its end" if self.end is None else f"{float(self.end):.2f} s"
        return f"Cut from {float(self.start):.2f} s to {end} of the clip."


def split(url: str) -> tuple[str, Fragment | None]:
    """The URL of the whole clip, and the stretch that is named; what names none stays as it is.

    Of several the last counts, as the standard has it. Raises InvalidParams for one that cannot be understood,
    or is empty.
    """
    bare, _, text = url.partition("#")
    named = [part for part in text.split("&") if part.startswith("t=")]
    return (bare, read(unquote(named[-1][2:]))) if named else (url, None)


def of(url: str | None) -> Fragment | None:
    """The stretch that a URL names, if it names one. Raises as `split`."""
    return split(url)[1] if url else None


def read(text: str) -> Fragment:
    """The stretch that `3,12` says, either side of which may be missing. Raises as `split`."""
    shown = text[:40]
    if text.startswith(_OTHER):
        raise InvalidParams(
            f"#t={shown} is not understood: times are seconds here, as in #t=3,12.5"
        )
    first, _, last = text.removeprefix("npt:").partition(",")
    start, end = _time(first), _time(last)
    if (start, end) == (None, None) or (first and start is None) or (last and end is None):
        raise InvalidParams(
            f"#t={shown} is not understood: write #t=START,END in seconds, as in #t=3,12.5"
        )
    found = Fragment(start or Fraction(0), end)
    if found.end is not None and found.end <= found.start:
        raise InvalidParams(
            f"#t={shown} ends before it begins: "
            f"END is {float(found.end):g} s, START is {float(found.start):g} s"
        )
    return found


def _time(text: str) -> Fraction | None:
    """Seconds of `12.5`, `1:02.5` or `0:01:02.5`; None for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + Fraction(seconds)
