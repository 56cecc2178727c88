"""What a prompt asks of a still image: camera moves, matter that drifts, ops; the rest describes it.

A prompt for a still mixes what is to be seen with what is to happen. A clause that begins with a verb of
asking (`make`, `add`, `animate`) is an instruction, and every word of it must be understood. Any other
clause describes the picture, which holds it already, unless a verb of doing says that something in it
acts: no classical method makes a person, an animal or a thing of a still act, so that is a refusal.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cutroom.engines.classical.op import Op, Stage
from cutroom.engines.classical.ops import NAMES, named
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.keep import Kept, broken, kept
from cutroom.engines.classical.planner.language import language, pieces
from cutroom.engines.classical.planner.likely import likely
from cutroom.engines.classical.planner.refusal import Impossible, Refused
from cutroom.engines.classical.stills import phrasing
from cutroom.errors import CannotDo

_STAGES = {Stage.LIGHT, Stage.WEATHER, Stage.LOOK}
"""Stages whose ops need nothing but pictures, so that they can go over a film made of a still."""
_FALLING = frozenset({
    "falls", "falling", "fall", "snowing", "snows", "raining", "rains", "drifting", "drifts", "rolling", "rolls",
    "blowing", "blows", "flying", "flies", "swirling", "swirls", "pouring", "pours", "rising", "floating",
    "snowfall", "rainfall", "flurries",
})  # fmt: skip
"""Words by which a clause that only describes still says that weather is to move."""
MOVES = (
    "camera moves (zoom in, zoom out, push in, pull out, pan, tilt, truck, rise, sink, orbit, roll, Ken Burns,"
    " handheld, static), moving water, drifting clouds, flickering fire, and weather, light and looks"
    " (“make it snow”, “add falling leaves”, “make it sepia”)"
)


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the camera; `amount` 1 is its usual reach."""

    move: str
    amount: float = 1.0
    act: int = 0
    """Moves of one act go together, acts one after another."""

    def say(self) -> str:
        """`slow zoom in`."""
        pace = "slow " if self.amount < 1 else "strong " if self.amount > 1 else ""
        return f"{pace}{self.move.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Drift:
    """Matter of the picture set in motion: water, sky or fire."""

    region: str
    pace: float = 1.0

    def say(self) -> str:
        """`the water moves`."""
        what = {"water": "the water moves", "sky": "the clouds drift", "fire": "the fire flickers"}
        return what[self.region]


