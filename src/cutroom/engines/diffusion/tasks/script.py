"""What a film will be, before anything is made: its size, its notes, and every window as a shot for some weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import lcm
from pathlib import Path

from cutroom.engines import still
from cutroom.engines.diffusion.family import Pixels, Shot
from cutroom.engines.diffusion.fitting.fit import bucket
from cutroom.engines.diffusion.fitting.windows import Window
from cutroom.engines.diffusion.tasks.referred import referred
from cutroom.engines.diffusion.tasks.takes import Cut, Take, cut, takes
from cutroom.engines.diffusion.tasks.words import words
from cutroom.engines.scaling import middle, scaled
from cutroom.engines.screen import RATE, SIZES
from cutroom.errors import CannotDo
from cutroom.types import Edit, Kind
from cutroom.weights.rows import Recipe

_USUAL = 0.5
"""The cfg_scale at which the prompt counts as much as the weights' makers have it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One window of a take."""

    recipe: Recipe
    span: Window
    """Its frames in the take."""
    shot: Shot
    """What is to be made; all windows but a take's first still lack what they go on from."""


@dataclass(frozen=True, slots=True)
class Script:
    """A film ready to be made."""

    size: tuple[int, int]
    """Width and height of the film."""
    made: tuple[int, int]
    """Width and height at which its frames are generated."""
    rate: int
    """Frames a second at which they are."""
    takes: tuple[Take, ...]
    windows: tuple[tuple[Planned, ...], ...]
    """Those of each take, in order."""
    notes: tuple[str, ...]
    """What differs from what was asked for: sentences."""


def script(edit: Edit, recipe: Recipe, framed: Recipe | None = None) -> Script:
    """The film of an edit. `framed`: the recipe for what begins or ends at a given frame where `recipe` cannot.

    Raises CannotDo for what the weights cannot do, InvalidMedia for an image that cannot be used.
    """
    _refuse(edit, recipe)
    told = takes(edit)
    cuts = [cut(take, recipe, framed) for take in told]
    both = [one for one in (recipe, framed) if one is not None]
    used = [one for one in both if any(one in how.recipes for how in cuts)]
    size, notes = _size(edit)
    made = bucket(size[0] / size[1], _common(used))
    draft = _Draft(edit, size, made)
    windows = tuple(
        tuple(draft.windows(number, take, how))
        for number, (take, how) in enumerate(zip(told, cuts, strict=True))
    )
    notes += (
        *(note for one in used for note in words(edit, one, told[0].prompt).notes),
        *_about_guidance(edit, used),
        *_about_frames(size, made, recipe.rate),
        *_about_windows(cuts, told, recipe.rate),
    )
    return Script(size, made, recipe.rate, told, windows, tuple(dict.fromkeys(notes)))


def _refuse(edit: Edit, recipe: Recipe) -> None:
    if edit.params.get("generate_audio") and not recipe.sound:
        raise CannotDo(
            f"generate_audio asks for sound, and {recipe.weights[0]} makes pictures alone; silence is not passed off"
            " as sound. Ask without it."
        )
    if edit.video is not None:
        raise CannotDo(
            "No film is made after another one: ask for the video itself to be edited (video_mode “edit”), or"
            " give images and elements."
        )


def _size(edit: Edit) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Width and height of the film, and what was done to the images at its ends."""
    aspect = edit.params.get("aspect_ratio")
    size = SIZES[str(aspect or "16:9")]
    notes: tuple[str, ...] = ()
    if edit.start_image is not None:
        of_image = edit.kind is Kind.IMAGE
        fitted = still.fit(edit.start_image, aspect, None if of_image else size)
        size, notes = fitted.size, fitted.notes
    if edit.tail_image is not None:
        last = still.fit(edit.tail_image, aspect, size).notes
        notes += tuple(note.replace("The image", "The last image") for note in last)
    return size, notes


@dataclass(frozen=True, slots=True)
class _Draft:
    """What all windows of a film have in common."""

    edit: Edit
    size: tuple[int, int]
    made: tuple[int, int]
    _references: dict[Path, Pixels] = field(default_factory=dict)

    def windows(self, number: int, take: Take, how: Cut) -> Iterator[Planned]:
        """The windows of a take. Raises CannotDo for more references than the weights see."""
        first, last = self._end(take.first), self._end(take.last)
        for span, recipe in zip(how.windows, how.recipes, strict=True):
            told = words(self.edit, recipe, take.prompt)
            shot = Shot(
                told.prompt,
                span.frames,
                *self.made,
                self.edit.seed + number,
                negative=str(self.edit.params.get("negative_prompt") or ""),
                images=tuple(self._reference(exhibit.path) for exhibit in told.exhibits),
                first=first if span is how.windows[0] else None,
                last=last if span is how.windows[-1] else None,
                start=span.start,
                options={"guidance": _USUAL + min(_cfg(self.edit), 1.0)},
            )
            yield Planned(recipe, span, shot)

    def _end(self, image: Path | None) -> Pixels | None:
        """The image at which a take begins or ends, as the film shows it, as large as frames are made."""
        if image is None:
            return None
        picture = still.fit(image, None, self.size).picture
        # All of what the film shows: the little that the two shapes differ is bent, and bent back in the end.
        return scaled(middle(picture, self.size), self.made)

    def _reference(self, path: Path) -> Pixels:
        """The image, what is transparent on white, no larger than is seen of it."""
        if path not in self._references:
            self._references[path] = referred(path, self.made)
        return self._references[path]


def _common(used: Sequence[Recipe]) -> Recipe:
    """The first recipe, with sizes that all of them can make."""
    return replace(
        used[0],
        multiple=lcm(*(one.multiple for one in used)),
        long_side=min(one.long_side for one in used),
        area=min(one.area for one in used),
    )


def _cfg(edit: Edit) -> float:
    return float(edit.params.get("cfg_scale", _USUAL))


def _about_guidance(edit: Edit, used: Sequence[Recipe]) -> Iterator[str]:
    distilled = [one.weights[-1] for one in used if not one.guidance]
    if distilled:
        if edit.params.get("negative_prompt"):
            yield f"negative_prompt has no bearing: {distilled[0]} works in few steps and without guidance."
        if _cfg(edit) != _USUAL:
            yield f"cfg_scale has no bearing: {distilled[0]} works in few steps and without guidance."
    elif _cfg(edit) > 1:
        yield f"cfg_scale goes from 0 to 1: {_cfg(edit):g} was taken as 1."


def _about_frames(size: tuple[int, int], made: tuple[int, int], rate: int) -> Iterator[str]:
    (width, height), (wide, tall) = size, made
    if size != made:
        what = "enlarged" if width * height > wide * tall else "fitted"
        yield f"The film was made at {wide}x{tall} and {what} to {width}x{height}."
    if rate != RATE:
        yield f"The weights make {rate} frames a second; those between were worked out from the motion."


def _about_windows(cuts: Sequence[Cut], told: Sequence[Take], rate: int) -> Iterator[str]:
    for how, take in zip(cuts, told, strict=True):
        if (number := len(how.windows)) == 1:
            continue
        yield f"{take.seconds} seconds are more than the weights make at once: they were made in {number} pieces, each going on from the one before."
        if take.last is not None:
            start = how.windows[-1].start / rate
            yield f"Only from second {start:.1f} on does the film make for its last image."
