"""The list of mutants knows the source as it is; a handful of quick ones is tried, `make mutants` tries all."""

from pathlib import Path

import pytest
from mutants import Laboratory, Mutant, mutants

from cutroom.assault.suite import NAMES

ALL = mutants()
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("mutant", ALL, ids=[one.guard for one in ALL])
def test_the_list_knows_the_source(mutant: Mutant) -> None:
    assert mutant.mutated() != ""
    if mutant.red.startswith("tests/"):
        assert (ROOT / mutant.red.partition("::")[0]).exists()
    else:
        assert set(mutant.red.split()) <= set(NAMES)


def test_there_are_many() -> None:
    assert len({(one.file, one.was, one.becomes) for one in ALL}) == len(ALL) >= 40
    assert len({one.guard for one in ALL}) == len(ALL)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    return Laboratory(tmp_path_factory.mktemp("laboratory"))


def test_without_a_mutation_nothing_is_red(laboratory: Laboratory) -> None:
    assert laboratory.asked("policy") == "survives"


@pytest.mark.parametrize("mutant", [one for one in ALL if one.quick], ids=lambda one: one.guard)
def test_a_guard_that_is_gone_is_missed(laboratory: Laboratory, mutant: Mutant) -> None:
    assert laboratory.tried(mutant).startswith("red")
