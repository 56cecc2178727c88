import gc
import weakref
from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import double
import numpy as np
import torch
from accelerate.hooks import add_hook_to_module

from cutroom.engine import Silent
from cutroom.engines.diffusion.family import SmallerWindow
from cutroom.engines.diffusion.runtime import memory
from cutroom.engines.diffusion.runtime.fp8 import narrow
from cutroom.engines.diffusion.runtime.guests import Guest, size
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.making import Broken, Home, Making
from cutroom.engines.diffusion.runtime.memory import LADDER, Needs
from cutroom.engines.diffusion.runtime.placing import Placing, _Announced
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.types import Kind
from cutroom.weights.rows import Profile, Recipe

# Its tensors are the CPU's, but it has a memory of its own: what comes onto it is copied, as it is for a card.
CARD = Machine("cpu", "pretended card", card=True, memory=80 << 30, free=60 << 30, host_free=9 << 30)  # fmt: skip
RECIPE = Recipe(
    profile=Profile.DEFAULT, kind=Kind.TEXT, family="double", weights=("tiny",),
    memory=40 << 30, memory_least=8 << 30, rate=16, window=81, multiple=16, long_side=832, area=400_000, steps=4,
)  # fmt: skip
RUNGS = [rung.name for rung in LADDER]


class Ticks(Silent):
    def __init__(self, stop=None):
        self.told, self.notes, self.stop = [], [], stop

    def __call__(self, done):
        if self.stop and self.stop():
            raise Cancelled
        self.told.append(done)

    def note(self, sentence):
        self.notes.append(sentence)

    def detail(self, name, text):
        raise AssertionError(name)


