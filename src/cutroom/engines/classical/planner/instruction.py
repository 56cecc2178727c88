"""A prompt cut into words that know where they stood."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

QUOTED = r"\"(?:\\.|[^\"\\])*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»"
"""A quotation: its words are the user's own, nothing in them is an instruction or misspelled."""
_WORD = re.compile(
    rf"@\s?(?:image|element|video)\s?\d+|{QUOTED}|[\w%#]+(?:['\u2019-][\w]+)*|[^\w\s]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, mention (`@image1`), quotation (with its quotes) or punctuation mark, in lower case."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern matched: the words it covers and its named groups (None: group not taken)."""

    words: frozenset[int]
    groups: dict[str, str | None]
    group_words: dict[str, frozenset[int]]


@dataclass(frozen=True)
class Instruction:
    """A prompt as the ops read it. `text` is the words in lower case joined by single spaces."""

    prompt: str
    images: int = 0
    """How many `@Image`s the edit holds."""
    elements: int = 0

    @cached_property
    def _composed(self) -> str:
        return unicodedata.normalize("NFC", self.prompt)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words in order; quotations and mentions are one word each."""
        found = _WORD.finditer(self._composed)
        return tuple(Word(_plain(m.group()), m.start(), m.end()) for m in found)

    def original(self, words: frozenset[int]) -> str:
        """The prompt from the first of these words to the last, as it was written."""
        return self._composed[self.words[min(words)].start : self.words[max(words)].end]

    @cached_property
    def text(self) -> str:
        """What `find` searches."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word.text) + 1
        return starts

    def find(self, pattern: str) -> Iterator[Found]:
        """Matches of a regular expression that begin and end at word boundaries of `text`."""
        for m in _compiled(pattern).finditer(self.text):
            yield Found(
                self._covered(m.start(), m.end()),
                m.groupdict(),
                {g: self._covered(*m.span(g)) for g in m.groupdict() if m.group(g) is not None},
            )

    def _covered(self, start: int, end: int) -> frozenset[int]:
        return frozenset(i for i, at in enumerate(self._starts) if start <= at < end)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern between word boundaries; kept for good, for the ops have more than `re` remembers."""
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


def _plain(text: str) -> str:
    """Lower case; one kind of quotes, none within; no space inside a mention."""
    if len(text) > 1 and text[0] in '"“„«':
        inside = text[1:-1].lower().replace('"', "'")
        return f'"{inside}"'
    text = text.replace("\u2019", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s", "", text.lower()) if text.startswith("@") else text.lower()
