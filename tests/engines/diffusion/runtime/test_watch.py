import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

import double
import numpy as np

from cutroom.engine import Silent
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.watch import Pace, Stage, Watch, tiles, watching
from cutroom.errors import Cancelled


class Ticks(Silent):
    """A tick that remembers, and may be told to raise."""

    def __init__(self, stop=None):
        self.told = []
        self.stop = stop  # called before every tick; true: cancel

    def __call__(self, done):
        if self.stop and self.stop():
            raise Cancelled
        self.told.append(done)

    def note(self, sentence):
        raise AssertionError(sentence)


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    folder = double.saved(tmp_path_factory.mktemp("weights"))
    return double.Double(folder, Machine.here(cpu=True))


def made(family, shot, tick, pace=None):
    watch = Watch(tick, shot, family.forwards(shot), pace or Pace())
    with watching(family.parts, watch):
        frames = family.make(shot)
        watch.end()
    return frames


def hooks(family):
    parts = family.parts
    for part in (*parts.transformers, parts.text_encoder, parts.vae):
        for module in part.modules():
            yield from module._forward_pre_hooks
            yield from module._forward_hooks


@pytest.mark.parametrize("video", [None, double.source()], ids=["film", "edit"])
def test_progress_goes_up_to_the_last_decoded_frame(family, video):
    tick = Ticks()
    made(family, double.shot(video=video), tick)
    assert tick.told == sorted(tick.told)
    assert tick.told[0] == 0.0
    # Each pass of a transformer moves it, and what is left at the end is the last frame's decoding.
    assert len(set(tick.told)) > 2 * double.STEPS
    assert 0.9 < tick.told[-1] < 1.0
    assert not list(hooks(family))


def test_most_of_a_long_shots_progress_is_its_denoising():
    text, encode, denoise, decode = Pace().shares(forwards=80)
    assert denoise > 0.95
    assert text + encode + denoise + decode == pytest.approx(1.0)


def test_progress_of_a_pipeline_that_goes_on_from_its_own_segments_never_goes_back():
    tick = Ticks()
    watch = Watch(tick, double.shot(), 8, Pace())
    for stage in (Stage.DENOISE, Stage.DENOISE, Stage.DECODE, Stage.ENCODE, Stage.TEXT) * 2:
        watch.enter(stage)
    assert tick.told == sorted(tick.told)


def test_the_pace_is_measured_with_every_shot(family):
    pace = Pace(text=1e6, encode=123.0, decode=1e6)
    made(family, double.shot(), Ticks(), pace)
    assert 0 < pace.text < 1e3
    assert pace.encode == 123.0  # nothing was encoded: what it takes is as unknown as before
    assert 0 < pace.decode < 1e3


def stage_of(family):
    """Counts the passes of each stage itself, by hooks on the real networks."""
    seen = dict.fromkeys(Stage, 0)
    parts = family.parts
    places = {
        Stage.TEXT: [parts.text_encoder], Stage.ENCODE: [parts.vae.encoder],
        Stage.DENOISE: parts.transformers, Stage.DECODE: [parts.vae.decoder],
    }  # fmt: skip

    def count(stage):
        seen[stage] += 1

    handles = [
        module.register_forward_hook(lambda *_, stage=stage: count(stage))
        for stage, modules in places.items()
        for module in modules
    ]
    return seen, handles


@pytest.mark.parametrize("passes", [0, 1])
@pytest.mark.parametrize("stage", list(Stage))
def test_a_cancel_is_obeyed_before_the_next_pass_and_the_family_stays_usable(family, stage, passes):
    shot = double.shot(video=double.source())
    expected = made(family, shot, Ticks())
    seen, handles = stage_of(family)

    def reached():
        before = [seen[one] > 0 for one in Stage if one < stage]
        return all(before) and seen[stage] == passes

    try:
        # The edit encodes its source before its text: the order of the stages is no order of the calls.
        if stage is Stage.TEXT:
            tick = Ticks(stop=lambda: seen[Stage.ENCODE] == 2 and seen[stage] == passes)
        elif stage is Stage.ENCODE:
            tick = Ticks(stop=lambda: seen[stage] == passes)
        else:
            tick = Ticks(stop=reached)
        with pytest.raises(Cancelled):
            made(family, shot, tick)
        assert seen[stage] == passes
    finally:
        for handle in handles:
            handle.remove()
    assert not list(hooks(family))
    assert np.array_equal(made(family, shot, Ticks()), expected)


def test_a_pass_of_many_blocks_is_looked_into(family, monkeypatch):
    monkeypatch.setattr("cutroom.engines.diffusion.runtime.watch.GLANCE", 0.0)
    tick = Ticks()
    made(family, double.shot(), tick)
    # Two blocks in each of the transformer's passes, besides the passes themselves.
    assert len(tick.told) > 3 * 2 * double.STEPS


def test_a_pass_is_waited_for_before_the_sampler_asks_for_it(family, monkeypatch):
    """On a card a sampler's first question waits for the whole pass, and nobody would hear of a cancel."""
    seen = []
    monkeypatch.setattr(Watch, "_settle", lambda _: seen.append("waited"))
    step = type(family._pipe.scheduler).step
    monkeypatch.setattr(
        type(family._pipe.scheduler), "step",
        lambda *given, **more: seen.append("asked") or step(*given, **more),
    )  # fmt: skip
    made(family, double.shot(), Ticks())
    asked = [place for place, one in enumerate(seen) if one == "asked"]
    assert len(asked) == double.STEPS
    # Each of a step's two passes is waited for when it begins and when it has been given to the card.
    assert all(seen[place - 4 : place] == ["waited"] * 4 for place in asked)


def test_blocks_that_are_compiled_carry_no_hook(family):
    block = family.parts.transformers[0].blocks[0]
    other = family.parts.transformers[0].blocks[1]
    block._compiled_call_impl = lambda *_: None
    try:
        watch = Watch(Ticks(), double.shot(), 1, Pace())
        with watching(family.parts, watch):
            assert not [h for m in block.modules() for h in m._forward_pre_hooks]
            assert len(other._forward_pre_hooks) == 1
            assert len(family.parts.transformers[0]._forward_pre_hooks) == 1
    finally:
        block._compiled_call_impl = None


def test_a_vae_that_works_in_tiles_is_called_for_each(family):
    vae = family.parts.vae
    assert tiles(vae, double.shot()) == 1
    vae.enable_tiling(16, 16, 16, 16)
    try:
        assert tiles(vae, double.shot()) == 4
        seen, handles = stage_of(family)
        made(family, double.shot(), Ticks())
        for handle in handles:
            handle.remove()
        assert seen[Stage.DECODE] == 4 * 2
    finally:
        vae.use_tiling = False
