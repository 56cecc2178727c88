"""The catalog: seven models, their prices, and engines imported by name."""

import subprocess
import sys
import tomllib
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cutroom.catalog import Catalog, load_engine, model_of
from cutroom.errors import EngineFailed, InvalidParams, UnknownModel
from cutroom.settings import Settings
from cutroom.types import Kind, Limits, Model

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
EDIT = "kling-video-o3-pro-video-to-video-edit"


class Row(BaseModel):
    """What a `[[model]]` table may hold."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    kind: Kind
    engine: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")]
    price: Annotated[int, Field(ge=0)]
    display_name: str
    description: str
    summary: str
    pool: str = "cpu"
    limits: Limits = Limits()
    options: dict[str, Any] = {}
    released_at: datetime | None = None
    without: tuple[str, ...] = ()
    sizes: dict[str, Annotated[str, Field(pattern=r"^[1-9][0-9]*x[1-9][0-9]*$")]] = {}


def model(engine: str, **options: object) -> Model:
    return Model("m", Kind.EDIT, engine, 1, "M", "", "", options=options)


def test_the_models_and_their_prices():
    prices = {row.id: row.price for row in Catalog.load(Settings()).models}
    assert prices == {
        "kling-video-v2-6-pro-text-to-video": 70_000,
        "kling-video-v2-6-pro-image-to-video": 70_000,
        "kling-video-o3-pro-image-to-video": 224_000,
        "kling-video-o3-pro-reference-to-video": 224_000,
        EDIT: 336_000,
        "kling-video-v3-pro-motion-control": 168_000,
        "kling-video-o3-omni": 336_000,
    }
    assert next(iter(prices)) == EDIT
    assert list(prices)[-1] == "kling-video-o3-omni"  # beside the six, not among them


def test_every_row_holds_what_a_row_may_hold():
    rows = tomllib.loads(resources.files("cutroom").joinpath("models.toml").read_text("utf-8"))
    checked = TypeAdapter(list[Row]).validate_python(rows["model"])
    assert len({row.id for row in checked}) == len(checked)
    for row, found in zip(checked, Catalog.load().models, strict=True):
        released = row.released_at.isoformat() if row.released_at else None
        assert found == Model(**{**dict(row), "released_at": released})


def test_the_model_of_the_contributing_page_is_a_row():
    text = PAGE.read_text("utf-8")
    block = next(part for part in text.split("```") if "[[model]]" in part)
    (row,) = tomllib.loads(block.partition("\n")[2])["model"]
    Row.model_validate(row)
    assert model_of(row).price == 100_000


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
    engine = load_engine(model("fractions:Fraction", numerator=3, denominator=4))
    assert str(engine) == "3/4"


@pytest.mark.parametrize(
    "spec", ["no.such.module:Class", "fractions:Nothing", "fractions", ":", "fractions:gcd"]
)
def test_an_engine_that_cannot_be_loaded_is_told_by_name(spec):
    with pytest.raises(EngineFailed, match="cannot be loaded"):
        load_engine(model(spec, nonsense=1))


def test_reading_the_catalog_imports_no_engine():
    code = (
        "import sys; from cutroom.catalog import Catalog; from cutroom.settings import Settings;"
        "Catalog.load(Settings()); print([m for m in sys.modules if m.startswith('cutroom.engines')"
        " or m in ('cv2', 'av', 'torch', 'numpy')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["classical", "diffusion", "remote"])
def test_an_engine_of_ours_is_named_for_all_models_by_a_word(name) -> None:
    models = Catalog.load(Settings(engine=name)).models
    assert {model.engine.split(".")[2] for model in models} == {name}
    assert load_engine(models[0]).__class__.__name__ == name.capitalize()


def test_the_engine_of_one_model_goes_before_that_of_all() -> None:
    settings = Settings(engine="mine:Mine", engines={EDIT: "remote"})
    engines = {model.id: model.engine for model in Catalog.load(settings).models}
    assert engines.pop(EDIT) == "cutroom.engines.remote.engine:Remote"
    assert set(engines.values()) == {"mine:Mine"}


def test_models_go_to_the_pools_that_the_operator_names():
    text = "kling-video-v2-6-pro-text-to-video"
    catalog = Catalog.load(Settings(model_pools={text: "gpu"}))
    assert catalog.model(text).pool == "gpu"
    assert catalog.pools == {"cpu", "gpu"}
    with pytest.raises(InvalidParams, match=r"CUTROOM_MODEL_POOLS names unknown models: nothing"):
        Catalog.load(Settings(model_pools={"nothing": "gpu"}))
    with pytest.raises(ValueError, match="pattern"):
        Settings(model_pools={text: "no pool"})
