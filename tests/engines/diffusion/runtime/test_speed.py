"""What makes a transformer faster must not change what it makes, and must go away again."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make gpu")

import tiny  # noqa: E402
from diffusers import WanAnimate2Transformer3DModel  # noqa: E402
from diffusers.models import attention_dispatch as dispatch  # noqa: E402
from diffusers.models.attention_dispatch import _AttentionBackendRegistry  # noqa: E402
from torch._inductor.async_compile import AsyncCompile, shutdown_compile_workers  # noqa: E402

from cutroom.engines.diffusion.family import Parts  # noqa: E402
from cutroom.engines.diffusion.knobs import Knobs  # noqa: E402
from cutroom.engines.diffusion.runtime import attention, compiling  # noqa: E402
from cutroom.engines.diffusion.runtime.compiling import Compiled, blocks, start_compilers  # noqa: E402
from cutroom.engines.diffusion.runtime.fp8 import Fp8Linear  # noqa: E402
from cutroom.engines.diffusion.runtime.speed import Speed  # noqa: E402
from cutroom.errors import EngineFailed  # noqa: E402

KNOBS = Knobs(weights=Path("weights"), compiled=Path("compiled"))
CPU = torch.device("cpu")


@pytest.fixture
def parts():
    experts = tiny.transformer(seed=3, layers=3), tiny.transformer(seed=4, layers=3)
    return Parts(experts, None, tiny.vae())


SIZES = ((3, 4, 4), (3, 4, 8), (3, 8, 4), (5, 6, 6))
"""Of latents, which differ in one side, in the other, and in all."""


def steps(transformer, count=6, size=SIZES[0]):
    """What so many steps of a guided film make: the latents, which change a little with each."""
    torch.manual_seed(7)
    latents = torch.randn(1, 16, *size)
    texts = {"cond": torch.randn(1, 8, tiny.TEXT), "uncond": torch.randn(1, 8, tiny.TEXT)}
    with torch.no_grad():
        for step in range(count):
            for name, text in texts.items():
                with transformer.cache_context(name):
                    made = transformer(latents, torch.tensor([900 - step]), text).sample
                latents = latents - 0.01 * made
    return latents


def made(speed, parts):
    told = []
    with speed.running(told.append):
        films = [steps(one) for one in parts.transformers]
    return films, told


def calls(parts):
    """How often the last block of the first transformer really computes."""
    counted = []
    parts.transformers[0].blocks[-1].ffn.register_forward_hook(lambda *_: counted.append(1))
    return counted


def test_by_default_the_same_is_made_and_nothing_is_left(parts):
    before = [steps(one) for one in parts.transformers]
    globally = _AttentionBackendRegistry.get_active_backend()[0]
    speed = Speed(parts, KNOBS, CPU)
    films, told = made(speed, parts)
    assert all(torch.equal(*pair) for pair in zip(films, before, strict=True))
    assert told == []
    speed.undo()
    assert _AttentionBackendRegistry.get_active_backend()[0] == globally
    for block in blocks(parts.transformers):
        assert block.attn1.processor._attention_backend is None
        assert "forward" not in vars(block)


def test_a_kernel_that_was_asked_for_is_used(parts):
    before = [steps(one) for one in parts.transformers]
    speed = Speed(parts, replace(KNOBS, attention="_native_math"), CPU)
    assert {b.attn1.processor._attention_backend.value for b in blocks(parts.transformers)} == {
        "_native_math"
    }
    films, told = made(speed, parts)
    assert told == []
    for film, other in zip(films, before, strict=True):
        torch.testing.assert_close(film, other, atol=1e-5, rtol=1e-5)


def test_flash_attention_3_is_found_under_its_name_on_pypi(parts, tmp_path, monkeypatch, caplog):
    (tmp_path / f"{attention.FLASH_3}.py").write_text("flash_attn_func = 'from PyPI'")
    monkeypatch.syspath_prepend(tmp_path)
    # diffusers keeps what it is told for as long as the process lives.
    monkeypatch.setattr(dispatch, "_CAN_USE_FLASH_ATTN_3", False)
    monkeypatch.setattr(dispatch, "flash_attn_3_func", None)
    attention.attend(parts.transformers, CPU, "_flash_3")
    assert dispatch.flash_attn_3_func == "from PyPI"
    assert "'CPU' backend" in caplog.text  # which it has not: it was tried


@pytest.mark.parametrize("name", ["_flash_3", "no_such_kernel"])
def test_a_kernel_that_cannot_be_had_is_replaced_and_told_of(parts, name, caplog):
    before = [steps(one) for one in parts.transformers]
    speed = Speed(parts, replace(KNOBS, attention=name), CPU)
    films, told = made(speed, parts)
    assert all(torch.equal(*pair) for pair in zip(films, before, strict=True))
    assert told == [f"The attention kernel {name} cannot be used here; torch's own was."]
    assert f"no {name}: " in caplog.text


def test_what_was_taken_instead_is_told_where_it_is_not_torchs_own(parts, monkeypatch):
    monkeypatch.setattr(attention, "_best", lambda _: ("_flash_3", "_native_math"))
    got = attention.attend(parts.transformers, CPU, "no_such_kernel")
    assert got == (
        "_native_math",
        "The attention kernel no_such_kernel cannot be used here; _native_math was.",
    )
    assert attention.attend(parts.transformers, CPU) == ("_native_math", "")


def test_a_kernel_that_computes_something_else_is_not_kept(parts, monkeypatch):
    backends = _AttentionBackendRegistry._backends
    flex = next(name for name in backends if name.value == "_native_math")
    right = backends[flex]
    monkeypatch.setitem(backends, flex, lambda query, key, value: right(query, key, 2 * value))
    speed = Speed(parts, replace(KNOBS, attention="_native_math"), CPU)
    assert made(speed, parts)[1] == [
        "The attention kernel _native_math cannot be used here; torch's own was."
    ]


def test_the_first_block_cache_skips_blocks_and_forgets_between_films(parts):
    plainly = calls(parts)
    before = steps(parts.transformers[0])
    assert len(plainly) == 12
    plainly.clear()
    speed = Speed(parts, replace(KNOBS, cache="first-block"), CPU)
    (film, _), told = made(speed, parts)
    assert told == []
    assert 2 <= len(plainly) < 12  # both branches at the first step at least
    torch.testing.assert_close(film, before, atol=0.05, rtol=0.05)
    plainly.clear()
    assert torch.equal(made(speed, parts)[0][0], film)
    speed.undo()
    assert torch.equal(steps(parts.transformers[0]), before)


def test_a_film_that_was_broken_off_leaves_nothing_in_the_cache(parts):
    speed = Speed(parts, replace(KNOBS, cache="first-block"), CPU)
    film = made(speed, parts)[0][0]

    def break_off(*_):
        raise InterruptedError

    hook = parts.transformers[0].blocks[1].register_forward_pre_hook(break_off)
    with pytest.raises(InterruptedError):
        made(speed, parts)
    hook.remove()
    assert torch.equal(made(speed, parts)[0][0], film)


@pytest.mark.parametrize("cache", ["mag", "teacache"])
def test_a_cache_that_cannot_be_is_refused_and_nothing_is_changed(parts, cache):
    before = steps(parts.transformers[0])
    knobs = replace(KNOBS, cache=cache, attention="_native_math", fp8=True)
    with pytest.raises(EngineFailed, match=r"CUTROOM_DIFFUSION_CACHE.*first-block"):
        Speed(parts, knobs, CPU)
    assert torch.equal(steps(parts.transformers[0]), before)
    assert parts.transformers[0].blocks[0].attn1.processor._attention_backend is None


def test_eight_bits_take_half_the_memory_and_stay_near():
    whole = tiny.transformer(layers=3)
    parts = Parts((whole.to(torch.bfloat16),), None, tiny.vae())
    torch.manual_seed(5)
    x, text = torch.randn(1, 16, 3, 4, 4).bfloat16(), torch.randn(1, 8, tiny.TEXT).bfloat16()

    def once():
        with torch.no_grad():
            return whole(x, torch.tensor([500]), text).sample.float()

    def held():
        return sum(p.nbytes for p in whole.blocks.parameters() if p.ndim == 2)

    before, bytes_before = once(), held()
    Speed(parts, replace(KNOBS, fp8=True), CPU)
    assert held() == bytes_before // 2
    linear = [m for m in whole.blocks.modules() if isinstance(m, torch.nn.Linear)]
    assert len(linear) == 3 * 10
    assert all(isinstance(one, Fp8Linear) for one in linear)
    off = (once() - before).norm() / before.norm()
    assert 0 < off < 0.03


@pytest.mark.slow  # torch compiles twice: 15 seconds on a quiet machine
def test_compiled_blocks_make_the_same_with_their_hooks_and_an_error_of_the_compiler_costs_no_film(
    parts,
):
    whole = parts.transformers[0]
    before, counted = steps(whole, 2), calls(parts)
    speed = Speed(parts, KNOBS, CPU)
    speed.compile()
    torch.testing.assert_close(steps(whole, 2), before, atol=1e-5, rtol=1e-5)
    ran = []
    hook = whole.blocks[1].register_forward_pre_hook(lambda *_: ran.append(1))
    steps(whole, 2)
    assert len(ran) == 4
    hook.remove()
    speed.undo()
    counted.clear()
    assert torch.equal(steps(whole, 2), before)
    assert len(counted) == 4

    speed = Speed(parts, KNOBS, CPU)
    speed.compile()
    # What the compiler cannot put into one graph.
    whole.blocks[0].norm1.register_forward_hook(
        lambda *_: print(end="") or torch._dynamo.graph_break()
    )
    told = []
    with speed.running(told.append):
        assert torch.equal(steps(whole, 2), before)
    assert told == ["The transformer could not be compiled and ran slower for it."]


class Asking(torch.nn.Module):
    """A block that asks a tensor for a size, as Wan-Animate-2's does: no graph can hold that."""

    def forward(self, hidden, grid):
        high, wide = grid.tolist()
        return hidden[: high * wide].reshape(high, wide).sum(0)


