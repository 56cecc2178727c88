"""Prompt -> plan: every word is read by an op, asks to keep something, or is glue; else a refusal."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.op import Op, Reading, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.plan import Plan
from cutroom.engines.classical.planner.choice import Part, accounted, choose
from cutroom.engines.classical.planner.declined import Declined, declined
from cutroom.engines.classical.planner.glue import glue
from cutroom.engines.classical.planner.instruction import QUOTED, Instruction
from cutroom.engines.classical.planner.keep import Kept, broken, kept
from cutroom.engines.classical.planner.language import canonical, language, pieces
from cutroom.engines.classical.planner.qualities import qualities
from cutroom.engines.classical.planner.refusal import Impossible, Refused, refuse
from cutroom.engines.classical.planner.template import spelled
from cutroom.engines.classical.planner.wording import SPEAKING, VOCABULARY, clash
from cutroom.errors import CannotDo
from cutroom.types import Edit

MOST_WORDS = 300
"""A prompt longer than this is a story, not an instruction."""


def plan(edit: Edit) -> Plan:
    """The plan of an edit's prompt. Raises CannotDo, saying which words it cannot carry out."""
    said = Instruction(_spelled(edit.prompt), len(edit.images), len(edit.elements))
    if len(said.words) > MOST_WORDS:
        raise Refused(
            f"An instruction may have {MOST_WORDS} words; this one has {len(said.words)}."
        )
    found: list[Part] = [*kept(said), *declined(said)]
    found += [reading for kind in OPS for reading in kind.read(said)]
    found += qualities(said)
    chosen = choose(found)
    readings = [r for r in chosen if isinstance(r, Reading)]
    keeps = [k for k in chosen if isinstance(k, Kept)]
    taken = frozenset[int]().union(*(accounted(part) for part in chosen))
    idle = taken | glue(said)
    left = [i for i in range(len(said.words)) if i not in idle]
    if left or not readings:
        done = frozenset[int]().union(*(accounted(r) for r in readings))
        raise refuse(edit.prompt, said, _in_order(readings), done, left)
    ops = _without_implied(_ordered(readings))
    _agree(ops)
    _refrain([part for part in chosen if isinstance(part, Declined)], ops)
    for keep in keeps:
        _honour(keep, ops, edit)
    return Plan(ops, tuple(dict.fromkeys(keep.thing for keep in keeps)))


def _in_order(readings: Sequence[Reading]) -> list[Op]:
    """The ops of readings by stage, then as they were said."""
    return [r.op for r in sorted(readings, key=lambda r: (r.op.stage, min(r.words)))]


def _ordered(readings: list[Reading]) -> tuple[Op, ...]:
    """Ops by stage, then as they were said; what was said twice once."""
    ops: list[Op] = []
    for op in dict.fromkeys(_in_order(readings)):
        same = next((i for i, o in enumerate(ops) if type(o) is type(op)), None)
        if same is None or op.stage < Stage.LIGHT or op.stage is Stage.TEXT:
            ops.append(op)
        elif ops[same] == type(op)():
            ops[same] = op
        elif op != type(op)():
            raise _both(ops[same], op)
    return tuple(ops)


def _without_implied(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """The ops less those that others hold already: a film noir is black and white."""
    held = {name for op in ops for name in groups()["implied"].get(op.name, ())}
    return tuple(op for op in ops if op.name not in held)


def _agree(ops: tuple[Op, ...]) -> None:
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


def _refrain(parts: Sequence[Declined], ops: tuple[Op, ...]) -> None:
    """Raises CannotDo when the instruction asks for an op and asks not to use it."""
    for part in parts:
        if both := next((op for op in ops if isinstance(op, part.op)), None):
            why = "it is asked for and asked not to be used"
            raise Refused(
                f"This asks for {both.say()} and asks not to use it.",
                cannot=[Impossible(both.say(), why)],
            )


def _honour(keep: Kept, ops: tuple[Op, ...], edit: Edit) -> None:
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


@cache
def _vocabulary() -> frozenset[str]:
    """Every piece of every phrase, and the glue."""
    said = {
        p
        for kind in OPS
        for template in getattr(kind, "phrases", ())
        for phrase in spelled(template)
        for p in pieces(phrase)
    }
    degrees = {p for phrase in language().degrees for p in phrase}
    known = language()
    return frozenset(said | degrees).union(
        known.glue, known.negations, known.removals, known.definite, known.changes
    )


@cache
def _correctable() -> tuple[str, ...]:
    return tuple(sorted(w for w in _vocabulary() if len(w) >= 6 and w.isalpha()))


def _spelled(prompt: str) -> str:
    """The prompt with the misspelled long words of known phrases put right."""
    found = re.compile(
        rf"(?P<own>{QUOTED}|\b{SPEAKING}\s.*)|[^\W\d_]{{6,}}", re.IGNORECASE | re.DOTALL
    )
    return found.sub(lambda m: m[0] if m["own"] else _corrected(m[0]), prompt)


def _corrected(word: str) -> str:
    """The known word this is a slip of: one letter (two in long words), never the first or only the last."""
    plain = canonical(word.lower())
    if plain in _vocabulary() or plain in VOCABULARY:
        return word
    from rapidfuzz.distance import OSA  # noqa: PLC0415  slow to import, and most prompts need none

    for known in _correctable():
        slips = 2 if len(known) >= 9 else 1
        if plain[0] != known[0] or OSA.distance(plain, known, score_cutoff=slips) > slips:
            continue
        if plain[:-1] == known or plain[:-1] == known[:-1]:
            continue  # another ending is another word: painter, painting, paintings
        return known
    return word
