"""Which ops an instruction may be about, known without importing the others.

`words.json` beside the ops says of each what must be said for it to find anything. `make docs` writes
it anew; an op whose file has changed since is asked whatever is said.
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from cutroom.engines.classical import ops
from cutroom.engines.classical.op import Op
from cutroom.engines.classical.ops import NAMES, OPS, named
from cutroom.engines.classical.planner import language
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.language import pieces, tokens

_OPS = Path(ops.__file__).parent
PAGE = _OPS / "words.json"
"""Name of an op -> `size` of its file in bytes; `words` of which it needs one; or all of `patterns`."""
_LANGUAGE = "language"
"""The row for the words that all phrases share."""


def likely(said: Instruction) -> list[type[Op]]:
    """Every op that finds anything in the instruction, in the order of OPS, and some that do not."""
    heard = {token.text for token in tokens(said)}
    return [named(name) for name in NAMES if _may(name, heard, said.text)]


def _may(name: str, heard: set[str], text: str) -> bool:
    needs = _needs().get(name)
    if needs is None or not heard.isdisjoint(needs["words"]):
        return True
    patterns = needs["patterns"]
    return bool(patterns) and all(re.search(pattern, text) for pattern in patterns)


@cache
def _needs() -> dict[str, Any]:
    """`words.json` as far as it is not out of date."""
    rows: dict[str, Any] = json.loads(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    if rows.get(_LANGUAGE, {}).get("size") != _size(_LANGUAGE):
        return {}
    return {name: row for name, row in rows.items() if row["size"] == _size(name)}


def _size(name: str) -> int:
    here = Path(language.__file__).with_name("language.toml")
    file = here if name == _LANGUAGE else _OPS / f"{name}.py"
    return file.stat().st_size if file.exists() else -1


def needs_of_all() -> dict[str, Any]:
    """What `words.json` should be."""
    from cutroom.engines.classical.planner.template import spelled  # noqa: PLC0415  only for the page

    glue = language.language().glue
    said = {
        kind.name: {pieces(p) for t in getattr(kind, "phrases", ()) for p in spelled(t)}
        for kind in OPS
    }
    common = Counter(word for phrases in said.values() for word in {w for p in phrases for w in p})
    rows: dict[str, Any] = {_LANGUAGE: {"size": _size(_LANGUAGE), "words": [], "patterns": []}}
    for kind in OPS:
        # A phrase is there only where all its words are: the rarest tells most.
        words = {
            min(phrase, key=lambda word: (word in glue, common[word], -len(word), word))
            for phrase in said[kind.name]
        }
        rows[kind.name] = {
            "size": _size(kind.name),
            "words": sorted(words),
            "patterns": _patterns(kind),
        }
    return rows


def _patterns(kind: Any) -> list[str]:  # noqa: ANN401  what an op may have besides, see Op
    """What must all be in the text where the op reads by more than its phrases."""
    if hasattr(kind, "hint"):
        return [kind.hint]
    if hasattr(kind, "hints"):
        return [rf"\b(?:{hint})\b" for hint in kind.hints]
    if hasattr(kind, "nouns"):
        quoted = '|"' if kind.alone else ""
        return [rf"\b(?:{kind.nouns}|{kind.verbs})\b{quoted}"]
    return [] if hasattr(kind, "phrases") else [""]