class Blocks(torch.nn.Module):
    _repeated_blocks = ("Asking",)

    def __init__(self):
        super().__init__()
        self.blocks = torch.nn.ModuleList([Asking()])


@pytest.fixture
def compiler(monkeypatch):
    """Stands for the one that makes machine code, which takes long; its errors, if it is told to have any."""
    compiled, errors = [], []
    original = torch.compile

    def backend(graph, _):
        if errors:
            raise errors[0]
        compiled.append(graph)
        return graph.forward

    monkeypatch.setattr(
        compiling.torch, "compile", lambda plain, **how: original(plain, backend=backend, **how)
    )
    yield compiled, errors
    torch.compiler.reset()


def test_a_second_size_is_compiled_for_all_that_follow(compiler):
    one = tiny.transformer()
    before = [steps(one, 1, size) for size in SIZES]
    blocks = Compiled([one])
    assert all(
        torch.equal(steps(one, 1, size), film) for size, film in zip(SIZES, before, strict=True)
    )
    assert len(compiler[0]) == 2
    assert blocks.failed == ""
    blocks.stop()
    assert not one.rope._forward_hooks


def test_what_must_be_compiled_is_in_as_many_pieces_as_it_takes(compiler):
    one = Blocks()
    given = torch.arange(8.0), torch.tensor([2, 3])
    pieces = Compiled([one], must=True)
    assert one.blocks[0](*given).tolist() == [3, 5, 7]
    assert pieces.failed == ""
    assert compiler[0]


