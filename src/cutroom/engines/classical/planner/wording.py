"""Text to be shown, as an instruction says it: the words, the place, the time, size and colour."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, cast

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Op, Reading, Stage
from cutroom.engines.classical.planner import span
from cutroom.engines.classical.planner.instruction import Found, Instruction
from cutroom.engines.classical.planner.language import language
from cutroom.engines.classical.planner.span import Span
from cutroom.errors import CannotDo

VOCABULARY = frozenset(
    [
        "corner",
        "corners",
        "centre",
        "center",
        "middle",
        "bottom",
        "overlay",
        "overlays",
        "caption",
        "captions",
        "subtitle",
        "subtitles",
        "watermark",
        "title",
        "titles",
        "letters",
        "lettering",
        "writing",
        "centred",
        "centered",
        "screen",
        "second",
        "seconds",
        "minute",
        "minutes",
        "superimpose",
        "saying",
        "reading",
        "fading",
    ]
)
"""Words that are right as they are, however near they come to a phrase's."""
PLACES = frozenset({"top", "middle", "bottom", "left", "right"}) | {
    f"{v} {h}" for v in ("top", "bottom") for h in ("left", "right")
}
"""Where text can stand."""

_COLOURS = frozenset(palette.COLOURS) | {
    f"{shade} {name}" for shade in palette.SHADES.split("|") for name in palette.COLOURS
}
_SIZES = {"tiny": 0.6, "small": 0.75, "little": 0.75, "large": 1.4, "big": 1.4, "huge": 1.8}
_DOWN, _ACROSS, _MIDDLE = "top|bottom|upper|lower", "left|right", "middle|centre|center"
_OF = r"(?: of the (?:screen|frame|video|picture|clip|image|shot))?"
_WHERE = (
    rf"(?:(?:{_DOWN})[ -](?:{_ACROSS}|{_MIDDLE})|(?:{_DOWN}) (?:third|{_ACROSS})"
    rf"|(?:{_DOWN}|{_ACROSS}|{_MIDDLE}|corner))(?:[ -]hand)?(?: corner| edge| third| side)?{_OF}"
)
_AT = r"(?:right |down |up )?(?:at|in|into|on|to|near|along|across) (?:the |a |one )?(?:very )?"
_PLACE = rf"(?:{_AT}{_WHERE}|(?:the )?(?:{_DOWN})[ -](?:{_ACROSS})(?: corner)?|centred|centered)"
_HUE = rf"(?:(?:{palette.SHADES}) )?(?:{palette.NAMES})"
_SIZE = "|".join([*_SIZES, "bold"])
_TYPE = r"(?:text|letters|lettering|type|font|print|colou?r|writing|words)"
_LOOK = (
    rf"(?:in|with|using) (?:a )?(?:(?:{_SIZE}) )*(?:{_HUE}(?: {_TYPE})?|(?:{_SIZE})(?: {_TYPE})?)"
)
_FADE = (
    r"(?:(?:that|which|and) |with (?:a )?|while )?fad(?:e|es|ing)(?: it| them)?[ -]?"
    r"(?:in(?:(?: and|,)(?: then)?(?: a)?(?: fad(?:e|es|ing))?[ -]?out)?|out)(?: again| effect)?"
)
_OVER = r"(?:on|over|onto|across) (?:the |my )?(?:screen|video|clip|picture|image|frame|footage)"
_MODE = rf"(?:{_PLACE}|{span.PATTERN}|{_LOOK}|{_FADE}|{_OVER})"
_VERB = (
    r"(?:add|put|show|display|write|overlay|insert|place|print|superimpose|include|burn in|burn|have"
    r"|give it|give the (?:video|clip)|use|draw|create|set|type|make|stamp|render)"
)
_BEFORE = rf"(?:(?:{_SIZE}|{_HUE}|centred|centered|translucent|transparent|semi-transparent|simple|short) )*"
_SAYING = (
    r"(?:(?:that|which) (?:says?|reads?|states?)|saying|reading|says|reads|stating|with(?: the)? (?:text|words?"
    r"|message|sentence)|with|containing|called|named|to say|:|-|\u2013)(?: :)?"
)
_QUOTE = r"\"[^\"]*\"|' (?:(?!' )[^\"\s]+ )+?'"
_LEAD = rf"(?:(?P<m1>(?:{_MODE} (?:, )?)*)(?:(?:{_VERB}|with)(?: in| on| up)? )?(?:(?:a|an|the|some|my|our) )?)"
_MODE_GROUPS = ("m1", "m2", "m3", "m4", "m5", "adjectives")
_MODES = r"(?:(?: ,)?(?: and)? {mode})*"


