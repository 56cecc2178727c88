"""Weights that somebody put there."""

import json

import pytest
from click.testing import CliRunner

from cutroom.cli.app import app
from cutroom.weights.held import Held, State
from cutroom.weights.rows import weight_sets

ROW = weight_sets()["bernini-r-1.3b"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(tmp_path))
    made = tmp_path / "weights" / ROW.id
    (made / "transformer").mkdir(parents=True)
    (made / "config.json").write_text("{}")
    (made / "transformer/model.safetensors").write_bytes(b"weights")
    return made


def run(*words):
    done = CliRunner().invoke(app, ["weights", *words])
    return done.exit_code, done.stdout, done.stderr


def test_files_that_were_put_there_are_whole_once_adopted(folder):
    held = Held(folder.parent)
    assert held.state(ROW) is State.PARTIAL
    assert run("adopt", ROW.id)[:2] == (0, f"{ROW.id} is whole: 9 bytes in {folder}\n")
    assert held.state(ROW) is State.WHOLE
    assert run("verify")[:2] == (0, f"{ROW.id} is as it was pulled\n")
    (folder / "config.json").write_text("[]")
    assert run("verify")[0] == 1
    assert run("adopt", ROW.id)[0] == 0, "what was adopted may be adopted again"
    assert run("verify")[0] == 0


def test_what_could_run_is_not_adopted(folder):
    (folder / "transformer/model.bin").write_bytes(b"\x80\x04.")
    code, _, err = run("adopt", ROW.id)
    assert code == 4
    assert err.startswith("cutroom: transformer/model.bin: the weights bernini-r-1.3b are made of")
    assert Held(folder.parent).state(ROW) is State.PARTIAL


def test_what_was_pulled_is_not_adopted_and_nothing_is_nothing(folder):
    run("adopt", ROW.id)
    manifest = folder / "cutroom.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "revision": "0" * 40}))
    assert "were pulled from ByteDance/Bernini-R-1.3B-Diffusers" in run("adopt", ROW.id)[2]
    assert "There is nothing in" in run("adopt", "bernini-r-14b")[2]
