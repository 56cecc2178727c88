"""The catalog: six models, their prices, and engines imported by name."""

import subprocess
import sys

import pytest

from cutroom.catalog import Catalog, load_engine
from cutroom.errors import EngineFailed, InvalidParams, UnknownModel
from cutroom.settings import Settings
from cutroom.types import Kind, Model

EDIT = "kling-video-o3-pro-video-to-video-edit"


def model(engine: str, **options: object) -> Model:
    return Model("m", Kind.EDIT, engine, 1, "M", "", "", options=options)


def test_the_six_models_and_their_prices():
    prices = {row.id: row.price for row in Catalog.load(Settings()).models}
    assert prices == {
        "kling-video-v2-6-pro-text-to-video": 70_000,
        "kling-video-v2-6-pro-image-to-video": 70_000,
        "kling-video-o3-pro-image-to-video": 224_000,
        "kling-video-o3-pro-reference-to-video": 224_000,
        EDIT: 336_000,
        "kling-video-v3-pro-motion-control": 168_000,
    }


def test_the_limits_of_the_edit_model():
    limits = Catalog.load(Settings()).model(EDIT).limits
    assert (limits.min_seconds, limits.max_seconds) == (3.0, 15.05)
    assert (limits.min_side, limits.max_side) == (720, 3840)
    assert limits.max_video_bytes == 200_000_000
    assert (limits.max_image_bytes, limits.min_image_side, limits.max_images) == (
        10_000_000,
        300,
        4,
    )


def test_an_unknown_model_is_named():
    with pytest.raises(UnknownModel, match=r"^Model not found: nonesuch$"):
        Catalog.load(Settings()).model("nonesuch")


def test_settings_override_an_engine():
    catalog = Catalog.load(Settings(engines={EDIT: "their.pkg:Class"}))
    assert catalog.model(EDIT).engine == "their.pkg:Class"


def test_settings_may_not_override_what_is_not_there():
    with pytest.raises(InvalidParams, match="nonesuch"):
        Catalog.load(Settings(engines={"nonesuch": "their.pkg:Class"}))


def test_an_engine_is_made_with_the_options_of_its_row():
    engine = load_engine(model("fractions:Fraction", numerator=3, denominator=4), Settings())
    assert str(engine) == "3/4"


@pytest.mark.parametrize(
    "spec", ["no.such.module:Class", "fractions:Nothing", "fractions", ":", "fractions:gcd"]
)
def test_an_engine_that_cannot_be_loaded_is_told_by_name(spec):
    with pytest.raises(EngineFailed, match="cannot be loaded"):
        load_engine(model(spec, nonsense=1), Settings())


def test_reading_the_catalog_imports_no_engine():
    code = (
        "import sys; from cutroom.catalog import Catalog; from cutroom.settings import Settings;"
        "Catalog.load(Settings()); print([m for m in sys.modules if m.startswith('cutroom.engines')"
        " or m in ('cv2', 'av', 'torch', 'numpy')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