@pytest.fixture(scope="module", autouse=True)
def quick_collections():
    """What torch brings along is half a million objects, which need not be looked at every time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return double.saved(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def expected(folder):
    return double.Double(folder, Machine.here(cpu=True)).make(SHOT)


@pytest.fixture
def family(folder):
    return double.Double(folder, CARD)


SHOT = double.shot(video=double.source())


def home_of(family, rung="resident", machine=CARD):
    return Home(family, RECIPE, machine, rung=RUNGS.index(rung))


def networks(family):
    parts = family.parts
    return {
        "text": parts.text_encoder, "transformer": parts.transformers[0], "transformer_2": parts.transformers[1],
        "encoder": parts.vae.encoder, "decoder": parts.vae.decoder,
    }  # fmt: skip


class Failing:
    """Raises in the middle of a network, as often as it is told."""

    def __init__(self, family, where, times, error=None):
        self.left = times
        self.error = error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        # Deep inside: after blocks of a transformer or the layers of a VAE have run.
        inside = list(networks(family)[where].modules())[-1]
        self.handle = inside.register_forward_hook(self)

    def __call__(self, *_):
        if self.left:
            self.left -= 1
            raise self.error


def live():
    """Bytes of all tensors that were made since this module began."""
    gc.collect()
    stores = {}
    for one in gc.get_objects():
        if issubclass(type(one), torch.Tensor):
            stores[one.untyped_storage().data_ptr()] = one.untyped_storage().nbytes()
    return sum(stores.values())


def own_hooks(family):
    for network in networks(family).values():
        for module in network.modules():
            yield from module._forward_pre_hooks


@pytest.mark.parametrize("rung", RUNGS)
def test_frames_are_the_same_on_every_rung(family, expected, rung):
    home = home_of(family, rung)
    tick = Ticks()
    made = Making(home)(SHOT, tick)
    # Of frames as small as a tile, tiles make the same.
    assert np.array_equal(made, expected)
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1.0
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)
    assert not list(own_hooks(family))


def test_only_what_works_is_on_the_card(family):
    home = home_of(family, "networks")
    seen = []

    def look(name):
        here = {id(one.network) for one in home.placing._guests.values() if one.present}
        assert here == {id(owner[name])}
        seen.append(name)

    parts = family.parts
    owner = {**networks(family), "encoder": parts.vae, "decoder": parts.vae}
    for name, network in networks(family).items():
        network.register_forward_hook(lambda *_, name=name: look(name))
    Making(home)(SHOT, Ticks())
    assert set(seen) == set(owner)
    assert not any(one.present for one in home.placing._guests.values())


def test_the_experts_rung_swaps_them_and_keeps_the_vae(family):
    home = home_of(family, "experts")
    Making(home)(SHOT, Ticks())
    parts = family.parts
    guests = {id(one.network) for one in home.placing._guests.values()}
    assert guests == {id(one) for one in (*parts.transformers, parts.text_encoder)}


def test_a_guest_on_the_card_is_a_copy_and_goes_without_one(family):
    network = family.parts.transformers[0]
    before = {name: value.clone() for name, value in network.state_dict().items()}
    guest = Guest(network, "cpu")
    homes = {name: value.data_ptr() for name, value in network.state_dict().items()}
    at_home = live()
    guest.come()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not {value.data_ptr() for value in network.state_dict().values()} & set(homes.values())
    assert live() - at_home == pytest.approx(size(network), rel=0.2)
    guest.leave()
    assert {name: value.data_ptr() for name, value in network.state_dict().items()} == homes
    assert live() == at_home


def test_weights_that_visit_in_inference_mode_can_be_used_outside_of_it(family):
    guest = Guest(family.parts.transformers[0], "cpu")
    with torch.inference_mode():
        guest.come()
    assert not any(one.is_inference() for one in family.parts.transformers[0].parameters())
    guest.leave()


@pytest.mark.parametrize("where", ["text", "transformer", "transformer_2", "encoder", "decoder"])
def test_out_of_memory_once_goes_down_one_rung_and_makes_the_same(family, expected, where):
    home = home_of(family)
    failing = Failing(family, where, times=1)
    tick = Ticks()
    assert np.array_equal(Making(home)(SHOT, tick), expected)
    assert failing.left == 0
    assert tick.notes == [LADDER[1].sentence]
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1.0
    later = Ticks()
    Making(home)(SHOT, later)
    assert later.notes == []  # the frames are the same, and the next one did not fail
    assert RUNGS[home.rung] == "text"


def test_out_of_memory_goes_down_as_far_as_it_must(family, expected):
    home = home_of(family)
    Failing(family, "transformer_2", times=len(RUNGS) - 1)
    tick = Ticks()
    assert np.array_equal(Making(home)(SHOT, tick), expected)
    assert RUNGS[home.rung] == "blocks"
    assert tick.notes == [rung.sentence for rung in LADDER[1:]]
    # What may be seen, or takes long, is said every time.
    later = Ticks()
    Making(home)(SHOT, later)
    assert later.notes == [LADDER[-1].sentence]


@pytest.mark.parametrize("where", ["text", "decoder"])
def test_out_of_memory_for_ever_asks_for_a_smaller_window_and_fails_in_words(
    family, expected, where
):
    home = home_of(family)
    failing = Failing(family, where, times=-1)
    longer = replace(SHOT, frames=81)
    assert memory.at_the_end(longer, RECIPE, CARD).frames == 41
    with pytest.raises(EngineFailed, match=r"5 frames of 32 x 32 are too much .* pretended card.*80\.0 GiB.*40\.0 GiB") as e:  # fmt: skip
        Making(home)(SHOT, Ticks())
    assert not isinstance(e.value, SmallerWindow)
    assert not list(own_hooks(family))
    # Memory comes back, and so does the family.
    failing.handle.remove()
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)


def test_windows_get_smaller_to_an_end():
    frames = [81]
    while isinstance(
        error := memory.at_the_end(double.shot(frames=frames[-1]), RECIPE, CARD), SmallerWindow
    ):
        frames.append(error.frames)
    assert frames == [81, 41, 21, 17]


def test_a_cpu_only_makes_its_work_smaller(folder, expected):
    machine = Machine.here(cpu=True)
    family = double.Double(folder, machine)
    home = Home(family, RECIPE, machine)
    Failing(family, "decoder", times=1, error=RuntimeError(
        "[enforce fail at alloc_cpu.cpp] . DefaultCPUAllocator: can't allocate memory"))  # fmt: skip
    tick = Ticks()
    assert np.array_equal(Making(home)(SHOT, tick), expected)
    assert RUNGS[home.rung] == "tiles"
    assert not home.placing._guests
    Failing(family, "decoder", times=-1)
    with pytest.raises(EngineFailed, match="too much for this machine's memory"):
        Making(home)(SHOT, Ticks())


@pytest.mark.parametrize(
    ("rung", "where"),
    [("resident", "decoder"), ("networks", "encoder"), ("blocks", "transformer_2")],
)
def test_memory_is_what_it_was_after_whatever_happens(family, expected, rung, where):
    home = home_of(family, rung)
    make = Making(home)
    make(SHOT, Ticks())
    before = live()
    make(SHOT, Ticks())
    assert live() == before
    seen = []
    handle = list(networks(family)[where].modules())[-1].register_forward_hook(
        lambda *_: seen.append(1)
    )
    with pytest.raises(Cancelled) as cancelled:  # held on to, with all its traceback
        make(SHOT, Ticks(stop=lambda: len(seen) == 1))
    handle.remove()
    assert live() == before
    failing = Failing(family, where, times=1, error=KeyError("unexpected"))
    with pytest.raises(KeyError) as unexpected:
        make(SHOT, Ticks())
    failing.handle.remove()
    assert live() == before
    assert cancelled.traceback
    assert unexpected.traceback
    assert np.array_equal(make(SHOT, Ticks()), expected)


@pytest.mark.parametrize("rung", ["experts", "blocks"])
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx`"),
        torch.AcceleratorError("CUDA error: device-side assert triggered"),
    ],
    ids=["address", "cublas", "assert"],
)
def test_a_broken_gpu_is_told_apart(family, rung, error):
    home = home_of(family, rung)
    Failing(family, "transformer", times=1, error=error)
    with pytest.raises(Broken, match=r"^The GPU failed: CUDA") as raised:
        Making(home)(SHOT, Ticks())
    assert "\n" not in raised.value.message


def test_blocks_are_fetched_anew_after_a_pass_that_ended_half_way(family, expected):
    home = home_of(family, "blocks")
    make = Making(home)
    make(SHOT, Ticks())

    def fetching():
        blocks = family.parts.transformers[1].blocks
        return [block._diffusers_hook.get_hook("group_offloading") for block in blocks]

    before = fetching()
    Failing(family, "transformer_2", times=1, error=KeyError("odd"))
    with pytest.raises(KeyError):
        make(SHOT, Ticks())
    assert all(fetching())
    assert not set(fetching()) & set(before)  # what was on its way belongs to the pass that ended
    assert np.array_equal(make(SHOT, Ticks()), expected)


def test_noise_that_nobody_seeded_comes_from_the_seed(family):
    def noisy(module, args, out):
        return out + torch.randn(out.shape)

    family.parts.transformers[0].proj_out.register_forward_hook(noisy)
    make = Making(home_of(family))
    made = make(SHOT, Ticks())
    torch.rand(7)
    assert np.array_equal(make(SHOT, Ticks()), made)


def test_errors_that_are_nobodys_pass_as_they_are(family, expected):
    home = home_of(family)
    for error in (CannotDo("no"), RuntimeError("shapes do not match"), ValueError("odd")):
        Failing(family, "transformer", times=1, error=error)
        with pytest.raises(type(error), match=str(error)):
            Making(home)(SHOT, Ticks())
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)


def test_the_seed_alone_tells_the_frames_and_others_keep_their_random_numbers(family, expected):
    home = home_of(family)
    torch.manual_seed(99)
    first = torch.rand(3)
    torch.manual_seed(99)
    flags = (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark)
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)
    assert torch.equal(torch.rand(3), first)
    assert (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark) == flags
    assert not np.array_equal(Making(home)(replace(SHOT, seed=2), Ticks()), expected)


GIB = 1 << 30
# Wan 14B: two experts, and a text encoder, in bf16, one window of 480p.
LARGE = Needs(
    text=11 * GIB, transformers=(28 * GIB, 28 * GIB), vae=GIB // 2, others=0, work=12 * GIB
)


@pytest.mark.parametrize(
    ("free", "rung"),
    [(139, "resident"), (79, "text"), (47, "experts"), (40.2, "networks"), (23, "blocks"), (9, "blocks")],
)  # fmt: skip
def test_the_first_rung_is_the_first_that_should_fit(free, rung):
    machine = replace(CARD, free=int(free * GIB))
    assert LADDER[memory.first(LARGE, RECIPE, machine)].name == rung


# Wan 5B: little to denoise with, and a decoder that takes more than all the rest.
FIVE = Needs(
    text=11 * GIB, transformers=(10 * GIB,), vae=3 * GIB, others=0, work=6 * GIB, coding=20 * GIB
)


@pytest.mark.parametrize(
    ("free", "rung"),
    [(45, "resident"), (34, "text"), (31, "experts"), (22, "tiles"), (15, "blocks")],
)
def test_the_vae_may_be_what_takes_most(free, rung):
    machine = replace(CARD, free=free * GIB)
    assert LADDER[memory.first(FIVE, RECIPE, machine)].name == rung


@pytest.mark.parametrize("needs", [LARGE, FIVE])
def test_rungs_need_less_and_less(needs):
    needed = [rung.need(needs) for rung in LADDER]
    assert needed == sorted(needed, reverse=True)


def test_a_card_that_is_too_small_is_not_tried(family):
    machine = replace(CARD, free=7 * GIB)
    home = Home(family, RECIPE, machine)
    with pytest.raises(EngineFailed, match=r"8\.0 GiB are needed at least and 7\.0 GiB of"):
        Making(home)(SHOT, Ticks())


def test_needs_are_those_of_the_loaded_weights(family):
    needs = Needs.of(family.parts, RECIPE)
    assert needs.text == size(family.parts.text_encoder) > 10_000
    assert needs.transformers == tuple(map(size, family.parts.transformers))
    total = needs.text + sum(needs.transformers) + needs.vae
    assert needs.work == RECIPE.memory - total
    assert needs.coding == 4 * 5_950 * RECIPE.area  # fp32


def test_weights_in_eight_bits_need_less_of_a_card(folder):
    """What the recipe has besides the weights is no more for it."""
    family = double.Double(folder, CARD)
    home = Home(family, replace(RECIPE, memory=16 << 30, memory_least=0), CARD)
    work = (16 << 30) - sum(
        map(size, (*family.parts.transformers, family.parts.text_encoder, family.parts.vae))
    )
    narrow(family.parts.transformers)
    held = size(family.parts.text_encoder) + size(family.parts.vae)
    home.machine = replace(CARD, free=work + held + sum(map(size, family.parts.transformers)))
    home.first_rung()
    assert LADDER[home.rung].name == "resident"


def test_a_family_can_be_let_go_of(family):
    home = home_of(family, "blocks")
    Making(home)(SHOT, Ticks())
    gone = weakref.ref(family.parts.transformers[0].blocks[0])
    del home
    family._pipe = None
    gc.collect()
    assert gone() is None


def test_an_error_tells_where_it_came_from_though_it_holds_nothing(family):
    Failing(family, "transformer", times=1, error=ValueError("odd"))
    with pytest.raises(ValueError, match="odd") as raised:
        Making(home_of(family))(SHOT, Ticks())
    assert "transformer_wan.py" in raised.value.__notes__[0]


@pytest.mark.parametrize("rung", ["resident", "networks"])
def test_a_cancel_is_obeyed_while_weights_are_moved(family, expected, rung):
    home = home_of(family, rung)
    moved = []
    with pytest.raises(Cancelled):
        Making(home)(SHOT, Ticks(stop=lambda: moved.append(1) or len(moved) > 30))
    assert home.placing.rung is None
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)


def test_what_a_network_is_given_comes_to_the_card_but_sizes_and_caches(family):
    class Given(torch.nn.Module):
        _skip_keys = ("kv_cache",)

        def forward(self, hidden, *, text, kv_cache, grid_sizes):
            return [one.device.type for one in (hidden, text, kv_cache["key"], grid_sizes)]

    card = replace(CARD, device="meta")
    network = add_hook_to_module(Given(), _Announced(Placing(family.parts, card)))
    one = torch.ones(3)
    given = network(one, text=one, kv_cache={"key": one}, grid_sizes=one)
    assert given == ["meta", "meta", "cpu", "cpu"]
