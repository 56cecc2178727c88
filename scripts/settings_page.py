"""Write docs/settings.md from cutroom.settings; run by `make docs`, compared by tests/test_docs.py."""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cutroom import settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """\
# Settings

Every setting is an environment variable that begins with `CUTROOM_`; `cutroom serve --port` and its
like override theirs. JSON stands where a setting holds a list or an object:
`CUTROOM_FETCH_MAP='{"https://example.com/": "/srv/media"}'`. A value that cannot be read stops the
program with the reason. This page is written by `make docs` from
[`src/cutroom/settings.py`](../src/cutroom/settings.py).

| variable | default | meaning |
| --- | --- | --- |
"""


def meanings() -> Iterator[tuple[str, str]]:
    """(field, its docstring) of Settings, in the order of the source."""
    tree = ast.parse(inspect.getsource(settings.Settings)).body[0]
    assert isinstance(tree, ast.ClassDef)
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(after, ast.Expr), f"{field.target.id} says nothing of itself"
            assert isinstance(after.value, ast.Constant), field.target.id
            yield field.target.id, " ".join(str(after.value.value).split())


def default(name: str, field: FieldInfo) -> str:
    """A default as one would write it into the environment."""
    value = field.default
    if name == "data_dir":
        return "`~/.cutroom`"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value == "":
        return ""
    if isinstance(value, bool | dict | tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def page() -> str:
    """The whole page."""
    fields = settings.Settings.model_fields
    rows = [
        f"| `CUTROOM_{name.upper()}` | {default(name, fields[name])} | {meaning} |\n"
        for name, meaning in meanings()
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
