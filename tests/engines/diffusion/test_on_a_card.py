"""On a real card, where there is one: memory that really runs out, a cancel while it works, an error of CUDA itself."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make gpu")
if not torch.cuda.is_available():
    pytest.skip("needs a CUDA card", allow_module_level=True)

import double  # noqa: E402
import numpy as np  # noqa: E402
import said  # noqa: E402
import tiny  # noqa: E402

from cutroom.engines.diffusion.family import Parts, SmallerWindow  # noqa: E402
from cutroom.engines.diffusion.knobs import Knobs  # noqa: E402
from cutroom.engines.diffusion.runtime import attention  # noqa: E402
from cutroom.engines.diffusion.runtime.machine import Machine  # noqa: E402
from cutroom.engines.diffusion.runtime.making import Home, Making  # noqa: E402
from cutroom.engines.diffusion.runtime.memory import LADDER  # noqa: E402
from cutroom.engines.diffusion.runtime.speed import Speed  # noqa: E402
from cutroom.errors import Cancelled, EngineFailed  # noqa: E402
from cutroom.types import Kind  # noqa: E402
from cutroom.weights.rows import Profile, Recipe  # noqa: E402

pytestmark = said.ON_A_CARD
CARD = Machine.here()
RECIPE = Recipe(
    profile=Profile.DEFAULT, kind=Kind.TEXT, family="double", weights=("tiny",), memory=1 << 30,
    memory_least=1 << 20, rate=16, window=81, multiple=16, long_side=832, area=400_000, steps=2,
)  # fmt: skip
SHOT = double.shot(video=double.source())
RUNGS = [rung.name for rung in LADDER]
LARGE = 512
"""Of a frame that a VAE works at in tiles: what it takes dwarfs the rest."""


class Ticks:
    def __init__(self, stop=lambda _: False):
        self.told, self.notes, self._stop = [], [], stop

    def __call__(self, done):
        self.told.append(done)
        if self._stop(self):
            raise Cancelled

    def note(self, sentence):
        self.notes.append(sentence)

    def detail(self, name, text):
        raise AssertionError(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return double.saved(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def family(folder):
    return double.Double(folder, CARD)


@pytest.fixture(scope="module")
def expected(folder):
    return Making(home_of(double.Double(folder, CARD)))(SHOT, Ticks())


def home_of(family, rung="resident"):
    return Home(family, RECIPE, CARD, rung=RUNGS.index(rung))


def taken():
    """Bytes of the card that this process's tensors take."""
    torch.cuda.synchronize()
    return torch.cuda.memory_allocated()


@pytest.mark.parametrize("rung", RUNGS)
def test_frames_are_the_same_bits_on_every_rung(family, expected, rung):
    home = home_of(family, rung)
    tick = Ticks()
    assert np.array_equal(Making(home)(SHOT, tick), expected)
    assert tick.told[-1] == 1.0
    before = taken()
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)
    assert taken() == before


def test_what_is_away_is_in_pinned_memory_and_takes_none_of_the_card(family):
    before = taken()
    home = home_of(family, "networks")
    Making(home)(SHOT, Ticks())
    assert taken() == before
    for network in (*family.parts.transformers, family.parts.text_encoder, family.parts.vae):
        for weight in network.parameters():
            assert weight.device.type == "cpu"
            assert weight.is_pinned()


@pytest.fixture(scope="module")
def wide_folder(tmp_path_factory):
    """A VAE that takes more than its frames do."""
    return double.saved(tmp_path_factory.mktemp("weights"), base=32)


@pytest.fixture
def large():
    return double.shot(width=LARGE, height=LARGE, frames=9)


@pytest.fixture
def others():
    """The card but for so many bytes, in somebody's hands until the test ends or `clear`."""
    held = []

    def fill(leave):
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        free, _ = torch.cuda.mem_get_info()
        held.append(torch.empty(free - leave, dtype=torch.uint8, device="cuda"))
        return held

    yield fill
    held.clear()


def needed(make, shot):
    """Bytes that torch asks of the card to make it."""
    make(shot, Ticks())
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_reserved()
    make(shot, Ticks())
    return torch.cuda.max_memory_reserved() - before


