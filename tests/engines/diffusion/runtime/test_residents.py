import gc
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import double
import numpy as np
import torch

from cutroom.engine import Silent
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.making import Broken
from cutroom.engines.diffusion.runtime.memory import LADDER
from cutroom.engines.diffusion.runtime.residents import Residents
from cutroom.errors import Cancelled, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

CARD = Machine("cpu", "pretended card", card=True, memory=80 << 30, free=60 << 30, host_free=9 << 30)  # fmt: skip
EDIT = Recipe(
    profile=Profile.DEFAULT, kind=Kind.EDIT, family="double", weights=("tiny",), memory=40 << 30,
    memory_least=8 << 30, rate=16, window=81, multiple=16, long_side=832, area=400_000, steps=2,
)  # fmt: skip
FILM = replace(EDIT, kind=Kind.TEXT, steps=3)
SAME = replace(EDIT, kind=Kind.REFERENCE, when="references")
SHOT = double.shot(video=double.source())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return double.saved(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def expected(folder):
    return double.Double(folder, Machine.here(cpu=True)).make(SHOT)


@pytest.fixture
def house(folder):
    return House(folder)


class House:
    """Residents on a pretended card, and what was built for them."""

    def __init__(self, folder):
        self.folder = folder
        self.residents = Residents(
            CARD, Knobs(weights=folder, compiled=Path("unused"), compile=False)
        )
        self.built = []

    def ask(self, recipe=EDIT, tick=None):
        return self.residents.ask(recipe, self.build, tick or Silent())

    def build(self):
        family = double.Double(self.folder, CARD)
        self.built.append(weakref.ref(family.parts.transformers[0]))
        self.family = weakref.proxy(family)
        return family

    def failing(self, error, times=1):
        left = [times]

        def fail(*_):
            if left[0]:
                left[0] -= 1
                raise error

        return self.family.parts.transformers[1].proj_out.register_forward_hook(fail)


class Stop(Silent):
    def __init__(self, after):
        self.left = after

    def __call__(self, done):
        self.left -= 1
        if self.left < 0:
            raise Cancelled


def test_a_family_stays_until_another_is_asked_for(house, expected):
    assert np.array_equal(house.ask()(SHOT, Silent()), expected)
    assert np.array_equal(house.ask()(SHOT, Silent()), expected)
    assert np.array_equal(house.ask(SAME)(SHOT, Silent()), expected)
    assert len(house.built) == 1
    make = house.ask(FILM)
    assert np.array_equal(make(SHOT, Silent()), expected)
    first, second = house.built
    assert first() is None
    assert second() is not None
    del make
    house.residents.evict()
    gc.collect()
    assert second() is None


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), KeyError("odd")])
def test_a_family_outlives_what_goes_wrong(house, expected, error):
    make = house.ask()
    failing = house.failing(error, times=-1)
    with pytest.raises((EngineFailed, KeyError)):
        make(SHOT, Silent())
    failing.remove()
    with pytest.raises(Cancelled):
        make(SHOT, Stop(3))
    assert house.residents.sound
    assert np.array_equal(house.ask()(SHOT, Silent()), expected)
    assert len(house.built) == 1


def test_the_rung_is_remembered_when_the_family_comes_back(house):
    make = house.ask()
    house.failing(torch.OutOfMemoryError("CUDA out of memory"), times=2)
    make(SHOT, Silent())
    house.ask(FILM)
    house.ask(EDIT)(SHOT, Silent())
    assert LADDER[house.residents._home.rung].name == "experts"
    assert len(house.built) == 3


def test_a_process_with_a_broken_gpu_says_so_and_does_nothing_more(house):
    make = house.ask()
    house.failing(RuntimeError("CUDA error: an illegal memory access was encountered"))
    with pytest.raises(Broken, match=r"^The GPU failed: CUDA error: an illegal"):
        make(SHOT, Silent())
    assert not house.residents.sound
    with pytest.raises(EngineFailed, match=r"^The GPU failed"):
        house.ask()


def test_loading_can_be_cancelled_and_begun_again(house, expected):
    with pytest.raises(Cancelled):
        house.ask(tick=Stop(3))
    assert np.array_equal(house.ask()(SHOT, Silent()), expected)


def test_weights_that_do_not_load_leave_nothing(house, expected, tmp_path):
    house.ask()
    good, house.folder = house.folder, tmp_path
    with pytest.raises(EngineFailed, match="tokenizer is missing"):
        house.ask(FILM)
    assert house.built[0]() is None
    house.folder = good
    assert np.array_equal(house.ask(FILM)(SHOT, Silent()), expected)


def test_weights_larger_than_the_host(house):
    def build():
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")

    with pytest.raises(EngineFailed, match=r"do not fit into this machine's memory: 9\.0 GiB are"):
        house.residents.ask(EDIT, build, Silent())
    assert house.residents.sound
