"""What attacks try, as data: `corpus.toml` beside this file."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

Rows = Mapping[str, Sequence[str]]
"""Why -> what is tried for that reason."""


@cache
def _read() -> Mapping[str, Any]:
    text = resources.files("cutroom.assault").joinpath("corpus.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def public_ips() -> Sequence[str]:
    """IP addresses at which anybody on the internet may be."""
    ips: Sequence[str] = _read()["addresses"]["public"]["ips"]
    return ips


def refused_ips() -> Rows:
    """IP addresses to which no URL of a caller may lead us."""
    rows: Rows = _read()["addresses"]["refused"]
    return rows


def urls(kind: str, port: int) -> list[tuple[str, str]]:
    """(why, URL) of the rows of one kind: private, malformed, allowed or live; `port` is the listener's."""
    rows: Rows = _read()["urls"][kind]
    return [(why, url.replace("{port}", str(port))) for why, some in rows.items() for url in some]
