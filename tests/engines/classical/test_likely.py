"""Which ops are worth importing for a prompt: never fewer than those that find something in it."""

import importlib.util
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cutroom.engines.classical.ops import NAMES, OPS, named
from cutroom.engines.classical.planner import likely as likely_ops
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.likely import likely
from cutroom.engines.classical.planner.template import spelled

HERE = Path(__file__).parent
SCRIPT = HERE.parents[2] / "scripts" / "op_words.py"


def labelled() -> list[str]:
    pages = (HERE / name for name in ("labelled_prompts.toml", "held_out_prompts.toml"))
    return [prompt for page in pages for prompt in said_in(tomllib.loads(page.read_text("utf-8")))]


def said_in(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield from said_in(value) if isinstance(value, dict) else (key,)


def first_spellings() -> list[str]:
    return [
        f"please make it {spelled(phrase)[-1]}, and nothing else"
        for kind in OPS
        for phrase in list(getattr(kind, "phrases", {}))[::3]
    ]


@pytest.mark.parametrize(
    "prompts",
    [[e for kind in OPS for e in kind.examples], labelled(), first_spellings()],
    ids=["examples", "labelled", "phrases"],
)
def test_an_op_that_is_not_likely_finds_nothing(prompts: list[str]) -> None:
    asked = 0
    for prompt in prompts:
        said = Instruction(prompt, 4, 4)
        among = likely(said)
        asked += len(among)
        for kind in OPS:
            assert kind in among or not list(kind.read(said)), (kind.name, prompt)
    assert asked < 8 * len(prompts)


def test_the_page_of_words_is_what_the_ops_say() -> None:
    spec = importlib.util.spec_from_file_location("op_words", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert likely_ops.PAGE.read_text("utf-8") == script.page(), "run `make docs`"


def test_an_op_that_has_changed_since_is_asked_whatever_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = json.loads(likely_ops.PAGE.read_text("utf-8"))
    rows["fog"]["size"] += 1
    del rows["snow"]
    page = tmp_path / "words.json"
    page.write_text(json.dumps(rows))
    monkeypatch.setattr(likely_ops, "PAGE", page)
    likely_ops._needs.cache_clear()
    try:
        assert [kind.name for kind in likely(Instruction("make it sepia"))] == [
            "sepia",
            "snow",
            "fog",
        ]
        rows["language"]["size"] += 1
        page.write_text(json.dumps(rows))
        likely_ops._needs.cache_clear()
        assert likely(Instruction("make it sepia")) == list(OPS)
    finally:
        likely_ops._needs.cache_clear()


def test_every_file_of_ops_holds_an_op_that_is_named() -> None:
    folder = Path(likely_ops.PAGE).parent
    assert sorted(NAMES) == sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
    assert all(named(name).name == name for name in NAMES)