@dataclass(frozen=True, slots=True)
class Wish:
    """All that is to happen to a still."""

    moves: tuple[Move, ...] = ()
    drifts: tuple[Drift, ...] = ()
    ops: tuple[Op, ...] = ()
    described: tuple[str, ...] = ()
    """Clauses taken as a description of the picture: nothing is done about them."""
    kept: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values: `ops`, what is `kept`, and what was read as `described`."""
        moves = [{"op": "camera", **asdict(m), "say": m.say()} for m in self.moves or (GENTLE,)]
        drifts = [{"op": "drift", **asdict(d), "say": d.say()} for d in self.drifts]
        ops = [{"op": o.name, **asdict(o), "say": o.say()} for o in self.ops]  # type: ignore[call-overload]  # every op is a dataclass, which a Protocol cannot say
        return {
            "ops": moves + drifts + ops,
            "kept": list(self.kept),
            "described": list(self.described),
        }


GENTLE = Move("push_in", 0.6)
"""What is done where no move is named: a slow push in."""


@dataclass(frozen=True)
class _Part:
    """Something understood, and the words that say it."""

    words: frozenset[int]
    value: Move | Drift | Op | Kept
    weight: float = 1.0


def wish(prompt: str, *, towards: bool = False, acts: bool = False) -> Wish:
    """What a prompt asks of a still, `towards` a last image if there is one, `acts` where what it shows may act. Raises CannotDo, naming the words it cannot carry out."""
    said = Instruction(phrasing.without_passage(prompt) if towards else prompt)
    clauses = phrasing.clauses(said)
    parts = _chosen([*_moves(said), *_drifts(said), *_ops(said, clauses), *_kept(said)])
    taken = frozenset[int]().union(*(p.words for p in parts))
    described = []
    for clause in clauses:
        free = [i for i in clause.words if i not in taken]
        left = [i for i in free if not _glue(said, i, asks=clause.asks)]
        doing = left if clause.asks else [] if acts else phrasing.doing(said, clause, free)
        doing = doing or ([] if towards else phrasing.altering(said, free))
        if doing:
            raise _refusal(said, doing, clause, parts)
        if left:
            described.append(said.prompt[said.words[left[0]].start : said.words[left[-1]].end])
    values = [p.value for p in sorted(parts, key=lambda p: min(p.words))]
    result = Wish(
        tuple(dict.fromkeys(v for v in values if isinstance(v, Move))),
        tuple({v.region: v for v in values if isinstance(v, Drift)}.values()),
        _ordered([v for v in values if not isinstance(v, Move | Drift | Kept)]),
        tuple(described),
        tuple(v.thing for v in values if isinstance(v, Kept)),
    )
    _agree(result, [v for v in values if isinstance(v, Kept)])
    return result


def _moves(said: Instruction) -> Iterator[_Part]:
    """Every camera move, with the act it belongs to."""
    spoken = [
        (name, found)
        for name, pattern in phrasing.move_patterns().items()
        for found in said.find(pattern)
    ]
    thens = [i for i, w in enumerate(said.words) if w.text in {"then", "before", "afterwards"}]
    first = min((min(found.words) for _, found in spoken), default=0)
    for name, found in spoken:
        at = min(found.words)
        if name != "static" and phrasing.negated(said, at):
            continue
        act = sum(first < t < at for t in thens)
        amount = phrasing.pace(said.words[i].text for i in found.words)
        yield _Part(found.words, Move(name, amount, act))


def _drifts(said: Instruction) -> Iterator[_Part]:
    for region, patterns in phrasing.drift_patterns().items():
        for pattern in patterns:
            for found in said.find(pattern):
                if phrasing.negated(said, min(found.words)):
                    continue
                pace = phrasing.pace(said.words[i].text for i in found.words)
                yield _Part(found.words, Drift(region, pace))


def _ops(said: Instruction, clauses: list[phrasing.Clause]) -> Iterator[_Part]:
    """Ops that are asked for, and weather that a description says is falling."""
    asking = {i for c in clauses if c.asks for i in c.words}
    for kind in likely(said):
        if kind.stage not in _STAGES:
            continue
        for reading in kind.read(said):
            texts = [said.words[i].text for i in sorted(reading.words)]
            falls = kind.stage is Stage.WEATHER and _FALLING & set(texts) and texts[0] != "fall"
            if falls or reading.words <= asking:
                yield _Part(reading.words, reading.op, reading.weight)
    for name, pattern in phrasing.weather_patterns().items():
        for found in said.find(pattern) if name in NAMES else ():
            if not phrasing.negated(said, min(found.words)):
                yield _Part(found.words, named(name)())


def _kept(said: Instruction) -> Iterator[_Part]:
    for keep in kept(said):
        yield _Part(keep.words, keep, keep.weight)


def _chosen(found: list[_Part]) -> list[_Part]:
    """Parts that share no word, those of most words first."""
    taken: frozenset[int] = frozenset()
    parts = []
    for part in sorted(found, key=lambda p: (len(p.words), p.weight), reverse=True):
        if not part.words & taken:
            parts.append(part)
            taken |= part.words
    return parts


def _ordered(ops: list[Op]) -> tuple[Op, ...]:
    return tuple(sorted(dict.fromkeys(ops), key=lambda op: op.stage))


def _glue(said: Instruction, index: int, *, asks: bool) -> bool:
    """Whether a word carries no wish of its own; `move` does not in `make it move`."""
    text = said.words[index].text
    known = language().glue | phrasing.fillers()
    if asks:
        known |= {"move", "moves", "moving"}
    return text.startswith("@") or text in known or all(p in known for p in pieces(text))


_OPPOSITES = (
    ("zoom_in", "zoom_out"), ("push_in", "pull_out"), ("pan_left", "pan_right"), ("tilt_up", "tilt_down"),
    ("truck_left", "truck_right"), ("rise", "sink"), ("orbit_left", "orbit_right"), ("roll_left", "roll_right"),
)  # fmt: skip


def _agree(asked: Wish, keeps: list[Kept]) -> None:
    """Raises CannotDo where one wish excludes another."""
    names = {m.move for m in asked.moves}
    if "static" in names and len(names) > 1:
        raise CannotDo(
            "This asks for a camera that stays still and for one that moves: only one can be."
        )
    for act in {m.act for m in asked.moves}:
        together = {m.move for m in asked.moves if m.act == act}
        for one, other in _OPPOSITES:
            if {one, other} <= together:
                raise CannotDo(
                    f"This asks for {one.replace('_', ' ')} and {other.replace('_', ' ')} at once;"
                    " say “then” between them to have one after the other."
                )
    for keep in keeps:
        if op := broken(keep, asked.ops):
            raise CannotDo(
                f"{op.say().capitalize()} changes the whole picture, so “{keep.thing}” cannot be kept as it is."
            )


def _refusal(
    said: Instruction, doing: list[int], clause: phrasing.Clause, parts: list[_Part]
) -> CannotDo:
    acts = [said.words[i].text for i in doing[:6]]
    quoted = ", ".join(f"“{act}”" for act in acts)
    understood = tuple(dict.fromkeys(p.value.say() for p in parts if not isinstance(p.value, Kept)))
    why = (
        f"This engine does not know how to do {quoted} to a still image."
        if clause.asks
        else f"Something is to become what the image does not show ({quoted}), and this engine cannot draw that."
        if doing == phrasing.altering(said, doing)
        else f"The prompt has something in the picture act ({quoted}); a still gives no more than one pose of it,"
        " and this engine moves the camera, the weather, water, clouds and fire, not people, animals or things."
    )
    known = f" It did understand: {', '.join(understood)}." if understood else ""
    return Refused(
        f"{why}{known} It can do: {MOVES}.",
        understood,
        tuple(Impossible(act, "the image does not show it") for act in acts),
    )
