"""Prompt -> plan: every word is read by an op, asks to keep something, or is glue; else a refusal."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.op import Op, Reading
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.plan import Plan
from cutroom.engines.classical.planner.choice import Part, accounted, choose
from cutroom.engines.classical.planner.declined import Declined, declined
from cutroom.engines.classical.planner.glue import glue
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.keep import Kept, broken, kept
from cutroom.engines.classical.planner.likely import likely
from cutroom.engines.classical.planner.qualities import qualities
from cutroom.engines.classical.planner.refusal import Impossible, Refused, refuse
from cutroom.engines.classical.planner.spelling import respelled
from cutroom.engines.classical.planner.wording import clash
from cutroom.errors import CannotDo, InvalidParams
from cutroom.types import Edit

MOST_WORDS = 300
"""A prompt longer than this is a story, not an instruction."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An instruction as far as it is understood."""

    said: Instruction
    parts: tuple[Part, ...]
    left: tuple[int, ...]
    """The words that nothing accounts for."""

    @property
    def readings(self) -> list[Reading]:
        """What is to be done."""
        return [part for part in self.parts if isinstance(part, Reading)]

    @property
    def done(self) -> frozenset[int]:
        """The words that the readings account for."""
        return frozenset[int]().union(*(accounted(reading) for reading in self.readings))


def plan(edit: Edit) -> Plan:
    """The plan of an edit's prompt. Raises CannotDo, saying which words it cannot carry out."""
    said = Instruction(edit.prompt, len(edit.images), len(edit.elements))
    if len(said.words) > MOST_WORDS:
        raise Refused(
            f"An instruction may have {MOST_WORDS} words; this one has {len(said.words)}."
        )
    heard = _heard(said)
    if heard.left and (other := respelled(said, heard.left)):
        again = _heard(replace(said, prompt=other))
        heard = again if len(again.left) < len(heard.left) else heard
    if heard.left or not heard.readings:
        ops = _in_order(heard.readings)
        raise refuse(edit.prompt, heard.said, ops, heard.done, heard.left)
    ops = _without_implied(_ordered(heard.readings))
    _agree(ops)
    _refrain([part for part in heard.parts if isinstance(part, Declined)], ops)
    keeps = [part for part in heard.parts if isinstance(part, Kept)]
    for keep in keeps:
        _honour(keep, ops, edit)
    return Plan(tuple(ops), tuple(dict.fromkeys(keep.thing for keep in keeps)))


def _heard(said: Instruction) -> Heard:
    found: list[Part] = [*kept(said), *declined(said)]
    found += [reading for kind in likely(said) for reading in kind.read(said)]
    found += qualities(said)
    chosen = choose(found)
    idle = glue(said).union(*(accounted(part) for part in chosen))
    left = tuple(i for i in range(len(said.words)) if i not in idle)
    return Heard(said, tuple(chosen), left)


def _in_order(readings: Sequence[Reading]) -> list[Op]:
    """The ops of readings by stage, then as they were said."""
    return [r.op for r in sorted(readings, key=lambda r: (r.op.stage, min(r.words)))]


def _ordered(readings: Sequence[Reading]) -> list[Op]:
    """Ops by stage, then as they were said; what was said twice once."""
    ops: list[Op] = []
    for op in dict.fromkeys(_in_order(readings)):
        same = next((i for i, o in enumerate(ops) if type(o) is type(op)), None)
        if same is None or op.name in groups()["several"]:
            ops.append(op)
        elif ops[same] == type(op)():
            ops[same] = op
        elif op != type(op)():
            raise _both(ops[same], op)
    return ops


def checked(data: object) -> Plan:
    """The plan of a JSON value. Raises InvalidParams, saying where it is wrong, or for ops that exclude each other."""
    found = Plan.from_json(data, OPS)
    try:
        _agree(found.ops)
    except CannotDo as both:
        raise InvalidParams(both.message) from both
    return found


def honoured(found: Plan, edit: Edit) -> Plan:
    """The plan, if it leaves alone what it says is kept. Raises CannotDo."""
    for text in found.kept:
        for keep in kept(Instruction(f"keep {text}")):
            _honour(keep, found.ops, edit)
    return found


def _without_implied(ops: Sequence[Op]) -> list[Op]:
    """The ops less those that others hold already: a film noir is black and white."""
    held = {name for op in ops for name in groups()["implied"].get(op.name, ())}
    return [op for op in ops if op.name not in held]


def _agree(ops: Sequence[Op]) -> None:
    """Raises CannotDo when ops exclude each other, rather than doing one of them."""
    clash(ops)
    names = {op.name: op for op in ops}
    for group in groups()["opposites"]:
        both = [names[name] for name in group if name in names]
        if len(both) > 1:
            raise _both(both[0], both[1])


def _both(one: Op, other: Op) -> Refused:
    why = "only one of them can be"
    asked = f"{one.say()} and {other.say()}"
    return Refused(f"This asks for {asked} at once: {why}.", (), [Impossible(asked, why)])


def _refrain(parts: Sequence[Declined], ops: Sequence[Op]) -> None:
    """Raises CannotDo when the instruction asks for an op and asks not to use it."""
    for part in parts:
        if both := next((op for op in ops if isinstance(op, part.op)), None):
            why = "it is asked for and asked not to be used"
            raise Refused(
                f"This asks for {both.say()} and asks not to use it.",
                cannot=[Impossible(both.say(), why)],
            )


def _honour(keep: Kept, ops: Sequence[Op], edit: Edit) -> None:
    """Raises CannotDo when the plan would change what it is asked to keep."""
    silent = edit.video is not None and edit.video.audio is None
    if "sound" in keep.aspects and not edit.keep_audio and not silent:
        raise CannotDo(
            "The instruction keeps the sound, but this request has keep_audio off; set it."
        )
    if op := broken(keep, ops):
        why = f"{op.say()} changes it too"
        raise Refused(
            f"{op.say().capitalize()} changes the whole picture, so “{keep.thing}” cannot be kept as"
            " it is. Leave that out of the instruction if it may change too.",
            [one.say() for one in ops],
            [Impossible(f"keep {keep.thing}", why)],
        )


@cache
def groups() -> dict[str, Any]:
    """`groups.toml`: opposites, what holds what, and what is near to what."""
    data: dict[str, Any] = tomllib.loads((files(__package__) / "groups.toml").read_text("utf-8"))
    return data
