"""Two processes make what one makes, bit for bit: by branches, and by tokens split between them."""

import json
import os
import signal
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from heard import Heard

pytest.importorskip("torch", reason="needs torch: make gpu")

import tiny
import torch

from cutroom.engine import Silent
from cutroom.engines.diffusion.families.bernini import Bernini
from cutroom.engines.diffusion.families.wan import Wan
from cutroom.engines.diffusion.family import Shot, SmallerWindow
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.rank import Line, in_words
from cutroom.engines.diffusion.runtime.residents import Residents
from cutroom.engines.diffusion.runtime.team import Order, Team, _Heard
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

pytestmark = pytest.mark.slow  # three more processes import torch
CLIP = np.random.default_rng(0).integers(0, 256, (9, 16, 32, 3), np.uint8)
T2V = Shot("a boat on a lake", frames=9, width=32, height=16, seed=7)
V2V = replace(T2V, video=CLIP)
GUIDED = {"video": 1.25, "image": 4.5, "text": 4.0}


def recipe(family, **guidance):
    return Recipe(
        profile=Profile.SMALL, kind=Kind.EDIT, family=family, weights=(family,), memory=1,
        memory_least=1, rate=16, window=9, multiple=16, long_side=32, area=512, steps=2, images=4,
        guidance=guidance,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    (root / "seen").mkdir()
    return {
        "bernini": tiny.bernini(root / "bernini"),
        "wan": tiny.wan(root / "wan"),
        "seen": root / "seen",
    }


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    # As in a worker, whose edits have folders deep down: too deep for the path of a socket.
    deep = tmp_path_factory.mktemp("d" * 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(tiny.__file__).parent))  # where `counting` is
        patch.setattr("tempfile.tempdir", str(deep))
        started = Team(2)
        yield started
        started.close()


@pytest.fixture
def make(team, folders):
    """What makes a shot with both, and what with one."""

    def of(kind, told):
        residents = Residents(Machine.here(cpu=True), Knobs(weights=Path("w"), compiled=Path("c")))
        alone = residents.ask(told, lambda: kind(told, folders, Machine.here(cpu=True)), Silent())
        return team.ask(f"counting:Counting{kind.__name__}", told, folders), alone

    return of


@pytest.mark.parametrize(
    ("kind", "told", "shot", "passes"),
    [
        # 3 latent frames of 2 tokens, and as many of the source; two steps.
        pytest.param(Bernini, recipe("bernini", **GUIDED), V2V, [12] * 2, id="two branches"),
        pytest.param(
            Bernini,
            recipe("bernini", **GUIDED),
            replace(V2V, options={"mode": "v2v_chain"}),
            ([6, 12] * 2, [12, 12] * 2),
            id="three branches",
        ),
        pytest.param(Bernini, recipe("bernini"), V2V, [6] * 2, id="tokens with a source"),
        pytest.param(Wan, recipe("wan", text=4.0), T2V, [3] * 4, id="tokens of the stock class"),
        pytest.param(
            Wan, recipe("wan", text=4.0), replace(T2V, width=16), [3] * 4, id="an odd number"
        ),
    ],
)
def test_both_make_what_one_makes_and_each_its_part(make, folders, kind, told, shot, passes):
    together, alone = make(kind, told)
    heard = Heard()
    film = together(shot, heard)
    assert np.array_equal(film, alone(shot, Silent()))
    assert film.flags.writeable
    assert heard.told == sorted(heard.told)
    # Whoever is not listened to may still be at its last frames.
    together(shot, Silent())
    each = passes if isinstance(passes, tuple) else (passes, passes)
    for rank, wanted in enumerate(each):
        assert json.loads((folders["seen"] / f"{rank}.json").read_text()) == wanted


def test_a_cancel_stops_both_and_they_go_on_with_the_next(make):
    together, alone = make(Wan, recipe("wan", text=4.0))
    long = replace(T2V, seed=8)
    with pytest.raises(Cancelled):
        together(long, Heard(lambda heard: heard.told[-1] >= 0.0))
    assert np.array_equal(together(T2V, Silent()), alone(T2V, Silent()))


def test_what_the_weights_cannot_do_is_refused_and_they_go_on(make):
    together, alone = make(Bernini, recipe("bernini"))
    with pytest.raises(CannotDo, match="no first or last frame"):
        together(replace(V2V, first=CLIP[0]), Silent())
    assert np.array_equal(together(V2V, Silent()), alone(V2V, Silent()))


def test_when_one_dies_the_shot_fails_and_none_is_left(make, team):
    together, _ = make(Wan, recipe("wan", text=4.0))
    together(T2V, Silent())
    ranks = children(team._torchrun.pid)
    assert len(ranks) == 2

    class Killing(Heard):
        def __call__(self, done):
            os.kill(ranks[-1], signal.SIGKILL)

    with pytest.raises(EngineFailed, match=r"GPUs"):
        together(T2V, Killing())
    assert team._torchrun is None
    assert not any(Path(f"/proc/{rank}").exists() for rank in ranks)


@pytest.mark.parametrize(
    ("gpus", "cards", "ranks"), [(1, 8, None), (0, 8, 8), (4, 8, 4), (0, 1, None), (0, 0, None)]
)
def test_as_many_as_are_asked_for(gpus, cards, ranks):
    team = Team.of(gpus, cards)
    assert (team and team.ranks) == ranks


def test_more_than_there_are_cannot_be_had():
    with pytest.raises(EngineFailed, match="CUTROOM_DIFFUSION_GPUS is 4, and PyTorch finds 2 GPUs"):
        Team.of(4, 2)


def test_where_memory_runs_out_a_shorter_window_is_asked_for():
    order = Order("counting:CountingWan", recipe("wan"), {}, replace(T2V, frames=81))
    ours, theirs = Pipe()

    class Rank(Line):
        def __init__(self):
            self._line, self._sending = theirs, Lock()

    Rank().fail(in_words(torch.OutOfMemoryError("CUDA out of memory"), order))
    with pytest.raises(SmallerWindow, match="81 frames of 32 x 16 are too much") as raised:
        _Heard(ours, Silent()).take(ours)
    assert raised.value.frames == 41


def children(process):
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(one) for one in listed.split()]
