"""Films of tiny weights, from the repositories' files to an MP4."""

import pytest

pytest.importorskip("torch", reason="needs torch: make gpu")

from dataclasses import replace
from fractions import Fraction

import numpy as np
import tiny

from cutroom.engine import Silent
from cutroom.engines.diffusion.families.vace import Vace
from cutroom.engines.diffusion.families.wan import Wan
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.tasks import films
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.media.decode import frames
from cutroom.media.images import save
from cutroom.media.probe import probe
from cutroom.types import Edit, Encoding, Kind
from cutroom.weights.rows import Profile, Recipe

TEXT = Recipe(
    profile=Profile.SMALL, kind=Kind.TEXT, family="wan", weights=("base",), memory=1,
    memory_least=1, rate=16, window=9, multiple=16, long_side=128, area=128 * 128, steps=1,
    guidance={"text": 4.0}, overlap=1,
)  # fmt: skip
IMAGE = replace(TEXT, kind=Kind.IMAGE, first=True, last=True)
VACE = replace(IMAGE, kind=Kind.REFERENCE, family="vace", images=4, overlap=5)


def crew(family, recipe, folder):
    loaded = family(recipe, {"base": folder}, Machine.here(cpu=True))
    return Crew(recipe, lambda shot, tick: loaded.make(shot))


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return crew(Wan, TEXT, tiny.wan(tmp_path_factory.mktemp("text")))


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return crew(Wan, IMAGE, tiny.wan(tmp_path_factory.mktemp("image"), image=True))


@pytest.fixture(scope="module")
def vace(tmp_path_factory):
    return crew(Vace, VACE, tiny.vace(tmp_path_factory.mktemp("vace")))


def edit(kind, **more):
    return Edit(
        "id", "model", kind, "a boat", encoding=Encoding(preset="ultrafast"),
        **{"seed": 3, "params": {"duration": 1, "aspect_ratio": "1:1"}, **more},
    )  # fmt: skip


def picture(path):
    save(path, np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    return path


def filmed(path, what, *crews):
    films.write(what, crews[0], path, Silent(), framed=crews[1] if len(crews) > 1 else None)
    clip = probe(path)
    assert (clip.rate, clip.frames, clip.duration) == (Fraction(24), 24, Fraction(1))
    return clip, np.stack([one.pixels for one in frames(clip)])


def test_a_film_from_text_goes_on_by_the_weights_for_images(tmp_path, text, image):
    clip, _ = filmed(tmp_path / "1.mp4", edit(Kind.TEXT), text, image)
    assert (clip.width, clip.height) == (960, 960)


def test_a_film_between_two_images_is_the_same_for_the_same_seed(tmp_path, image):
    start = picture(tmp_path / "start.png")
    what = edit(Kind.IMAGE, start_image=start, tail_image=start, images=(start,))
    clip, once = filmed(tmp_path / "1.mp4", what, image)
    assert (clip.width, clip.height) == (128, 128)
    _, again = filmed(tmp_path / "2.mp4", what, image)
    assert (once == again).all()
    _, other = filmed(tmp_path / "3.mp4", replace(what, seed=4), image)
    assert (once != other).any()


def test_a_film_of_references_goes_on_with_what_went_before(tmp_path, vace):
    dog = picture(tmp_path / "dog.png")
    what = edit(Kind.REFERENCE, images=(dog,), start_image=dog)
    clip, _ = filmed(tmp_path / "1.mp4", what, vace)
    assert (clip.width, clip.height) == (960, 960)
