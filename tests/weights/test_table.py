"""The tables of docs/gpu.md are those of the rows."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "model_table.py"


def test_the_tables_are_up_to_date():
    spec = importlib.util.spec_from_file_location("model_table", SCRIPT)
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    assert table.page() == table.PAGE.read_text("utf-8"), "make docs writes it anew"