def test_what_must_be_compiled_and_cannot_be_is_not_tried_as_it_is(compiler):
    one = Blocks()
    Compiled([one], must=True)
    compiler[1].append(RuntimeError("no C compiler"))
    with pytest.raises(EngineFailed, match=r"must be compiled, and cannot be: .*no C compiler"):
        one.blocks[0](torch.arange(8.0), torch.tensor([2, 3]))


@pytest.fixture
def two_compilers():
    """Undone by torch: monkeypatch would leave the setting deleted for all tests after."""
    with torch._inductor.config.patch(compile_threads=2):
        yield


@pytest.mark.usefixtures("two_compilers")
def test_processes_that_compile_outlive_the_folder_of_the_edit_that_needs_them(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "edit"))
    monkeypatch.setenv("TORCHINDUCTOR_WORKER_START", "subprocess")
    (tmp_path / "edit").mkdir()
    monkeypatch.chdir(tmp_path / "edit")
    shutdown_compile_workers()
    start_compilers(tmp_path / "compiled")
    try:
        child = Path(f"/proc/{AsyncCompile.process_pool().process.pid}")
        told = (child / "environ").read_bytes().split(b"\0")
        assert f"TMPDIR={tmp_path / 'compiled'}".encode() in told
        assert (child / "cwd").readlink() == tmp_path / "compiled"
    finally:
        shutdown_compile_workers()
    assert Path(os.environ["TMPDIR"]) == Path.cwd() == tmp_path / "edit"


@pytest.fixture(scope="module")
def animate():
    return WanAnimate2Transformer3DModel(
        text_len=16, dim=24, ffn_dim=32, text_dim=tiny.TEXT, num_heads=2, num_layers=1
    )


def test_weights_that_cannot_skip_steps_are_used_without(animate):
    speed = Speed(Parts((animate,), None, tiny.vae()), replace(KNOBS, cache="first-block"), CPU)
    told = []
    with speed.running(told.append):
        pass
    assert told == ["No steps were skipped: these weights cannot."]


def test_a_kernel_is_tried_at_the_width_of_any_transformer(animate):
    assert attention.attend([animate], CPU, "_native_math") == ("_native_math", "")
