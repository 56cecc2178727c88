"""The sentence of a refusal: what was understood, what cannot be done and why, and what could be."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cutroom.engines.classical.op import Op, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.clauses import clauses
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import language, tokens
from cutroom.errors import CannotDo

_NAMED = 3
"""Ops that a refusal names of each stage; the documentation lists all."""
_PAGE = "docs/07-classical-engine.md"

ABILITIES = {
    Stage.LOOK: "looks",
    Stage.LIGHT: "light",
    Stage.WEATHER: "weather",
    Stage.BACKGROUND: "background",
    Stage.OBJECT: "objects",
    Stage.TIME: "time",
    Stage.STEADY: "camera",
    Stage.FRAME: "frame",
    Stage.TEXT: "text",
}


@dataclass(frozen=True, slots=True)
class Impossible:
    """A part of the instruction that no op does: as it was written, and why."""

    text: str
    why: str
    nearest: tuple[str, ...] = ()
    """What comes near, in words the planner reads."""


class Refused(CannotDo):
    """An instruction that cannot be carried out as a whole."""

    def __init__(
        self, message: str, understood: Sequence[str] = (), cannot: Sequence[Impossible] = ()
    ) -> None:
        super().__init__(message)
        self.understood = tuple(understood)
        """What the rest of the instruction would have come to, as the plan says it."""
        self.cannot = tuple(cannot)

    def to_json(self) -> dict[str, Any]:
        """The refusal as JSON values."""
        return {
            "message": self.message,
            "understood": list(self.understood),
            "cannot": [asdict(part) for part in self.cannot],
        }


def refuse(
    prompt: str, said: Instruction, ops: Sequence[Op], taken: frozenset[int], left: Sequence[int]
) -> Refused:
    """The refusal of an instruction whose words `left` nothing accounts for (none: nothing was asked)."""
    parts = tuple(impossible(text) for text in _parts(said, taken, left))
    if not prompt.strip():
        return Refused(f"The prompt is empty: say what should change. {able()}")
    if not parts:
        return Refused(f"Nothing in “{_short(prompt)}” says what should change. {able()}")
    understood = tuple(dict.fromkeys(op.say() for op in ops))
    reasons = "; ".join(f"“{_short(part.text)}” ({part.why})" for part in parts)
    sentences = [f"This engine cannot do {reasons}, so nothing was changed."]
    if understood:
        sentences.append(f"It did understand: {', '.join(understood)}.")
    if near := list(dict.fromkeys(offer for part in parts for offer in part.nearest))[:3]:
        sentences.append(f"Nearest that it can do: {', '.join(f'“{n}”' for n in near)}.")
    sentences.append(able())
    return Refused(" ".join(sentences), understood, parts)


def impossible(text: str) -> Impossible:
    """A part with its reason and what comes near to it."""
    from cutroom.engines.classical.scenes.places import PLACES  # noqa: PLC0415  draws them, too

    words = " ".join(text.lower().split())
    reason = next(one for one in _reasons() if re.search(one["when"], words))
    why = reason["why"].format(places=", ".join(PLACES))
    offers = [*nearby([words]), *([reason["near"]] if "near" in reason else [])]
    return Impossible(text, why, tuple(dict.fromkeys(offers))[:3])


def able() -> str:
    """One sentence on what the ops can do: a few of each stage, and where all of them stand."""
    told = []
    for stage, title in ABILITIES.items():
        names = [kind.name.replace("_", " ") for kind in OPS if kind.stage is stage]
        more = ", ..." if len(names) > _NAMED else ""
        told.append(title if names == [title] else f"{title} ({', '.join(names[:_NAMED])}{more})")
    return f"It can change: {'; '.join(told)}. Everything, with examples: {_PAGE}."


def nearby(parts: Sequence[str]) -> list[str]:
    """Up to three phrases of ops that come near to what was asked."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  slow to import, and only refusals need it

    close: list[str] = []
    for part in parts:
        words = f" {part.lower()} "
        close += [offer for asked, offer in _nearby().items() if f" {asked} " in words]
        close += [
            phrase
            for phrase, _, _ in process.extract(
                part.lower(), _phrases(), scorer=fuzz.ratio, score_cutoff=72, limit=2
            )
        ]
    return list(dict.fromkeys(close))[:3]


@cache
def _nearby() -> dict[str, str]:
    data = tomllib.loads((files(__package__) / "groups.toml").read_text("utf-8"))
    return dict(data["nearby"])


@cache
def _reasons() -> list[dict[str, str]]:
    data = tomllib.loads((files(__package__) / "reasons.toml").read_text("utf-8"))
    return list(data["reason"])


@cache
def _phrases() -> tuple[str, ...]:
    plain = (p for kind in OPS for p in getattr(kind, "phrases", ()) if not set(p) & set("([{|"))
    return tuple(dict.fromkeys(plain))


def _parts(said: Instruction, taken: frozenset[int], left: Sequence[int]) -> list[str]:
    """What nothing accounts for, as it was written: whole clauses of which nothing was understood, else words."""
    its: dict[int, int] = {}
    for token, number in zip(tokens(said), clauses(said), strict=True):
        its.setdefault(token.word, number)
    parts: list[str] = []
    for number in dict.fromkeys(its[i] for i in left):
        words = [i for i in its if its[i] == number]
        if not taken & set(words):
            parts.append(_written(said, words))
        else:
            parts += _groups(said, taken, [i for i in left if its[i] == number])
    return parts


def _written(said: Instruction, words: Sequence[int]) -> str:
    """The clause without the marks and joints at its ends."""
    bare = [i for i in words if said.words[i].text not in language().joints]
    return said.prompt[said.words[bare[0]].start : said.words[bare[-1]].end] if bare else ""


def _groups(said: Instruction, taken: frozenset[int], left: Sequence[int]) -> list[str]:
    """The words `left` with the glue between two of them."""
    parts: list[str] = []
    group: list[int] = []
    for index in [*left, -1]:
        between = range(group[-1] + 1, index) if group and index >= 0 else ()
        apart = any(i in taken or said.words[i].text in ".,;:!?" for i in between)
        if group and (index < 0 or apart):
            parts.append(said.prompt[said.words[group[0]].start : said.words[group[-1]].end])
            group = []
        group.append(index)
    return parts


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "…"