def _next_wish() -> str:
    """`and make`, `. Add`: where text without quotes is over."""
    verbs = "|".join(sorted(language().verbs))
    return rf"(?:[,.;] (?:and |then |also )*|(?:and |then |also )+)(?:{verbs})(?!\S)"


def _forms(noun: str, verb: str) -> tuple[str, ...]:
    after = _MODES.format(mode=_MODE)
    named = rf"(?P<adjectives>{_BEFORE})(?:{noun})"
    return (
        rf"{_LEAD}{named}(?P<m2>{after})(?: {_SAYING})?(?: {_TYPE})? (?P<text>{_QUOTE})(?P<m3>{after})",
        rf"{_LEAD}(?P<text>{_QUOTE})(?P<m2>{after}) as (?:(?:a|an|the) )?{named}(?P<m3>{after})",
        rf"(?:{verb}) (?:it|this|the (?:video|clip))(?: with| as| :)*(?: the (?:words|text))? (?P<text>{_QUOTE})(?P<m3>{after})",
        rf"{_LEAD}{named}(?P<m2>{after}) {_SAYING} (?P<bare>[^\"]{{1,200}}?)(?P<m3>{after})(?:(?: \.)?$|(?= {_next_wish()}))",
    )


def modes() -> str:
    """The source of an expression, without groups, for any number of places, times, sizes and fades."""
    return _MODES.format(mode=_MODE)


def bare_forms() -> str:
    """`write "..." at the top`: text that is called nothing."""
    after = _MODES.format(mode=_MODE)
    verb = r"(?:write|show|display|print|overlay|superimpose|type|put|add)"
    first = rf"(?:(?P<m1>(?:{_MODE} (?:, )?)*){verb} (?P<text>{_QUOTE})(?P<m3>{after}))"
    # `... "A" from 0s to 2s and "B" from 2s to 4s`: the second is of the first's kind.
    timed = rf"(?:(?P<m4>{span.PATTERN} (?:, )?)?(?P<next>{_QUOTE})(?P<m5>{after}))"
    return rf"{first}|{timed}"


def marked_forms() -> str:
    """`watermark © ACME bottom right`: a mark needs no quotes."""
    after = _MODES.format(mode=_MODE)
    return rf"{_LEAD}(?P<adjectives>{_BEFORE})(?:watermark)(?P<m2>{after}) (?P<bare>(?:©|®)(?: [^\s,;.\"]+){{1,6}}?)(?P<m3>{after})(?= [,;.]| and | then |$)"


