"""benchmarks/diffusion, at tiny size: that it runs, goes on where it stopped, and counts right."""

import argparse
import json
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make gpu")

FOLDER = Path(__file__).parents[3] / "benchmarks" / "diffusion"


@pytest.fixture
def steps(monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.syspath_prepend(str(FOLDER))
    yield __import__("steps")
    for name in (
        "steps",
        "networks",
        "clock",
        "table",
        "kernels",
        "parts",
        "settings",
        "ladder",
        "random_weights",
    ):
        sys.modules.pop(name, None)


def test_it_runs_goes_on_and_writes_its_tables(steps, tmp_path, capsys):
    tiny = ["--tiny", "--out", str(tmp_path), "--repeats", "1"]
    steps.main([*tiny, "--cases", "bernini-1.3b/480p"])
    first = json.loads((tmp_path / "steps.json").read_text())
    rows = first["cases"]["bernini-1.3b/480p"]["steps"]
    assert [row["mode"] for row in rows] == ["v2v", "rv2v"]
    assert all(row["seconds"] > 0 and row["plain_seconds"] > 0 for row in rows)
    assert rows[1]["tflop"] > 2 * rows[0]["tflop"] > 0
    steps.main([*tiny, "--cases", "bernini-1.3b/480p", "wan-5b/480p", "parts"])
    both = json.loads((tmp_path / "steps.json").read_text())["cases"]
    assert both["bernini-1.3b/480p"] == first["cases"]["bernini-1.3b/480p"]
    assert len(both["parts"]["parts"]) == 11
    written = (tmp_path / "steps.md").read_text()
    assert "| wan-5b | t2v | 480p x 9 | 2 |" in written
    assert "Tiny networks" in written
    assert written in capsys.readouterr().out
    with pytest.raises(SystemExit, match="other options"):
        steps.main([*tiny, "--cases", "parts", "--fp8"])


def test_a_case_that_the_budget_does_not_reach_is_left_out(steps, tmp_path, capsys):
    steps.main(
        ["--tiny", "--out", str(tmp_path), "--cases", "wan-14b/480p", "--budget-seconds", "0"]
    )
    assert json.loads((tmp_path / "steps.json").read_text())["cases"] == {}
    assert "wan-14b/480p: left out" in capsys.readouterr().err


def test_kernels_are_right_and_settings_are_timed(steps, tmp_path):
    steps.main(
        ["--tiny", "--out", str(tmp_path), "--cases", "attention", "settings", "--repeats", "1"]
    )
    told = json.loads((tmp_path / "steps.json").read_text())["cases"]
    rows = told["attention"]["attention"]
    assert {row["kernel"] for row in rows} == set(sys.modules["kernels"].NAMES)
    assert all(row["off"] < 1e-5 for row in rows if row["kernel"] == "native")
    assert len(told["settings"]["settings"]) == 3
    assert "weights in fp8" in (tmp_path / "steps.md").read_text()


def test_operations_at_full_size_are_what_was_counted_elsewhere(steps):
    bench = object.__new__(steps.Bench)
    bench.given, bench.dtype = argparse.Namespace(tiny=False), torch.bfloat16
    model, size = steps.MODELS["bernini-14b"], steps.SIZES[0]
    a_pass = bench.counted(model, size, steps.Pass())
    assert a_pass == pytest.approx(1678e12, rel=0.001)  # Wan 14B, 832 x 480 x 81
    step = sum(bench.counted(model, size, one) for one in steps.MODES["rv2v"])
    assert step / 790e12 == pytest.approx(22.60, rel=0.001)


def test_a_window_is_made_on_the_rungs(steps, tmp_path, capsys):
    ladder = __import__("ladder")
    told = [
        "--tiny",
        "--folder",
        str(tmp_path / "weights"),
        "--out",
        str(tmp_path),
        "--rungs",
        "tiles",
        "resident",
    ]
    ladder.main(told)
    rows = json.loads((tmp_path / "ladder.json").read_text())["rungs"]
    assert [row["rung"] for row in rows] == ["resident", "tiles"]
    assert all(row["seconds"] > 0 and row["spread"] > 0 for row in rows)
    assert rows[1]["differs"] == 0  # a frame is no larger than a tile
    assert "| tiles |" in capsys.readouterr().out
