"""What is on this machine, and whether it is what was pulled."""

import hashlib
import os
from dataclasses import replace

import pytest

from cutroom.errors import Cancelled, EngineFailed
from cutroom.weights.held import Held, State
from cutroom.weights.manifest import NAME, PULLING, Entry, Manifest
from cutroom.weights.rows import recipes, weight_sets

BASE = weight_sets()["bernini-r-14b"]
LORA = weight_sets()["bernini-r-14b-4-steps"]
RECIPE = next(one for one in recipes() if one.weights == (BASE.id, LORA.id))
FILES = {"config.json": b"{}", "transformer/model.safetensors": b"weights" * 1000}


@pytest.fixture
def held(tmp_path):
    return Held(tmp_path)


def lay(held, row, files=None):
    """Files as a pull leaves them."""
    entries = {}
    for path, content in (files or FILES).items():
        place = held.folder(row) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        entries[path] = Entry(len(content), hashlib.sha256(content).hexdigest())
    Manifest(row.id, row.repo, "0" * 40, entries, row.licence).write(held.folder(row))
    return held.folder(row)


@pytest.fixture
def whole(held):
    lay(held, LORA)
    return lay(held, BASE)


class Counted:
    def __init__(self):
        self.ticks = 0

    def __call__(self, done):
        self.ticks += 1

    def note(self, sentence):
        raise AssertionError(sentence)


def refusal(held, recipe=RECIPE):
    with pytest.raises(EngineFailed) as refused:
        held.folders(recipe)
    return refused.value.message


def test_weights_that_are_not_here_are_told_with_the_command_that_fetches_them(held):
    assert held.state(BASE) is State.MISSING
    assert refusal(held) == (
        "The weights bernini-r-14b and bernini-r-14b-4-steps are not on this machine (about 128 GB):"
        " cutroom weights pull bernini-r-14b bernini-r-14b-4-steps"
    )


def test_only_what_is_absent_is_asked_for(held):
    lay(held, BASE)
    assert refusal(held) == (
        "The weights bernini-r-14b-4-steps are not on this machine (about 2.49 GB):"
        " cutroom weights pull bernini-r-14b-4-steps"
    )


def test_a_pull_that_was_not_finished_is_told_as_such(held):
    lay(held, LORA)
    part = held.folder(BASE) / PULLING / "abc"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    assert held.state(BASE) is State.PARTIAL
    assert refusal(held).startswith("The weights bernini-r-14b are only in part on this machine")


def test_whole_weights_are_given_by_their_ids(held, whole):
    assert held.state(BASE) is State.WHOLE
    assert held.folders(RECIPE) == {BASE.id: whole, LORA.id: held.folder(LORA)}


def test_files_are_hashed_once_and_again_when_they_changed(held, whole):
    first, second, third = Counted(), Counted(), Counted()
    held.folders(RECIPE, first)
    held.folders(RECIPE, second)
    os.utime(whole / "config.json")
    held.folders(RECIPE, third)
    assert (first.ticks, second.ticks, third.ticks) == (4, 0, 1)


def test_a_file_cut_short_fails_the_generation(held, whole):
    held.folders(RECIPE)
    os.truncate(whole / "transformer/model.safetensors", 123)
    assert held.state(BASE) is State.DAMAGED
    assert refusal(held) == (
        "transformer/model.safetensors of the weights bernini-r-14b is not what was pulled: it has 123 bytes instead of"
        " 7000. This fetches what is wrong anew: cutroom weights pull bernini-r-14b"
    )


def test_a_file_of_the_same_size_that_is_another_fails_even_with_its_date_set_back(held, whole):
    held.folders(RECIPE)
    file = whole / "transformer/model.safetensors"
    before = file.stat()
    file.write_bytes(b"WEIGHTS" * 1000)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert held.state(BASE) is State.WHOLE, "sizes alone do not tell"
    assert "its SHA-256 is another. This fetches what is wrong anew" in refusal(held)
    assert "its SHA-256 is another" in refusal(held), "it is not forgotten"


def test_a_file_that_is_gone_fails_the_generation(held, whole):
    (whole / "config.json").unlink()
    assert refusal(held).startswith("config.json of the weights bernini-r-14b is missing.")


def test_a_file_that_somebody_put_there_fails_the_generation(held, whole):
    (whole / "transformer/diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    assert refusal(held) == (
        "transformer/diffusion_pytorch_model.bin of the weights bernini-r-14b was not pulled with them: remove it."
    )


def test_a_folder_under_another_set_s_name_is_not_taken_for_it(held, whole):
    (held.folder(LORA) / NAME).write_bytes((whole / NAME).read_bytes())
    assert held.state(LORA) is State.DAMAGED
    with pytest.raises(EngineFailed, match=f"holds the weights {BASE.id}"):
        held.folders(RECIPE)


def test_a_manifest_that_cannot_be_read_is_no_manifest(held, whole):
    (whole / NAME).write_text("{", "utf-8")
    assert held.state(BASE) is State.DAMAGED
    assert refusal(held).endswith("cutroom weights pull bernini-r-14b writes it anew.")


def test_where_nothing_can_be_written_the_files_are_hashed_every_time(held, whole):
    for row in (BASE, LORA):
        (held.folder(row) / ".checked.json").mkdir()  # a folder: no file can take its place
    for _ in range(2):
        ticks = Counted()
        held.folders(RECIPE, ticks)
        assert ticks.ticks == 4


def test_reading_can_be_stopped(held, whole):
    def stop(_):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(held.faults(BASE, stop))


def test_a_recipe_of_other_sets_can_be_held(held):
    row = replace(BASE, id="tiny", bytes=310_000)
    recipe = replace(RECIPE, weights=("tiny",))
    with pytest.raises(EngineFailed, match=r"about 310 kB"):
        held.folders(recipe, sets={"tiny": row})
    lay(held, row)
    assert held.folders(recipe, sets={"tiny": row}) == {"tiny": held.folder(row)}
