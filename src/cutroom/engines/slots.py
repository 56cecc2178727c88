"""Which image a model sees in which slot, and how the prompt then names it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cutroom.errors import CannotDo, InvalidParams
from cutroom.prompt import Mention, MentionKind, dangling, mentions
from cutroom.types import Edit, Element


class Wording(StrEnum):
    """How a model's prompts name the images that come with them."""

    INDEXED = "indexed"
    """`image0`, counted from 0 and without the video: the words that Bernini was trained with."""
    SPOKEN = "spoken"
    """`reference image 1`, counted from 1: for models that were taught no words for it."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One image that the model sees beside the prompt."""

    path: Path
    name: str
    """As the caller would call it: `@Image1`, `@Element2`, `@Element2 angle 1`."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What a model is given for an edit's prompt and references."""

    exhibits: tuple[Exhibit, ...]
    """In the order of the slots; the video is none of them."""
    prompt: str
    """In the model's own words: no mention is left in it, and what was no mention is unchanged."""
    left_out: tuple[str, ...] = ()
    """Names of the angles that found no slot."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the caller should know about it: sentences."""
        if not self.left_out:
            return ()
        names = _listed(self.left_out)
        return (
            f"The model had no place for {names}: frontal images and other references go first.",
        )


def slots(
    edit: Edit, most: int, *, prompt: str | None = None, wording: Wording = Wording.INDEXED
) -> Slots:
    """Share out at most `most` slots among the edit's images and elements, and word its prompt.

    `most` counts images beside the video (`Recipe.images`). Every image and every frontal image has a
    slot, mentioned or not; angles have what remains, in turn: the first angle of each element before the
    second of any. `prompt` is another than the edit's, such as that of one shot; the same references
    then have the same slots.

    Raises InvalidParams for a mention of what is not there, and CannotDo, with the numbers, for more
    references than there are slots.
    """
    text = edit.prompt if prompt is None else prompt
    _check(edit, text, most)
    free = most - len(edit.images) - len(edit.elements)
    exhibits = [Exhibit(path, f"@Image{n}") for n, path in enumerate(edit.images, 1)]
    of_elements: list[range] = []
    left_out: list[str] = []
    for number, (element, angles) in enumerate(
        zip(edit.elements, _angles(edit.elements, free), strict=True), 1
    ):
        first, name = len(exhibits), f"@Element{number}"
        exhibits.append(Exhibit(element.frontal, name))
        named = [Exhibit(path, f"{name} angle {n}") for n, path in enumerate(element.angles, 1)]
        exhibits += named[:angles]
        left_out += (angle.name for angle in named[angles:])
        of_elements.append(range(first, len(exhibits)))
    worded = _said(text, _Words(wording, tuple(of_elements)).of)
    return Slots(tuple(exhibits), worded, tuple(left_out))


def spoken(prompt: str, names: Mapping[MentionKind, str]) -> str:
    """A prompt for weights that are shown one image, one video: mentions in the same words whatever their number."""
    return _said(prompt, lambda mention: names[mention.kind])


def _check(edit: Edit, text: str, most: int) -> None:
    images, elements = len(edit.images), len(edit.elements)
    videos = int(edit.video is not None)
    for found in dangling(text, images=images, elements=elements, videos=videos):
        raise InvalidParams(
            f"The prompt mentions {found}, but the request has no such {found.kind}"
        )
    if images + elements > most:
        raise CannotDo(
            f"These weights see at most {most} reference images; the request has "
            f"{images + elements}, of each element its frontal image alone."
        )


def _angles(elements: Sequence[Element], free: int) -> list[int]:
    """How many angles each element may show when `free` slots are shared out in turn."""
    taken = [0] * len(elements)
    for angle in range(max((len(element.angles) for element in elements), default=0)):
        for number, element in enumerate(elements):
            if free and angle < len(element.angles):
                taken[number] += 1
                free -= 1
    return taken


_SENTENCE = re.compile(r"(?:^|[.!?])\s*$")
_ARTICLE = re.compile(r"\bthe\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    """A model's words for images, whose slots come first, and for elements in theirs."""

    wording: Wording
    elements: tuple[range, ...]

    def of(self, mention: Mention) -> str:
        """The words for one mention."""
        if mention.kind == "video":
            return "the video"
        image, at = mention.kind == "image", mention.index
        places = [at] if image else self.elements[at]
        if self.wording is Wording.INDEXED:
            names = _listed([f"image{place}" for place in places])
            return names if image else f"the subject from {names}"
        if image:
            return f"reference image {places[0] + 1}"
        plural = "s" if len(places) > 1 else ""
        return (
            f"the subject shown in reference image{plural} {_listed([str(p + 1) for p in places])}"
        )


def _said(text: str, words: Callable[[Mention], str]) -> str:
    """The text with words for every mention."""
    parts: list[str] = []
    end = 0
    for found in mentions(text):
        before, said = text[: found.start], words(found)
        if _ARTICLE.search(before):  # "the @Image1" has an article of its own
            said = said.removeprefix("the ")
        elif _SENTENCE.search(before) and said.startswith("the "):
            said = said[0].upper() + said[1:]
        parts += (text[end : found.start], said)
        end = found.end
    return "".join((*parts, text[end:]))


def _listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
