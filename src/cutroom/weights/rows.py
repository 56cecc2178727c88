"""The rows of `weights.toml` and `recipes.toml`: sets of weights, and how each kind of work is done with them."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from cutroom.errors import InvalidParams
from cutroom.types import Kind
from cutroom.weights.soundness import sound

Row = TypeVar("Row")


class Profile(StrEnum):
    """How much machine a recipe is made for."""

    SMALL = "small"
    """One card of 16 GB."""
    DEFAULT = "default"
    """One card of 48 to 141 GB."""
    QUALITY = "quality"
    """As `default`, with all the steps: several times as long."""


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One repository of open weights on the hub, or a part of one."""

    id: str
    """As `cutroom weights pull` names it."""
    repo: str
    """`owner/name` on the hub."""
    title: str
    licence: str
    """SPDX id, or the licence's own name."""
    restricted: bool
    """Whether it may only be used with the operator's written yes (CUTROOM_ACCEPT_LICENCE)."""
    bytes: int
    """About how large the files are that are fetched."""
    files: tuple[str, ...]
    """Patterns of the files that are fetched; only safetensors, JSON, text and tokenizers ever are."""
    revision: str = ""
    """Commit to fetch; empty: the newest at the first pull, which is then written down and kept to."""
    notice: str = ""
    """What whoever uses it should know, in one sentence."""
    adapters: tuple[str, ...] = ()
    """LoRA files of the set, in the order of the transformers they belong to: that of the high noise first."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one kind of work is done in one profile."""

    profile: Profile
    kind: Kind
    family: str
    """Which pipeline of ours runs the weights: `wan`, `bernini`, `vace`, `animate`."""
    weights: tuple[str, ...]
    """Ids of sets of weights: the base first, then the LoRAs."""
    memory: int
    """Bytes of GPU memory with everything resident."""
    memory_least: int
    """Bytes of GPU memory without which even the last rung of the ladder is not tried."""
    rate: int
    """Frames a second that the weights were trained at."""
    window: int
    """Most frames at once, of the form 4k+1."""
    multiple: int
    """What both sides of a frame must be divisible by."""
    long_side: int
    """Pixels of a frame's longer side, at most."""
    area: int
    """Pixels of a frame, about."""
    steps: int
    overlap: int = 0
    """Frames that two windows share; a multiple of 4, plus 1. 1: a window begins at the last frame of the one before."""
    shift: float = 3.0
    """Flow shift of the sampler."""
    guidance: Mapping[str, float] = field(default_factory=dict)
    """The family's own guidance scales by name; empty: distilled weights, one forward a step without guidance.

    `wan` and `vace`: `text`, and `text_low` for the low-noise expert where it has one of its own. `bernini`: `video`,
    `image`, `text`, and `low`, what these are multiplied by for the low-noise expert. `animate`: `text`.
    """
    images: int = 0
    """Most slots for images besides the video."""
    when: str = ""
    """Which edits of the kind it is for: with a last frame (`tail`), a first (`start`), images to show (`references`).

    Empty: for the others. The first recipe in the order of the rows that is for an edit is taken.
    """
    first: bool = False
    """Whether a shot can begin at a given frame; what makes films longer than one window."""
    last: bool = False
    """Whether a shot can end at a given frame."""
    sound: bool = False
    """Whether the weights make sound."""


_TABLES: Mapping[type, str] = {WeightSet: "weights", Recipe: "recipe"}
"""What the rows of each class stand under."""
_LARGEST = 1_000_000
"""Bytes of an operator's file."""


@cache
def weight_sets() -> Mapping[str, WeightSet]:
    """Every set of weights by its id. Raises InvalidParams for an operator's row that is none."""
    found: dict[str, WeightSet] = {}
    for row in _table("weights"):
        made = _made(WeightSet, row, files=tuple, adapters=tuple)
        found.setdefault(made.id, made)
    return MappingProxyType(found)


@cache
def recipes() -> tuple[Recipe, ...]:
    """Every recipe, in the order of their rows. Raises InvalidParams for an operator's row that is none."""
    found = tuple(
        _made(Recipe, row, profile=Profile, kind=Kind, weights=tuple)
        for row in _table("recipe", "recipes")
    )
    known = weight_sets()
    for one in found:
        for name in one.weights:
            if name not in known:
                raise InvalidParams(
                    f"A row [[recipe]] ({one.kind}) of CUTROOM_RECIPES is wrong: there are no weights {name!r};"
                    " a row [[weights]] of that id would make them known."
                )
    return found


def _made(row_class: type[Row], row: dict[str, Any], **turned: Callable[[Any], object]) -> Row:
    name = row.get("id") or row.get("kind") or "without a name"
    try:
        sound(row_class, row)
        return row_class(**{k: turned[k](v) if k in turned else v for k, v in row.items()})
    except (TypeError, ValueError) as error:
        told = f"A row [[{_TABLES[row_class]}]] ({name}) of CUTROOM_RECIPES is wrong: {error}."
        raise InvalidParams(told) from None


def size(count: int) -> str:
    """A number of bytes as sentences tell it: `126 GB`, `2.49 GB`, `310 kB`."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.0f} GB" if amount >= 100 else f"{amount:.3g} GB"


def _table(name: str, file: str = "") -> list[dict[str, Any]]:
    text = resources.files("cutroom.weights").joinpath(f"{file or name}.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[name]
    return [*_operators().get(name, ()), *rows]


def _operators() -> Mapping[str, list[dict[str, Any]]]:
    """The rows of the file that CUTROOM_RECIPES names; they go before ours. Raises InvalidParams."""
    if not (file := os.environ.get("CUTROOM_RECIPES", "").strip()):
        return {}
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise InvalidParams(f"CUTROOM_RECIPES: {file} cannot be read: {error.strerror}.") from None
    if len(content) > _LARGEST:
        raise InvalidParams(f"CUTROOM_RECIPES: {file} has more than {size(_LARGEST)}.")
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except ValueError as error:
        raise InvalidParams(f"CUTROOM_RECIPES: {file} cannot be read: {error}.") from None
    for name, rows in found.items():
        if name not in _TABLES.values():
            raise InvalidParams(
                f"CUTROOM_RECIPES: {file} holds {name}; it may hold [[recipe]] and [[weights]]."
            )
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InvalidParams(f"CUTROOM_RECIPES: {file} holds a {name} that is no [[{name}]].")
    return found
