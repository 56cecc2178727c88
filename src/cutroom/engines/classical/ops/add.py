"""Add: a copy of something in the clip, or a reference, comes in and takes its place."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Found, Instruction
from cutroom.engines.classical.sprites.arrival import arrive

_FRAME = r"(?:frame|picture|scene|shot|video|clip|screen|image|view)"
_NEW = r"(?:a|an|another|one more|a second|a third|a new)"
_WHAT = (
    rf"(?:(?:the )?(?P<mention>@(?:image|element)\d+)"
    rf"|{_NEW} (?:(?:(?P<shade>{palette.SHADES}) )?(?P<colour>{palette.NAMES}) )?(?P<noun>[a-z]+))"
)
_FLY = r"flies|fly|flying|swoops|swoop|swooping|glides|gliding"
_WALK = r"walks|walk|walking|runs|run|running|strolls|strolling|comes|come|coming|enters|enter|entering|hops|hopping"
# `walks in the snow` is no way to come in: there, `in` begins a place.
_MOVE = rf"(?:comes? )?(?P<move>{_FLY}|{_WALK})(?P<enters> in(?! (?:the|a|an|this|that)\b)| into the {_FRAME}| in the {_FRAME}| down)?"
_FROM = rf"from (?:the )?(?P<side>left|right|top|above)(?: side)?(?: (?:of|in) the {_FRAME})?"
_LAND = r"(?:, )?(?:and )?(?:then )?(?P<lands>lands|land|landing|sits|sit|sitting|perches|perch|perching|settles|settle|stops|stop|stands|stand|standing|stays)(?: down)?"
_BETWEEN = r"(?:right )?(?:in-between|in between|between|inbetween)(?: the| these)?(?: other)?(?: two| both| 2)?(?: other)?(?: (?!on |of )(?P<them>[a-z]+))"
_WIRE = r"(?:on|onto) (?:the|a) (?P<perch>(?:power |telephone |phone |electric )?(?:wire|line|cable)|rope)"
_SPOT = rf"(?:on|at|to|in) the (?P<spot>left|right|middle|centre|center|sky|foreground|ground)(?: side)?(?: of the {_FRAME})?"
_PLACE = rf"(?:{_BETWEEN}(?: {_WIRE})?|{_SPOT}|(?P<wire_first>{_WIRE.replace('?P<perch>', '?:')})(?: {_BETWEEN.replace('?P<them>', '?P<them_too>')})?)"
_ACROSS = (
    rf"(?P<across>(?:across|through|over|past) the (?:whole |entire )?(?:{_FRAME}|sky)|all the way)"
)
_WAY = r"from (?:the )?(?P<start>left|right) to (?:the )?(?P<stop>left|right)"
_CROSSING = rf" {_MOVE.replace('?P<move>', '?P<crosses>').replace('?P<enters>', '?P<enters_too>')}(?: {_WAY}(?: {_ACROSS})?| {_ACROSS.replace('?P<across>', '?P<across_too>')}(?: {_WAY.replace('?P<start>', '?P<start_too>').replace('?P<stop>', '?P<stop_too>')})?)"
_COMING = rf"(?: {_MOVE})?(?: {_FROM})?(?: {_LAND})?(?: {_PLACE})?(?: {_FROM.replace('?P<side>', '?P<side_too>')})?"
_VERBS = r"(?:add|insert|include|put|place|show|have|let|make|bring in)"


@dataclass(frozen=True, slots=True)
class Add:
    """Something new in the picture: a living copy of a thing of the clip, or a cut-out reference."""

    what: str
    """`@image1`, `@element1`, or the noun of a thing of which the clip holds others."""
    colour: str = ""
    shade: str = ""
    move: str = "stay"
    """fly, walk or stay."""
    side: str = ""
    """Where it comes from: left, right, top; empty: the nearer side, for what flies the farther one."""
    place: str = ""
    """between, wire, left, right, middle, sky, ground; empty: wherever it fits."""
    others: str = ""
    """What it goes between, as it was said: `birds`."""
    lands: bool = False
    """Whether it comes down, if it flies."""
    across: bool = False
    """Whether it goes all across the picture and out again."""
    name: ClassVar[str] = "add"
    stage: ClassVar[Stage] = Stage.OBJECT
    hint: ClassVar[str] = (
        rf"@|between|wire|line|cable|rope|left|right|middle|cent|sky|ground|{_FLY}|{_WALK}"
    )
    choices: ClassVar[Mapping[str, Collection[str]]] = {
        "colour": ("", *palette.COLOURS),
        "shade": ("", *palette.SHADES.split("|")),
        "move": ("fly", "walk", "stay"),
        "side": ("", "left", "right", "top"),
        "place": ("", "between", "wire", "left", "right", "middle", "sky", "ground"),
    }
    examples: ClassVar[tuple[str, ...]] = (
        "A red bird flies in and lands in-between the two birds on the wire",
        "add a blue bird between the two birds",
        "@Image1 flies in from the left and lands on the wire",
        "@Element1 walks in from the right",
        "add @Image1 on the left",
        "@Image1 flies from left to right across the frame",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every newcomer that does or is added something."""
        forms = [rf"{_WHAT}{_COMING}", rf"{_VERBS} {_WHAT}{_COMING}"]
        if re.search(r"\b(?:across|through|over|past|all the way|to)\b", said.text):
            forms += [rf"{_WHAT}{_CROSSING}", rf"{_VERBS} {_WHAT}{_CROSSING}"]
        for form in forms:
            for found in said.find(form):
                op = _understood(cls, found, added=form.startswith(_VERBS))
                if op is not None:
                    yield Reading(op, found.words)

    def say(self) -> str:
        """Who comes how to where."""
        tint = " ".join(w for w in (self.shade, self.colour) if w)
        who = self.what if self.what.startswith("@") else f"a {tint} {self.what}".replace("  ", " ")
        way = {"fly": "flies in", "walk": "walks in", "stay": "is added"}[self.move]
        if self.across:
            way = way.replace(" in", " across the picture")
        spot = f"between the {self.others}" if self.place == "between" else self.place
        return f"{who} {way}{f' from the {self.side}' if self.side else ''}{f', to: {spot}' if spot else ''}"

    def prepare(self, scene: Scene) -> Paint:
        """Find its place and its looks. Raises CannotDo, naming what was not found."""
        return arrive(self, scene)