def test_memory_that_runs_out_costs_rungs_and_no_film(wide_folder, large, others):
    family = double.Double(wide_folder, CARD)
    whole = needed(Making(home_of(family)), large)
    tiled = needed(Making(home_of(family, "tiles")), large)
    assert tiled < 0.7 * whole
    family = double.Double(wide_folder, CARD)
    home = home_of(family)
    Making(home)(large, Ticks())
    others((whole + tiled) // 2)
    tick = Ticks()
    film = Making(home)(large, tick)
    assert home.rung >= RUNGS.index("tiles")
    assert tick.notes == [rung.sentence for rung in LADDER[1 : home.rung + 1]]
    assert film.shape == (9, LARGE, LARGE, 3)
    assert tick.told == sorted(tick.told)


def test_a_full_card_is_told_in_words_and_another_time_it_is_free(family, expected, large, others):
    home = home_of(family)
    held = others(24 << 20)
    with pytest.raises(SmallerWindow, match=r"33 frames of 512 x 512 are too much for the .*GiB"):
        Making(home)(replace(large, frames=33), Ticks())
    with pytest.raises(EngineFailed, match="too much for the"):
        Making(home)(large, Ticks())
    assert RUNGS[home.rung] == "blocks"
    held.clear()
    assert np.array_equal(Making(home)(SHOT, Ticks()), expected)


def busy(network, cycles=2_000_000_000):
    """Have the card work for about a second at every pass of a network, whose launch takes no time."""
    return network.register_forward_hook(lambda *_: torch.cuda._sleep(cycles))


def test_while_the_card_works_it_is_looked_whether_the_film_is_wanted(family, expected):
    make = Making(home_of(family))
    handle = busy(family.parts.transformers[0].blocks[0])
    tick = Ticks()
    assert np.array_equal(make(SHOT, tick), expected)
    # Several looks at one stand of the work, in both of the passes; a sampler waits for the second.
    assert len({one for one in tick.told if tick.told.count(one) > 4}) >= 2
    with pytest.raises(Cancelled):
        make(SHOT, Ticks(lambda it: it.told.count(it.told[-1]) > 4))
    assert not torch.cuda.current_stream().query()  # the card is still at it, and nobody waits
    handle.remove()
    assert np.array_equal(make(SHOT, Ticks()), expected)


def test_an_error_of_cuda_ends_the_process_of_the_engine_and_nothing_else(folder):
    program = f"""
import sys
sys.path.insert(0, {str(Path(tiny.__file__).parent)!r})
import double, torch
from pathlib import Path
import test_on_a_card as here
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.making import Broken
from cutroom.engines.diffusion.runtime.residents import Residents

def build():
    family = double.Double(Path({str(folder)!r}), here.CARD)
    def assert_on_the_card(*_):
        torch.zeros(1, device="cuda")[torch.tensor([5], device="cuda")]
    family.parts.transformers[1].blocks[0].register_forward_hook(assert_on_the_card)
    return family

residents = Residents(here.CARD, Knobs(weights=Path("w"), compiled=Path("c"), compile=False))
try:
    residents.ask(here.RECIPE, build, here.Ticks())(here.SHOT, here.Ticks())
except Broken as error:
    print("told:", error.message)
print("sound:", residents.sound)
try:
    residents.ask(here.RECIPE, build, here.Ticks())
except Broken:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    told = done.stdout.splitlines()
    assert [one.partition(":")[0] for one in told] == ["told", "sound", "refused"], done.stderr
    assert told[0].startswith("told: The GPU failed: ")
    assert "device-side assert" in told[0]
    assert told[1] == "sound: False"


def shown(width, height, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [
        one.to("cuda", torch.bfloat16)
        for one in (
            torch.randn(1, 16, 3, height, width, generator=generator),
            torch.randn(1, 512, tiny.TEXT, generator=generator),
        )
    ]


def passes(transformer, *sizes):
    made = []
    with torch.no_grad():
        for width, height in sizes:
            latent, text = shown(width, height)
            made.append(transformer(latent, torch.tensor([500], device="cuda"), text).sample)
    return made


@pytest.fixture
def wide():
    """Heads as wide as the real ones."""
    return tiny.transformer(head=128).to("cuda", torch.bfloat16)


def off(made, wanted):
    return float((made.float() - wanted.float()).norm() / wanted.float().norm())


def test_the_best_kernel_that_is_there_is_right(wide):
    (wanted,) = passes(wide, (40, 24))
    name, lost = attention.attend([wide], torch.device("cuda"))
    assert name in (*attention.BEST.get(CARD.capability[0], ()), attention.PLAIN)
    assert lost == ""
    (made,) = passes(wide, (40, 24))
    assert off(made, wanted) < 0.02


@pytest.mark.slow  # compiles twice
def test_blocks_are_compiled_for_one_size_and_then_for_all(wide, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    sizes = (40, 24), (24, 24), (40, 32), (32, 40)
    wanted = passes(wide, *sizes)
    knobs = Knobs(weights=Path("w"), compiled=tmp_path / "compiled")
    speed = Speed(Parts((wide,), None, tiny.vae()), knobs, torch.device("cuda"))
    told = []
    torch._dynamo.utils.counters.clear()
    with speed.running(told.append):
        made = passes(wide, *sizes)
    assert told == []
    assert all(off(*pair) < 0.02 for pair in zip(made, wanted, strict=True))
    # Of four sizes the first is compiled, and the second for all that follow.
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 2
    assert any((tmp_path / "compiled").rglob("*"))
    speed.undo()
    assert all(torch.equal(*pair) for pair in zip(passes(wide, *sizes), wanted, strict=True))


def test_eight_bits_are_near_on_a_card(wide):
    (wanted,) = passes(wide, (40, 24))
    knobs = Knobs(weights=Path("w"), compiled=Path("c"), compile=False, fp8=True)
    before = sum(one.nbytes for one in wide.blocks.parameters())
    Speed(Parts((wide,), None, tiny.vae()), knobs, torch.device("cuda"))
    assert sum(one.nbytes for one in wide.blocks.parameters()) < 0.6 * before
    (made,) = passes(wide, (40, 24))
    assert 0 < off(made, wanted) < 0.05
