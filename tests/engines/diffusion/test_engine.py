"""The whole engine, as a worker uses it: tiny weights in folders as a pull leaves them, real clips, an MP4 in the end."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")
pytest.importorskip("diffusers", reason="needs diffusers: make gpu")

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import installation
import numpy as np
import said
import torch
from heard import Heard
from scripted import scripted, send

from cutroom.engine import Planning, Resident
from cutroom.engines.diffusion.engine import Diffusion
from cutroom.errors import Cancelled, CannotDo, EngineFailed, InvalidParams
from cutroom.media import images
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Edit, Element, Encoding, Kind

pytestmark = [
    pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile"),
    *said.ON_A_CARD,
]
ENCODING = Encoding(preset="ultrafast")


@pytest.fixture(scope="module", params=["cpu", *["card"] * torch.cuda.is_available()])
def environment(request, tmp_path_factory):
    # The data of an engine that outlives the tests lies in no test's own folder.
    told = installation.install(tmp_path_factory.mktemp("installation"))
    told["CUTROOM_DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
    if request.param == "card":
        # Compiling takes longer than all the rest; test_on_a_card.py does it once.
        told |= {"CUTROOM_DIFFUSION_PROFILE": "small", "CUTROOM_DIFFUSION_COMPILE": "false"}
        del told["CUTROOM_DIFFUSION_DEVICE"]
    return told


@pytest.fixture(autouse=True)
def _settings(environment, monkeypatch, uncached, masks_uncompiled):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    uncached()


@pytest.fixture(scope="module")
def engine(environment):
    return Diffusion()


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    y, x = np.mgrid[:96, :192]
    with Encoder(folder / "clip.mp4", 192, 96, Fraction(10), ENCODING) as encoder:
        for n in range(14):
            frame = np.dstack([x, y, x * 0 + 90]).astype(np.uint8)
            frame[(x - 30 - 8 * n) ** 2 + (y - 50) ** 2 < 20**2] = (210, 40, 30)
            encoder.write(frame, Fraction(n, 10))
    for name, shade in (("one", 200), ("two", 60), ("three", 120)):
        picture = np.full((80, 160, 3), shade, np.uint8)
        picture[20:60, 40:120] = (shade, 255 - shade, 90)
        images.save(folder / f"{name}.png", picture)
    return folder


def edit_of(kind: Kind, media: Path, prompt: str = "a boat on a lake", **more) -> Edit:
    if kind in {Kind.EDIT, Kind.MOTION}:
        more = {"video": probe(media / "clip.mp4"), **more}
    params = {"duration": 1, "aspect_ratio": "16:9", **more.pop("params", {})}
    return Edit("1", "m", kind, prompt, seed=7, params=params, encoding=ENCODING, **more)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_it_stays_and_plans(engine) -> None:
    assert isinstance(engine, Resident)
    assert isinstance(engine, Planning)
    assert engine.sound


CASES = [
    pytest.param(Kind.EDIT, {}, "tiny-edit", id="edit"),
    pytest.param(Kind.EDIT, {"images": ["one"], "elements": ["two", "three"]}, "tiny-edit", id="edit-references"),
    pytest.param(Kind.TEXT, {}, "tiny-t2v", id="text"),
    pytest.param(Kind.IMAGE, {"images": ["one"], "start": "one"}, "tiny-i2v", id="image"),
    pytest.param(Kind.IMAGE, {"images": ["one"], "start": "one", "tail": "two"}, "tiny-i2v", id="image-tail"),
    pytest.param(Kind.REFERENCE, {"images": ["one", "two"]}, "tiny-edit", id="references"),
    pytest.param(
        Kind.REFERENCE, {"images": ["two"], "start": "one", "tail": "three"}, "tiny-vace", id="references-between"
    ),
    pytest.param(Kind.MOTION, {"images": ["one"]}, "tiny-animate", id="motion"),
]  # fmt: skip


def given(media: Path, told: dict) -> dict:
    """The fields of an edit for images by their names."""

    def path(name: str | None) -> Path | None:
        return media / f"{name}.png" if name else None

    first, *angles = map(path, told.get("elements", [None]))
    return {
        "images": tuple(map(path, told.get("images", []))),
        "elements": (Element(first, tuple(angles)),) if first else (),
        "start_image": path(told.get("start")),
        "tail_image": path(told.get("tail")),
    }


@pytest.mark.parametrize(("kind", "told", "weights"), CASES)
def test_every_kind_of_work(engine, kind, told, weights, media, tmp_path) -> None:
    edit = edit_of(kind, media, **given(media, told))
    tick = Heard()
    engine.edit(edit, tmp_path / "out.mp4", tick)
    result = probe(tmp_path / "out.mp4")
    if edit.video:
        source = edit.video
        assert (result.rate, result.frames, result.duration) == (
            source.rate,
            source.frames,
            source.duration,
        )
    else:
        assert (result.rate, result.frames, result.duration) == (24, 24, 1)
    if kind is Kind.EDIT:
        assert (result.width, result.height) == (192, 96)
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1
    assert any(weights in note for note in tick.notes)
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]


def test_only_the_takes_at_given_frames_are_made_by_the_weights_for_these(
    engine, media, tmp_path
) -> None:
    edit = edit_of(Kind.REFERENCE, media, **given(media, {"images": ["two"], "start": "one"}))
    shots = [{"prompt": "@Image1 begins", "duration": 1}, {"prompt": "@Image1 ends", "duration": 1}]
    edit = replace(edit, params={**edit.params, "multi_prompt": shots})
    tick = Heard()
    engine.edit(edit, tmp_path / "out.mp4", tick)
    assert probe(tmp_path / "out.mp4").frames == 48
    assert any("tiny-edit" in note and "tiny-vace" in note for note in tick.notes)


def test_one_seed_makes_one_film_and_another_another(engine, media, tmp_path) -> None:
    made = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        edit = replace(edit_of(Kind.TEXT, media), seed=seed)
        engine.edit(edit, tmp_path / f"{name}.mp4", Heard())
        made.append(digest(tmp_path / f"{name}.mp4"))
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.TEXT, Kind.MOTION])
@pytest.mark.parametrize("moment", [0.0, 0.5, 0.95])
def test_cancelled_at_any_moment_it_is_as_before(engine, kind, moment, media, tmp_path) -> None:
    more = given(media, {"images": ["one"]}) if kind is Kind.MOTION else {}
    edit = edit_of(kind, media, **more)
    with pytest.raises(Cancelled):
        engine.edit(edit, tmp_path / "out.mp4", Heard(lambda heard: heard.told[-1] >= moment))
    assert list(tmp_path.iterdir()) == []
    assert engine.sound


def test_an_edit_after_a_cancelled_one_is_what_it_would_have_been(engine, media, tmp_path) -> None:
    edit = edit_of(Kind.EDIT, media)
    engine.edit(edit, tmp_path / "a.mp4", Heard())
    with pytest.raises(Cancelled):
        engine.edit(edit, tmp_path / "b.mp4", Heard(lambda heard: heard.told[-1] >= 0.3))
    engine.edit(edit, tmp_path / "c.mp4", Heard())
    assert digest(tmp_path / "a.mp4") == digest(tmp_path / "c.mp4")


def test_what_is_true_of_every_window_is_said_once(media, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_DIFFUSION_ATTENTION", "nonesuch")
    tick = Heard()
    Diffusion().edit(
        edit_of(Kind.MOTION, media, **given(media, {"images": ["one"]})), tmp_path / "out.mp4", tick
    )
    assert sum("nonesuch" in note for note in tick.notes) == 1


def test_an_enhanced_prompt_is_what_the_weights_read_and_is_kept_beside(
    engine, media, tmp_path, monkeypatch
) -> None:
    def better(handler, _):
        content = json.dumps({"prompts": ["a tall ship in a storm, seen from far away"]})
        send(handler, {"choices": [{"message": {"content": content}}]}, 200)

    tick, plain = Heard(), Heard()
    engine.edit(edit_of(Kind.TEXT, media), tmp_path / "plain.mp4", plain)
    with scripted(better) as chat:
        monkeypatch.setenv("CUTROOM_ENHANCER_URL", f"{chat.url}/v1")
        engine.edit(edit_of(Kind.TEXT, media), tmp_path / "better.mp4", tick)
    assert tick.details == {"enhanced_prompt": "a tall ship in a storm, seen from far away"}
    assert plain.details == {}
    assert digest(tmp_path / "plain.mp4") != digest(tmp_path / "better.mp4")


def test_the_profile_that_is_set_is_used(media, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_DIFFUSION_PROFILE", "quality")
    with pytest.raises(EngineFailed, match=r"cutroom weights pull wan2\.2-t2v-a14b$"):
        Diffusion().edit(edit_of(Kind.TEXT, media), tmp_path / "out.mp4", Heard())


def test_after_an_error_of_cuda_it_is_not_sound(media, tmp_path, monkeypatch) -> None:
    def fail(*_) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    engine = Diffusion()
    monkeypatch.setattr(torch.nn.Conv3d, "forward", fail)
    with pytest.raises(EngineFailed, match="The GPU failed"):
        engine.edit(edit_of(Kind.EDIT, media), tmp_path / "out.mp4", Heard())
    assert not engine.sound
    assert list(tmp_path.iterdir()) == []


def test_sound_that_weights_do_not_make_is_refused(engine, media, tmp_path) -> None:
    edit = edit_of(Kind.TEXT, media, params={"generate_audio": True})
    with pytest.raises(CannotDo, match="generate_audio"):
        engine.edit(edit, tmp_path / "out.mp4", Heard())
    with pytest.raises(CannotDo, match="generate_audio"):
        engine.plan(edit)


def test_a_plan_tells_weights_and_words(engine, media, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_DIFFUSION_PROFILE", "small")
    edit = edit_of(
        Kind.EDIT, media, "put @Image1 on the table", **given(media, {"images": ["one"]})
    )
    plan = engine.plan(edit)
    assert json.loads(json.dumps(plan)) == plan
    assert plan["weights"] == ["tiny-edit"]
    assert "@" not in plan["ops"][0]["prompt"]
    assert plan["shown"] == ["@Image1"]
    with pytest.raises(InvalidParams, match="@Image2"):
        engine.plan(replace(edit, prompt="put @Image2 on the table"))


def test_missing_weights_are_told_with_the_command(
    environment, media, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("CUTROOM_WEIGHTS_DIR", str(tmp_path / "nothing"))
    with pytest.raises(EngineFailed, match="cutroom weights pull tiny-t2v"):
        Diffusion().edit(edit_of(Kind.TEXT, media), tmp_path / "out.mp4", Heard())


def test_without_a_gpu_it_says_so(media, tmp_path, monkeypatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    monkeypatch.delenv("CUTROOM_DIFFUSION_DEVICE")
    with pytest.raises(EngineFailed, match="needs a GPU"):
        Diffusion().edit(edit_of(Kind.TEXT, media), tmp_path / "out.mp4", Heard())


def test_more_references_than_the_weights_see_are_refused(engine, media, tmp_path) -> None:
    edit = edit_of(
        Kind.EDIT, media, **given(media, {"images": ["one", "two", "three", "one", "two"]})
    )
    with pytest.raises(CannotDo, match="at most 4"):
        engine.edit(edit, tmp_path / "out.mp4", Heard())


def test_a_second_element_of_motion_is_refused(engine, media, tmp_path) -> None:
    edit = edit_of(Kind.MOTION, media, **given(media, {"images": ["one"], "elements": ["two"]}))
    with pytest.raises(CannotDo, match="leave elements out"):
        engine.edit(edit, tmp_path / "out.mp4", Heard())


def test_options_are_refused() -> None:
    with pytest.raises(InvalidParams, match="speed"):
        Diffusion(speed=3)


def test_compiled_code_lies_where_it_outlives_an_edit(tmp_path) -> None:
    # torch settles for a folder when diffusers is loaded, in a process whose temporary folder is one edit's.
    program = """
import os, torch
from cutroom.engines.diffusion.engine import Diffusion
Diffusion()._load()
import diffusers.models.attention_dispatch, torch._inductor.codecache as code
print(code.cache_dir())
"""
    told = {
        "CUTROOM_DATA_DIR": str(tmp_path / "data"),
        "CUTROOM_DIFFUSION_DEVICE": "cpu",
        "TMPDIR": str(tmp_path),
    }
    environment = {**os.environ, **told}
    environment.pop("TORCHINDUCTOR_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == str(tmp_path / "data" / "compiled")