def _understood(cls: type[Add], found: Found, *, added: bool) -> Add | None:
    """The op of a match; None where the words say nothing that could be done."""
    said = found.groups
    if said.get("crosses"):
        return _crossing(cls, found)
    move = ""
    if said["move"]:
        move = "fly" if re.fullmatch(_FLY, said["move"]) else "walk"
    place, others = "", said["them"] or said["them_too"] or ""
    if others:
        place = "between"
    elif said["wire_first"] or said["perch"]:
        place = "wire"
    elif said["spot"]:
        place = {"center": "middle", "centre": "middle", "foreground": "ground"}.get(
            said["spot"], said["spot"]
        )
    comes = any(said[k] for k in ("enters", "lands", "side", "side_too"))
    if not said["mention"] and not place and not (move and comes):
        return None  # `add a vignette`, `a man walks`: nothing says that a thing comes into the picture
    if not said["mention"] and not added and (said["move"] or "").endswith("ing"):
        return None  # `a person walking …` tells what the video shows
    if not added and not move and not place:
        return None
    what = said["mention"] or said["noun"] or ""
    side = said["side"] or said["side_too"] or ""
    side = "top" if side == "above" else side
    lands = move == "fly" and bool(said["lands"])
    return cls(
        what, said["colour"] or "", said["shade"] or "", move or "stay", side, place, others, lands
    )


def _crossing(cls: type[Add], found: Found) -> Add | None:
    """The op of something that goes all across the picture; only a reference can."""
    said = found.groups
    start, stop = said["start"] or said["start_too"], said["stop"] or said["stop_too"]
    if not said["mention"] or (start and start == stop):
        return None
    move = "fly" if re.fullmatch(_FLY, said["crosses"] or "") else "walk"
    return cls(said["mention"], move=move, side=start or "left", across=True)