@dataclass(frozen=True, slots=True)
class Written:
    """What the ops that write text share: their fields, `read` and `say`."""

    text: str
    place: str = "bottom"
    """One of `PLACES`."""
    start: float = 0.0
    """Seconds from which it is seen; below zero: before the end."""
    stop: float = 0.0
    """Seconds at which it is gone; 0: the end."""
    colour: str = "white"
    """A name of `palette.COLOURS`, a shade before it or not."""
    size: float = 1.0
    """Share of the size that such text has."""
    bold: bool = False
    fade_in: float = 0.0
    """Seconds."""
    fade_out: float = 0.0
    name: ClassVar[str]
    choices: ClassVar[Mapping[str, Collection[str]]] = {"place": PLACES, "colour": _COLOURS}
    bounds: ClassVar[Mapping[str, tuple[float, float]]] = {
        "size": (0.3, 3.0),
        "fade_in": (0.0, 60.0),
        "fade_out": (0.0, 60.0),
    }
    nouns: ClassVar[str]
    """What such text is called, as a regular expression."""
    verbs: ClassVar[str]
    """What it is called to write it: `caption it "..."`."""
    alone: ClassVar[str] = ""
    """Forms that do without the noun: `write "..."`."""

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every text of this sort in the instruction."""
        named = re.search(rf"\b(?:{cls.nouns}|{cls.verbs})\b", said.text)
        if not named and not (cls.alone and '"' in said.text):
            return  # most prompts; the patterns take their time to compile
        for form in (*_forms(cls.nouns, cls.verbs), *filter(None, (cls.alone,))):
            for found in said.find(form):
                if (op := cls.understood(said, found)) and _begins(said, min(found.words)):
                    yield Reading(cast("Op", op), found.words)

    @classmethod
    def understood(cls, said: Instruction, found: Found) -> "Written | None":
        """The op that a match means, None where its parts contradict each other."""
        groups = {name: text or "" for name, text in found.groups.items()}
        modes = " ".join(groups.get(name, "") for name in _MODE_GROUPS)
        which = next(name for name in ("text", "bare", "next") if groups.get(name))
        if which == "bare" and _goes_on(groups["bare"]):
            return None
        if which == "next" and not (
            re.search(span.PATTERN, modes) and re.search(rf"\b(?:{cls.nouns})\b", said.text)
        ):
            return None
        text = _unquoted(said.original(found.group_words[which]))
        found_looks = looks(modes)
        return None if found_looks is None or not text else cls(text, **found_looks)

    def say(self) -> str:
        """The text, where and when."""
        where = {"middle": " in the middle", "left": " on the left", "right": " on the right"}
        place = where.get(self.place, f" at the {self.place}")
        own: dict[str, Any] = {f.name: f.default for f in fields(cast("Any", self))}
        colour = f" in {self.colour}" if self.colour != own["colour"] else ""
        when = Span(self.start, self.stop).say()
        fades = (self.fade_in > 0, self.fade_out > 0)
        usual = (own["fade_in"] > 0, own["fade_out"] > 0)
        fading = {
            (True, True): ", fading in and out",
            (True, False): ", fading in",
            (False, True): ", fading out",
        }
        fade = fading.get(fades, "") if fades != usual else ""
        return f"the {self.name} “{' '.join(self.text.split())}”{place}{colour}{when}{fade}"


def clash(ops: Sequence[Op]) -> None:
    """Raises CannotDo where two texts or marks would be shown over each other."""
    shown = [cast("Any", op) for op in ops if op.stage is Stage.TEXT]
    for n, one in enumerate(shown):
        for other in shown[n + 1 :]:
            spans = [(op.start, op.stop or float("inf")) for op in (one, other)]
            ends = any(start < 0 for start, _ in spans)
            together = max(start for start, _ in spans) < min(stop for _, stop in spans)
            if one.place == other.place and (together or ends):
                raise CannotDo(
                    f"Two things would be shown over each other: {one.say()}, and {other.say()}."
                    " Give them different places or times."
                )


def _begins(said: Instruction, first: int) -> bool:
    """Whether a wish begins here: not `remove the title "..."` nor `the man with the title "..."`."""
    before = said.words[first - 1].text if first else "."
    return said.words[first].text == "with" or before in {
        ".",
        ",",
        ";",
        ":",
        "!",
        "and",
        "then",
        "also",
        "please",
        "plus",
        "&",
        "to",
        "you",
        "'",
    }


def _goes_on(bare: str) -> bool:
    """Whether text without quotes holds what may be the next wish; then nobody can tell where it ends."""
    verbs = "|".join(sorted(language().verbs))
    return bool(re.search(rf"(?:^|[,.;] |and |then )(?:{verbs})(?!\S)|(?:^| )\"|[;]|@", bare))


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] in "\"“„«'\u2018" and text[-1] in "\"”“»'\u2019":
        text = text[1:-1]
    return text.replace('\\"', '"').strip()


def looks(modes: str) -> dict[str, Any] | None:
    """The fields that place, time, colour, size and fade come to; None where two of one kind differ."""
    spans = {span.understand(m) for m in re.findall(rf"(?<!\S){span.PATTERN}(?!\S)", modes)}
    places = {_place(m) for m in re.findall(rf"(?<!\S){_PLACE}(?!\S)", modes)}
    colours = set(re.findall(rf"(?<!\S){_HUE}(?!\S)", modes))
    sizes = {_SIZES[m] for m in re.findall(rf"(?<!\S)(?:{'|'.join(_SIZES)})(?!\S)", modes)}
    if None in spans or any(len(kind) > 1 for kind in (spans, places, colours, sizes)):
        return None
    told: dict[str, Any] = {}
    for field, kind in (("place", places), ("colour", colours), ("size", sizes)):
        if kind:
            (told[field],) = kind
    if when := next(iter(spans), None):
        told |= {"start": when.start, "stop": when.stop}
    if re.search(r"(?<!\S)bold(?!\S)", modes):
        told["bold"] = True
    if fade := re.search(_FADE, modes):
        told["fade_in"] = 0.5 if re.search(r"\bin\b", fade.group()) else 0.0
        told["fade_out"] = 0.5 if re.search(r"\bout\b", fade.group()) else 0.0
    return told


def _place(words: str) -> str:
    """One of PLACES."""
    words = words.replace("upper", "top").replace("lower", "bottom")
    down = next((w for w in ("top", "bottom") if w in words), "")
    across = next(
        (
            w
            for w in ("left", "right")
            if re.search(rf"\b{w}\b", re.sub("^right (?=at|in|on)", "", words))
        ),
        "",
    )
    if "corner" in words and not (down and across):
        return f"{down or 'bottom'} {across or 'right'}"
    if "third" in words:
        across = across or "left"
    return f"{down} {across}".strip() or "middle"
