"""Replace: the thing that moves gives way to `@Image1` or `@Element1`, which goes where it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sprites.standin import stand_in
from cutroom.engines.classical.target import PATTERN, understand

_FRAME = r"(?:frame|picture|scene|shot|video|clip|footage)"
_OLD = (
    rf"(?:(?P<who>{PATTERN})|(?:the |this |that )?(?!background|backdrop|sky|colou?r|style|video|clip|scene|picture|image)"
    r"(?P<other>(?:(?:main|only|moving|walking|running|young|old|little|big|whole) )?(?:[a-z]+)))"
    rf"(?: (?:in|of|from) (?:the|this) {_FRAME})?"
)
_NEW = r"(?:the (?:character|person|object|one) (?:in|from|of) )?(?P<mention>@(?:image|element)\d+)"
_SAME = (
    r"(?:,? (?:and )?(?:who is |that is |which is )?(?:(?:walking|running|moving|going|travelling|driving|facing|heading|keep(?:ing)?|follow(?:ing)?|with|along|in) )*"
    r"(?:in |on |along |at )?(?:the |its |their )?(?:same|original) (?:direction|way|path|place|position|spot|movement|motion|trajectory|speed|pace)"
    r"(?: (?:and|at the same|with the same) (?:same )?(?:direction|path|place|speed|pace|size|scale|movement|motion))?)?"
    rf"(?: in (?:the|this) {_FRAME})?"
)
_FORMS = (
    rf"(?:replace|swap|exchange|substitute|switch) {_OLD} (?:with|for|by|to) {_NEW}{_SAME}",
    rf"(?:change|turn|transform|make|convert) {_OLD} (?:into |to |to be )?{_NEW}{_SAME}",
    rf"{_NEW} (?:replaces|replace|takes the place of|instead of|stands in for) {_OLD}{_SAME}",
    rf"(?:put|use|place|show|insert) {_NEW} (?:in place of|instead of|in the place of|as|to replace) {_OLD}{_SAME}",
    rf"{_OLD} (?:should be|has to be|must be|gets|is to be|to be) (?:replaced|swapped|exchanged|substituted) (?:with|for|by) {_NEW}{_SAME}",
    rf"substitute {_NEW} for {_OLD}{_SAME}",
)


@dataclass(frozen=True, slots=True)
class Replace:
    """Another figure in the place of the one that moves: its position, size, heading and ground."""

    mention: str
    """`@image1` or `@element1`."""
    who: str
    """What the prompt calls the one that gives way, e.g. `the person on the left`."""
    name: ClassVar[str] = "replace"
    stage: ClassVar[Stage] = Stage.OBJECT
    hint: ClassVar[str] = "@"
    examples: ClassVar[tuple[str, ...]] = (
        "Replace the person with @Image1 walking in the same direction",
        "@Element1 replaces the main character in the scene",
        "swap the dog with @Image1",
        "turn the car into @Image1",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every exchange of a thing for a reference."""
        for form in _FORMS if cls.hint in said.text else ():  # they take their time to compile
            for found in said.find(form):
                who = found.groups["who"] or found.groups["other"] or ""
                if understand(who).kind != "background":
                    yield Reading(cls(found.groups["mention"] or "", who), found.words)

    def say(self) -> str:
        """Who gives way to whom."""
        return f"{understand(self.who).say()} replaced by {self.mention}"

    def seek(self, sight: Sight) -> None:
        """Look for it in one shot."""
        sight.find(understand(self.who))

    def prepare(self, scene: Scene) -> Paint:
        """Follow the one that moves. Raises CannotDo where there is none, or more than one."""
        return stand_in(self.mention, self.who, scene)
