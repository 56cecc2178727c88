"""What an instruction comes to: ops in the order they are carried out; a value with a JSON form."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import Any

from cutroom.engines.classical.op import Op
from cutroom.errors import InvalidParams

VERSION = 1
"""Of the JSON form; a reader refuses any other."""
MOST_OPS = 40
GRAMMAR = "grammar"
"""The `planner` of plans that no model made."""
_LONGEST = 300
"""Letters of a text in a plan."""
_LARGEST = 100_000.0
_STRONGEST = 5.0
"""Largest value of what degrees scale."""
_TOLD = frozenset({"op", "say"})
_PLAN = frozenset({"version", "ops", "kept", "planner", "engine", "length", "seconds"})


@dataclass(frozen=True, slots=True)
class Plan:
    """Ops in their order, and what was asked to stay as it is."""

    ops: tuple[Op, ...]
    kept: tuple[str, ...] = ()
    planner: str = GRAMMAR
    """Who read the prompt: `grammar`, the name of a model, or `file`."""

    def say(self) -> str:
        """The plan in one line: `night grade, then snow`."""
        return ", then ".join(op.say() for op in self.ops)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values; `from_json` reads it back."""
        ops = [{"op": op.name, **asdict(op), "say": op.say()} for op in self.ops]  # type: ignore[call-overload]  # every op is a dataclass, which a Protocol cannot say
        return {
            "version": VERSION,
            "ops": ops,
            "kept": list(self.kept),
            "planner": self.planner,
        }

    @classmethod
    def from_json(cls, data: object, known: Sequence[type[Op]]) -> "Plan":
        """A plan of `known` ops from its JSON, in the order of their stages.

        Raises InvalidParams that says where it is wrong: an unknown op or field, a value of another
        type or out of its range, another version.
        """
        if not isinstance(data, Mapping):
            raise _wrong("plan", "must be a JSON object")
        if data.get("version") != VERSION:
            raise _wrong("version", f"must be {VERSION}")
        if strange := sorted(map(str, data.keys() - _PLAN)):
            raise _wrong(strange[0], "is no field of a plan")
        rows = data.get("ops")
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_OPS:
            raise _wrong("ops", f"must be a list of 1 to {MOST_OPS} ops")
        by_name = {kind.name: kind for kind in known}
        ops = [_op(by_name, row, f"ops[{n}]") for n, row in enumerate(rows)]
        kept = data.get("kept", [])
        if not isinstance(kept, list) or not all(_is_text(one) for one in kept):
            raise _wrong("kept", "must be a list of texts")
        planner = data.get("planner", "file")
        if not _is_text(planner):
            raise _wrong("planner", "must be a text")
        return cls(tuple(sorted(ops, key=lambda op: op.stage)), tuple(kept), planner)


def _op(by_name: Mapping[str, type[Op]], row: object, where: str) -> Op:
    if not isinstance(row, Mapping):
        raise _wrong(where, "must be an object with `op`")
    kind = by_name.get(row["op"]) if isinstance(row.get("op"), str) else None
    if kind is None:
        near = " or ".join(get_close_matches(str(row.get("op")), by_name, 3, 0.65))
        hint = f"perhaps {near} is meant" if near else "docs/07-classical-engine.md lists them"
        raise _wrong(f"{where}.op", f"is {row.get('op')!r:.80}, which is no op; {hint}")
    given = {key: value for key, value in row.items() if key not in _TOLD}
    there = fields(kind)  # type: ignore[arg-type]  # every op is a dataclass, which a Protocol cannot say
    names = [field.name for field in there]
    for key, value in given.items():
        if key not in names:
            has = f"it has {', '.join(names)}" if names else "it has none"
            raise _wrong(f"{where}.{key!s:.80}", f"is no parameter of {kind.name}; {has}")
        _check(kind, key, value, f"{where}.{key}")
    return _made(kind, given, where)


def _made(kind: type[Op], given: Mapping[str, Any], where: str) -> Op:
    """The op of values whose types fit. Raises InvalidParams."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  not needed to edit by prompt

    try:
        # Strict JSON: lists become the tuples of frozen ops, and nothing else is bent to fit.
        return _types(TypeAdapter, kind).validate_json(json.dumps(dict(given)), strict=True)  # type: ignore[no-any-return]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join([where, *(str(part) for part in first["loc"])])
        raise _wrong(place, first["msg"].lower().removeprefix("input ")) from error
    except (ValueError, TypeError) as error:  # of an op's own checks
        raise _wrong(where, str(error)) from error


@cache
def _types(adapter: Any, kind: type[Op]) -> Any:  # noqa: ANN401  # pydantic's own types are not loaded here
    return adapter(kind)


def _check(kind: type[Op], key: str, value: object, where: str) -> None:
    """Raises InvalidParams for a value that no op takes, or that this one says it does not."""
    low, high = _bounds(kind, key)
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, str) and len(one) > _LONGEST:
            raise _wrong(where, f"must have at most {_LONGEST} letters")
        number = isinstance(one, int | float) and not isinstance(one, bool)
        if number and not low <= one <= high:  # no NaN is
            raise _wrong(where, f"must be between {low:g} and {high:g}")
    choices = getattr(kind, "choices", {}).get(key)
    if choices is not None and value not in choices:
        raise _wrong(where, f"must be one of {', '.join(repr(one) for one in choices)}")


def _bounds(kind: type[Op], key: str) -> tuple[float, float]:
    if key in getattr(kind, "bounds", {}):
        low, high = kind.bounds[key]  # type: ignore[attr-defined]
        return low, high
    if key == getattr(kind, "scaled", "strength"):
        return 0.0, _STRONGEST
    return -_LARGEST, _LARGEST


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _wrong(where: str, what: str) -> InvalidParams:
    return InvalidParams(f"This is no plan that can be carried out: {where} {what}.")
