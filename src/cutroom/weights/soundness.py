"""Whether what an operator wrote into a row of weights or recipes can be worked with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

FAMILIES = ("animate", "bernini", "vace", "wan")
_WHEN = ("", "references", "start", "tail")
_MOST = 1 << 16
"""Pixels of a side, frames of a window and the like: beyond that a number is a slip."""


def sound(row_class: type, row: Mapping[str, Any]) -> None:
    """Raise ValueError with what is wrong about a row: a field too many, too few, or of no use."""
    known = {one.name: one for one in fields(row_class)}
    if unknown := sorted(row.keys() - known.keys()):
        raise ValueError(f"it has no field {', '.join(unknown)}")
    needed = {
        name
        for name, one in known.items()
        if one.default is MISSING and one.default_factory is MISSING
    }
    if lacking := [name for name in known if name in needed - row.keys()]:
        raise ValueError(f"it lacks {', '.join(lacking)}")
    for name, value in row.items():
        is_right, due = _RULES.get(name, (_text, "a text"))
        if not is_right(value):
            raise ValueError(f"{name} is {value!r}, and must be {due}")
    overlap, window = row.get("overlap", 0), row.get("window", _MOST)
    if overlap >= window:
        raise ValueError(f"overlap is {overlap}, and must be less than the window, {window}")


def _text(value: object) -> bool:
    return isinstance(value, str)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _number(least: float, most: float) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    )


def _count(least: int, most: int = _MOST) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and _number(least, most)(value)


def _frames(least: int) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, int) and _count(least)(value) and (value % 4 == 1 or value == 0)
    )


def _scales(value: object) -> bool:
    return isinstance(value, dict) and all(_number(-1000, 1000)(scale) for scale in value.values())


def _shaped(pattern: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


_BYTES = (_count(0, 1 << 50), "a number of bytes")
_RULES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "id": (
        _shaped(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
        "the name of a folder: letters, digits, dots and dashes",
    ),
    "repo": (_shaped(r"[\w.-]+/[\w.-]+"), "owner/name"),
    "revision": (_shaped(r"([0-9a-f]{40})?"), "a commit of 40 letters"),
    "restricted": (_flag, "true or false"),
    "first": (_flag, "true or false"),
    "last": (_flag, "true or false"),
    "sound": (_flag, "true or false"),
    "files": (_texts, "a list of texts"),
    "adapters": (_texts, "a list of texts"),
    "weights": (lambda value: _texts(value) and bool(value), "a list of ids of weights"),
    "family": (FAMILIES.__contains__, f"one of {', '.join(FAMILIES)}"),
    "when": (_WHEN.__contains__, "references, start, tail, or nothing"),
    "guidance": (_scales, "a table of numbers"),
    "bytes": _BYTES,
    "memory": _BYTES,
    "memory_least": _BYTES,
    "rate": (_count(1, 240), "frames a second, 1 to 240"),
    "window": (_frames(1), "a number of frames of the form 4k+1"),
    "overlap": (_frames(0), "a number of frames of the form 4k+1, or 0"),
    "multiple": (_count(8), "a number of pixels, 8 at least"),
    "long_side": (_count(16), "a number of pixels, 16 at least"),
    "area": (_count(256, 1 << 32), "a number of pixels, 256 at least"),
    "steps": (_count(1, 1000), "a number of steps, 1 to 1000"),
    "shift": (_number(0, 100), "a number, 0 to 100"),
    "images": (_count(0, 64), "a number of images, 0 to 64"),
}
