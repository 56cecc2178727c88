"""Mentions: the places where a prompt names what came with it, `@Image1`, `@Element2`, `@Video1`."""

import re
from dataclasses import dataclass
from typing import Literal, cast

MentionKind = Literal["image", "element", "video"]

# `@Image1`, `@image 1`, `@IMAGE_1`, and the native spelling of the hosted models, `<<<image_1>>>`.
# A letter or digit before the @ makes it an e-mail address; one after the number, another word.
_MENTION = re.compile(
    r"""(?<![\w@]) @ (?P<kind>image|element|video) [ _]? (?P<number>[0-9]{1,4}) (?![\w])
      | <<< \s* (?P<native>image|element|video) _? (?P<native_number>[0-9]{1,4}) \s* >>>""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention; `text[start:end]` is how it was written."""

    kind: MentionKind
    number: int
    """Counted from 1, as callers write it."""
    start: int
    end: int

    @property
    def index(self) -> int:
        """Counted from 0; -1 for `@Image0`, which points at nothing."""
        return self.number - 1

    def __str__(self) -> str:
        return f"@{self.kind.capitalize()}{self.number}"


def mentions(text: str) -> tuple[Mention, ...]:
    """Every mention of a prompt, in the order of the text."""
    return tuple(
        Mention(
            kind=cast("MentionKind", (found["kind"] or found["native"]).lower()),
            number=int(found["number"] or found["native_number"]),
            start=found.start(),
            end=found.end(),
        )
        for found in _MENTION.finditer(text)
    )


def dangling(
    text: str, *, images: int = 0, elements: int = 0, videos: int = 0
) -> tuple[Mention, ...]:
    """The mentions that point at nothing, given how many of each kind came with the prompt."""
    there = {"image": images, "element": elements, "video": videos}
    return tuple(found for found in mentions(text) if not 1 <= found.number <= there[found.kind])
