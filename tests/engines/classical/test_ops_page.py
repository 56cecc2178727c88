"""The documentation's table of ops is the list of ops."""

import re
from pathlib import Path

from cutroom.engines.classical.ops import OPS

_PAGE = Path(__file__).parents[3] / "docs" / "07-classical-engine.md"


def test_the_page_has_a_row_for_every_op_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|", _PAGE.read_text("utf-8"), re.MULTILINE)
    assert [name for name, _, _ in rows] == [kind.name for kind in OPS]
    assert {name: said for name, _, said in rows} == {
        kind.name: kind.examples[0].rstrip(".") for kind in OPS
    }
