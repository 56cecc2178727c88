"""The sentence of a refusal: what was understood, what cannot be done, and what could be."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from cutroom.engines.classical.op import Reading, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.errors import CannotDo

_NAMED = 10
"""Ops that a refusal names of each stage; the documentation lists all."""

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


def refuse(
    prompt: str,
    said: Instruction,
    readings: Sequence[Reading],
    taken: frozenset[int],
    left: list[int],
) -> CannotDo:
    """The refusal of an instruction whose words `left` nothing accounts for (none: nothing was asked)."""
    parts = _parts(said, taken, left)
    if not prompt.strip():
        return CannotDo(f"The prompt is empty: say what should change. {able()}")
    if not parts:
        return CannotDo(f"Nothing in “{_short(prompt)}” says what should change. {able()}")
    quoted = ", ".join(f"“{_short(part)}”" for part in parts)
    understood = ", ".join(dict.fromkeys(r.op.say() for r in readings))
    sentences = [f"This engine cannot do {quoted}, so nothing was changed."]
    if understood:
        sentences.append(f"It did understand: {understood}.")
    if near := nearby(parts):
        sentences.append(f"Nearest that it can do: {', '.join(f'“{n}”' for n in near)}.")
    sentences.append(able())
    return CannotDo(" ".join(sentences))


def able() -> str:
    """One sentence on what the ops can do, by stage."""
    told = []
    for stage, title in ABILITIES.items():
        names = [kind.name.replace("_", " ") for kind in OPS if kind.stage is stage]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            told.append(f"{title} ({', '.join(names[:_NAMED])}{more})")
    return f"It can change: {'; '.join(told)}."


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
def _phrases() -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for kind in OPS for p in getattr(kind, "phrases", ())))


def _parts(said: Instruction, taken: frozenset[int], left: list[int]) -> list[str]:
    """The words `left` as the caller wrote them, with the glue between two of them."""
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
