"""The shots of a film that is to be generated, from cut to cut, and what stands at its two ends."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path

from cutroom.engines.diffusion.family import STEP
from cutroom.engines.diffusion.fitting.windows import Window, chain, windows
from cutroom.engines.diffusion.tasks.crew import able
from cutroom.engines.screen import RATE
from cutroom.errors import CannotDo
from cutroom.types import Edit, Kind
from cutroom.weights.rows import Recipe


@dataclass(frozen=True, slots=True)
class Take:
    """One shot of a film: what is to be seen in it and for how long."""

    prompt: str
    """As the caller wrote it."""
    seconds: int
    first: Path | None = None
    """The image it begins at."""
    last: Path | None = None
    """The image it ends at."""

    @property
    def shown(self) -> int:
        """Frames of the film."""
        return round(self.seconds * RATE)

    def made(self, rate: int) -> int:
        """Frames to be generated at so many a second: 4k+1, enough to show or to lie about every frame of the film."""
        last = ceil((self.shown - 1) * Fraction(rate) / RATE)
        return last + -last % STEP + 1


@dataclass(frozen=True, slots=True)
class Cut:
    """How a take is made: in which windows, and by which recipe each."""

    windows: tuple[Window, ...]
    recipes: tuple[Recipe, ...]


def takes(edit: Edit) -> tuple[Take, ...]:
    """The shots in their order; the start image belongs to the first, the tail image to the last."""
    told = edit.params.get("multi_prompt") or [
        {"prompt": edit.prompt, "duration": edit.params.get("duration")}
    ]
    final = len(told) - 1
    return tuple(
        Take(
            str(one["prompt"]),
            int(one.get("duration") or 5),
            edit.start_image if n == 0 else None,
            edit.tail_image if n == final else None,
        )
        for n, one in enumerate(told)
    )


def cut(take: Take, recipe: Recipe, framed: Recipe | None) -> Cut:
    """The windows of a take. `framed`: the recipe for what begins or ends at a given frame, where `recipe` cannot.

    Raises CannotDo where neither can, or there is no such recipe and the take needs it.
    """
    opens = _opens(take, recipe, framed, last=take.last is not None)
    frames = take.made(recipe.rate)
    if opens is not None and frames <= opens.window:
        return Cut((Window(0, frames),), (opens,))
    opens = _opens(take, recipe, framed, last=False)
    if opens is None:
        raise CannotDo(_why(take, recipe, framed))
    onward = _able(recipe, framed, first=True, last=take.last is not None)
    if onward is None:
        raise CannotDo(_why(take, recipe, framed))
    spans = _spans(frames, min(opens.window, onward.window), onward.overlap)
    return Cut(spans, (opens, *[onward] * (len(spans) - 1)))


def needs_framed(edit: Edit, recipe: Recipe) -> bool:
    """Whether a film takes a second recipe besides: one that can begin or end shots at given frames."""
    return any(
        not able(recipe, first=one.first is not None, last=one.last is not None)
        or (one.made(recipe.rate) > recipe.window and not recipe.first)
        for one in takes(edit)
    )


def between(edit: Edit) -> Edit:
    """The edit as which the first recipe is chosen: without its end images where there are takes that have none of them."""
    if all(one.first is not None or one.last is not None for one in takes(edit)):
        return edit
    return replace(edit, start_image=None, tail_image=None)


def framing(edit: Edit) -> Edit:
    """The edit as which the recipe for given frames is chosen: with something to begin from."""
    kind = Kind.IMAGE if edit.kind is Kind.TEXT else edit.kind
    return replace(edit, kind=kind, start_image=edit.start_image or Path())


def _able(recipe: Recipe, framed: Recipe | None, *, first: bool, last: bool) -> Recipe | None:
    for one in (recipe, framed):
        if one is not None and able(one, first=first, last=last):
            return one
    return None


def _opens(take: Take, recipe: Recipe, framed: Recipe | None, *, last: bool) -> Recipe | None:
    return _able(recipe, framed, first=take.first is not None, last=last)


def _spans(frames: int, most: int, overlap: int) -> tuple[Window, ...]:
    if overlap > 1:  # of windows that memory made short, half at most
        return windows(frames, most, min(overlap, (most - 1) // 8 * STEP + 1))
    # Sharing one frame and no more, the later one goes its own way from there on.
    return chain(frames, most)


def _why(take: Take, recipe: Recipe, framed: Recipe | None) -> str:
    names = " and ".join(one.weights[0] for one in (recipe, framed) if one is not None)
    if take.first is not None and not recipe.first:
        return f"{names} cannot begin a film at an image; that takes image-to-video weights."
    if take.last is not None:
        return f"{names} cannot end a film at an image; leave the tail image out."
    most = (recipe.window - 1) / recipe.rate
    return (
        f"{names} makes at most {most:g} seconds at once and cannot go on from there: a longer shot takes"
        " image-to-video weights besides. Ask for a shorter one."
    )
