"""Films from text, from an image or from references: made window by window, joined at the cuts in one encode."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate
from pathlib import Path

import cv2

from cutroom.engine import Share, Tick
from cutroom.engines.diffusion.family import Film, Pixels, Shot, SmallerWindow, halfway
from cutroom.engines.diffusion.fitting.reel import Reel
from cutroom.engines.diffusion.fitting.windows import Seam
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.script import Planned, Script, script
from cutroom.engines.scaling import scaled
from cutroom.engines.screen import RATE
from cutroom.errors import CannotDo
from cutroom.media.film import Draw, film
from cutroom.media.tween import Between
from cutroom.types import Edit

_MAKING = 0.92
"""Share of the progress that generating has; the rest is the frames between, and the encoder."""
_NEAR = Fraction(1, 32)
"""Share of the way to the next frame that is not worth a frame of its own."""
_SHORT = "Memory was short: fewer frames were made at once than the weights could."


def write(edit: Edit, crew: Crew, out: Path, tick: Tick, *, framed: Crew | None = None) -> None:
    """Write the film that an edit of the kinds TEXT, IMAGE and REFERENCE asks for, 24 frames a second.

    `crew` makes what it can; `framed` makes the shots that begin or end at a given frame, and goes on with those
    that are longer than one window, where `crew`'s weights take no first frame (`takes.needs_framed`). Finished
    frames lie on disk. What the tick raises leaves no file. Raises CannotDo, before anything is made, for what
    the weights cannot do, and InvalidMedia.
    """
    cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
    crews = [crew, *([framed] if framed else [])]
    told = script(edit, *(one.recipe for one in crews))
    notes = dict.fromkeys(told.notes)
    for note in notes:
        tick.note(note)
    while True:
        try:
            return _written(told, crews, out, edit, tick)
        except _Shorter as error:
            crews = [error.better if one is error.crew else one for one in crews]
            told = _again(edit, crews, error)
            for note in (_SHORT, *told.notes):
                if note not in notes:
                    tick.note(note)
            notes |= dict.fromkeys((_SHORT, *told.notes))


def _written(told: Script, crews: Sequence[Crew], out: Path, edit: Edit, tick: Tick) -> None:
    count = sum(take.made(told.rate) for take in told.takes)
    with Reel(out.parent, count, (*told.made[::-1], 3)) as rushes:
        _make(told, crews, rushes, Share(tick, 0, _MAKING))
        count = sum(take.shown for take in told.takes)
        film(
            out, told.size, RATE, count, _projected(told, rushes), Share(tick, _MAKING, 1),
            encoding=edit.encoding,
        )  # fmt: skip


class _Shorter(Exception):  # noqa: N818  # no failure yet
    """A crew has memory for shorter windows only."""

    def __init__(self, crew: Crew, cause: SmallerWindow) -> None:
        super().__init__()
        self.crew, self.cause = crew, cause
        self.better = replace(crew, recipe=replace(crew.recipe, window=cause.frames))


def _again(edit: Edit, crews: Sequence[Crew], error: _Shorter) -> Script:
    """The film in shorter windows. Raises what said that they are needed where it cannot be made of them."""
    try:
        return script(edit, *(one.recipe for one in crews))
    except CannotDo:
        raise error.cause from None


def _make(told: Script, crews: Sequence[Crew], rushes: Reel, tick: Tick) -> None:
    """Generate every window; all of one recipe before the next, so that weights change places once."""
    whole = sum(one.span.frames for windows in told.windows for one in windows)
    done = 0
    makings = [
        _Making(rushes, at, windows) for at, windows in zip(_bases(told), told.windows, strict=True)
    ]
    for crew in crews:
        for making in makings:
            for window in making.windows:
                if window.recipe != crew.recipe:
                    continue
                stop = done + window.span.frames
                stretch = Share(tick, done / whole, stop / whole)
                try:
                    made = crew.make(making.shot(window), stretch)
                except SmallerWindow as error:
                    raise _Shorter(crew, error) from error
                making.add(made, stretch)
                done = stop


class _Making:
    """A take in the making: its windows in their order, the finished frames among the rushes."""

    def __init__(self, rushes: Reel, base: int, windows: Sequence[Planned]) -> None:
        self.windows = windows
        self._rushes, self._next = rushes, base
        self._seam = Seam([one.span for one in windows])

    def shot(self, window: Planned) -> Shot:
        """What is to be made next, with the frames it goes on from."""
        if window is self.windows[0]:
            return window.shot
        lead = self._seam.held
        if len(lead) == 1:
            return replace(window.shot, first=lead[0])
        return replace(window.shot, options={**window.shot.options, "lead": lead})

    def add(self, made: Film, tick: Tick) -> None:
        """Keep what is finished with the frames of the next window."""
        tick.show(partial(halfway, made))
        for frame in self._seam.add(made):
            self._rushes[self._next] = frame
            self._next += 1
            tick(1.0)


def _bases(told: Script) -> list[int]:
    """Where among the rushes each take begins."""
    return [0, *accumulate(take.made(told.rate) for take in told.takes)][:-1]


def _projected(told: Script, rushes: Reel) -> Draw:
    """The painter of the film's frames: those that were made, and between them what the motion says."""
    starts = [0, *accumulate(take.shown for take in told.takes)][:-1]
    bases = _bases(told)

    def paint(index: int, seconds: float) -> Pixels:
        del seconds
        take = bisect_right(starts, index) - 1
        place = (index - starts[take]) * Fraction(told.rate) / RATE
        low, share = bases[take] + int(place), place % 1
        if _NEAR <= share <= 1 - _NEAR:
            picture = Between(rushes[low], rushes[low + 1])(float(share))
        else:
            picture = rushes[low + round(share)]
        return scaled(picture, told.size)

    return paint
