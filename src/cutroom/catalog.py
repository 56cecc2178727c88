"""The models on offer: rows of `models.toml` made into `Model`, and their engines made when needed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module, resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from cutroom.engine import Engine
from cutroom.errors import EngineFailed, InvalidParams, UnknownModel
from cutroom.types import Kind, Limits, Model

if TYPE_CHECKING:
    from cutroom.settings import Settings


ENGINES: Mapping[str, str] = {
    "classical": "cutroom.engines.classical.engine:Classical",
    "diffusion": "cutroom.engines.diffusion.engine:Diffusion",
    "remote": "cutroom.engines.remote.engine:Remote",
}
"""Our own engines by name, for settings."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The models on offer, in the order of their rows."""

    by_id: Mapping[str, Model]

    @classmethod
    def load(cls, settings: "Settings | None" = None) -> "Catalog":
        """Read the rows that come with the package; settings override their engines and pools.

        Raises InvalidParams when one of these names a model that is not on offer.
        """
        text = resources.files("cutroom").joinpath("models.toml").read_text(encoding="utf-8")
        engines, engine = (settings.engines, settings.engine) if settings else ({}, "")
        pools = settings.model_pools if settings else {}
        rows = {row["id"]: row for row in tomllib.loads(text)["model"]}
        for name, told in {"CUTROOM_ENGINES": engines, "CUTROOM_MODEL_POOLS": pools}.items():
            if unknown := sorted(told.keys() - rows.keys()):
                raise InvalidParams(f"{name} names unknown models: {', '.join(unknown)}")
        models = {
            one: model_of({**row, "pool": pools.get(one, row["pool"])}, engines.get(one, engine))
            for one, row in rows.items()
        }
        return cls(MappingProxyType(models))

    @property
    def models(self) -> tuple[Model, ...]:
        """Every model."""
        return tuple(self.by_id.values())

    @property
    def pools(self) -> frozenset[str]:
        """Every pool that models go to."""
        return frozenset(model.pool for model in self.models)

    def model(self, model_id: str) -> Model:
        """The model of that id. Raises UnknownModel."""
        try:
            return self.by_id[model_id]
        except KeyError:
            raise UnknownModel(f"Model not found: {model_id}") from None


def model_of(row: Mapping[str, Any], engine: str = "") -> Model:
    """The model of a `[[model]]` table, run by `engine` if one is given.

    The rows are part of the program: that their values are what they should be is for the tests to say.
    """
    limits, released = dict(row.get("limits", {})), row.get("released_at")
    limits["durations"] = tuple(limits.get("durations", ()))
    told = {
        **row,
        "kind": Kind(row["kind"]),
        "engine": ENGINES.get(engine, engine) or row["engine"],
        "limits": Limits(**limits),
        "released_at": released.isoformat() if released else None,
        "without": tuple(row.get("without", ())),
    }
    return Model(**told)


def engine_name(model: Model) -> str:
    """What settings call the model's engine: a name of `ENGINES`, or `package.module:Class`."""
    return next(
        (name for name in ENGINES if model.engine.startswith(f"cutroom.engines.{name}.")),
        model.engine,
    )


def load_engine(model: Model) -> Engine:
    """The model's engine, imported now and made with the options of its row. Raises EngineFailed."""
    module, _, name = model.engine.partition(":")
    try:
        engine = getattr(import_module(module), name)(**model.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise EngineFailed(
            f"The engine {model.engine} of {model.id} cannot be loaded: {error}"
        ) from error
    return cast("Engine", engine)
