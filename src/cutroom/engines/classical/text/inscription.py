"""Text at its place and time over a clip."""

from typing import Protocol

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.planner.span import Span
from cutroom.engines.classical.planner.wording import Written
from cutroom.engines.classical.text.lettering import Lettering, broken, legible, lettered
from cutroom.errors import CannotDo
from cutroom.types import Clip

_LEAST = 4.0
"""Pixels of font size below which letters are specks, and refused."""
_MARGIN = 0.05
"""Share of width and height that stays free on every side: television's title-safe area."""


class Shown(Protocol):
    """Where and when something is shown; the fields are those of `Written`."""

    @property
    def place(self) -> str:
        """One of `wording.PLACES`."""

    @property
    def start(self) -> float:
        """Seconds; below zero: before the end."""

    @property
    def stop(self) -> float:
        """Seconds; 0: the end."""

    @property
    def fade_in(self) -> float:
        """Seconds."""

    @property
    def fade_out(self) -> float:
        """Seconds."""


def inscribed(
    written: Written, scene: Scene, *, size: float, weight: int, room: float, opacity: float = 1.0
) -> Paint:
    """The paint that shows a text; `size` is a share of the frame's shorter side.

    `room` is the most that it may take of the frame's height. Raises CannotDo for text that is too
    long for that, cannot be drawn, or would come after the end of the clip.
    """
    clip = scene.clip
    letters = _fitted(written, (clip.width, clip.height), size=size, weight=weight, room=room)
    return timed(letters, written, clip, opacity)


def timed(letters: Lettering, shown: Shown, clip: Clip, opacity: float) -> Paint:
    """The paint that lays letters over the frames of their time, at their place.

    Raises CannotDo where they would come after the end of the clip.
    """
    start, stop = Span(shown.start, shown.stop).within(float(clip.duration))
    last = shown.stop <= 0 or shown.stop >= float(clip.duration)
    left, top = _corner(shown.place, letters, (clip.width, clip.height))
    rise, fall = (min(f, (stop - start) / 3) for f in (shown.fade_in, shown.fade_out))

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del index  # text runs by the clock
        if seconds < start or (seconds >= stop and not last):
            return pixels.copy()
        coming = (seconds - start) / rise if rise > 0 else 1.0
        going = (stop - seconds) / fall if fall > 0 else 1.0
        return letters.over(pixels, left, top, opacity * min(max(min(coming, going), 0.0), 1.0))

    return paint


def _fitted(
    written: Written, frame: tuple[int, int], *, size: float, weight: int, room: float
) -> Lettering:
    """The text in lines, smaller where it would take too much room.

    Raises CannotDo below 60 %, and where nobody could read it.
    """
    width, height = frame
    text = legible(written.text)
    wanted = size * written.size * min(width, height)
    if wanted < _LEAST:
        raise CannotDo(
            f"Letters of this size would be specks in a picture of {width}x{height}: ask for larger text, or use"
            " a larger clip."
        )
    across = (1 - 2 * _MARGIN) * width
    now = wanted
    lines = broken(text, now, weight, across)
    while len(lines) * 1.28 * now > room * height:
        now *= 0.94
        if now < max(0.6 * wanted, _LEAST):
            raise CannotDo(
                f"The text of {len(text)} characters does not fit into the picture at a size that can be read:"
                " shorten it, or split it into several with times of their own."
            )
        lines = broken(text, now, weight, across)
    align = 0.0 if "left" in written.place else 1.0 if "right" in written.place else 0.5
    return lettered(lines, now, colour=_ink(written.colour), weight=weight, align=align)


def _ink(colour: str) -> tuple[int, int, int]:
    """RGB of `yellow` or `dark blue`; white letters are white, not as white as a surface."""
    *shade, name = colour.split()
    if name == "white":
        return 255, 255, 255
    red, green, blue = (int(c) for c in palette.rgb(name, *shade[:1]).clip(0, 255))
    return red, green, blue


def _corner(place: str, letters: Lettering, frame: tuple[int, int]) -> tuple[int, int]:
    """Left and top of the lettering's picture so that the letters stand at their place."""
    spans = []
    for axis, low, high in ((0, "left", "right"), (1, "top", "bottom")):
        own = letters.cover.shape[1 - axis] - 2 * letters.edge
        free = frame[axis] - own
        margin = min(_MARGIN * frame[axis], max(free / 2, 0))
        at = margin if low in place else free - margin if high in place else free / 2
        spans.append(round(at) - letters.edge)
    return spans[0], spans[1]
