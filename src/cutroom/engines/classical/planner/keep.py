"""What an instruction asks to leave alone: `keep the background`, `without changing the people`."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cutroom.engines.classical.op import Op
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import canonical

_DETERMINER = r"(?:(?:the|all|all the|all of the|its|their|his|her|any|any of the|original) )*"
_OWN = r"(?:the|his|her|their|its|my|our|this|that)"
_SAME = (
    r"(?:exactly )?(?:the same|same|unchanged|intact|untouched|unaltered|unaffected|"
    r"as (?:it|they|she|he) (?:is|are|was|were)|alone|as is|as before|as they are now|identical|consistent)"
)
_KEEPING = r"(?:keep|keeping|keeps|preserve|preserving|retain|retaining|maintain|maintaining|leave|leaving|conserve)"
_NOT_CHANGING = (
    r"(?:(?:do not|don't|dont|never|must not|should not|shouldn't) "
    r"(?:change|alter|touch|modify|affect|edit|move)|"
    r"(?:without|not) (?:changing|altering|touching|modifying|affecting|editing|moving))"
)
_STAYING = r"(?:(?:should |must |has to |have to |to )?(?:stay|stays|staying|remain|remains|remaining|be|is kept|kept))"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something to be left as it is: the words that ask for it, the thing, and its aspects."""

    words: frozenset[int]
    thing: str
    aspects: frozenset[str]
    weight: float = 2.0


@cache
def _data() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Thing -> aspect, and stage -> aspects it alters."""
    data = tomllib.loads((files(__package__) / "keep.toml").read_text("utf-8"))
    things = {canonical(t): aspect for aspect, ts in data["things"].items() for t in ts}
    return things, {stage: frozenset(a) for stage, a in data["alters"].items()}


@cache
def _patterns() -> tuple[tuple[str, str], ...]:
    """Short patterns without which the long ones, which take their time to compile, find nothing."""
    things = sorted(_data()[0], key=len, reverse=True)
    spelled = [
        re.escape(t).replace(r"\ ", " (?:the )?").replace("colour", "colou?r") for t in things
    ]
    one = rf"{_DETERMINER}(?:{'|'.join(spelled)})"
    several = rf"(?P<things>{one}(?:(?: ,| ,? ?and| or) {one})*)"
    # Any other thing, where the clause ends after it: `keep the mug`, `don't touch her scarf`.
    other = rf"(?P<things>{_OWN} (?!{_SAME}\b)[a-z]+(?: (?!{_SAME}\b)[a-z]+)?)"
    ends = r"(?=$| [,.;!]| and | but )"
    return (
        (_KEEPING, rf"{_KEEPING} {several}(?: {_SAME})?"),
        (_NOT_CHANGING, rf"{_NOT_CHANGING} {several}"),
        (_KEEPING, rf"{_KEEPING} {other}(?: {_SAME})?{ends}"),
        (_NOT_CHANGING, rf"{_NOT_CHANGING} {other}{ends}"),
        (rf"{_STAYING} {_SAME}", rf"{several} {_STAYING} {_SAME}"),
    )


def kept(said: Instruction) -> Iterator[Kept]:
    """Every conservation phrase of the instruction."""
    things, _ = _data()
    for hint, pattern in _patterns():
        for found in said.find(pattern) if re.search(hint, said.text) else ():
            text = found.groups["things"] or ""
            names = [_bare(t) for t in re.split(r" ,? ?and | , | or ", text)]
            aspects = frozenset(things.get(canonical(n), "thing") for n in names)
            yield Kept(found.words, text, aspects)


def _bare(thing: str) -> str:
    return re.sub(rf"^{_DETERMINER}", "", thing.strip() + " ").strip().replace(" the ", " ")


def broken(keep: Kept, ops: Sequence[Op]) -> Op | None:
    """The first op that would change what is to be kept."""
    for op in ops:
        alters = getattr(op, "alters", _data()[1][op.stage.name])
        if keep.aspects & frozenset(alters):
            return op
        if "thing" in keep.aspects and _bare(keep.thing).split()[-1] in op.say().split():
            return op
    return None
