"""The models on offer: rows of `models.toml` made into `Model`, and their engines made when needed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module, resources
from types import MappingProxyType
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cutroom.engine import Engine
from cutroom.errors import EngineFailed, InvalidParams, UnknownModel
from cutroom.settings import Settings
from cutroom.types import Kind, Limits, Model


class Row(BaseModel):
    """One `[[model]]` table as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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

    def model(self, engine: str | None) -> Model:
        """The row as the rest of the program sees it, run by `engine` if one is given."""
        return Model(
            id=self.id,
            kind=self.kind,
            engine=engine or self.engine,
            price=self.price,
            display_name=self.display_name,
            description=self.description,
            summary=self.summary,
            pool=self.pool,
            limits=self.limits,
            options=dict(self.options),
            released_at=self.released_at.isoformat() if self.released_at else None,
            without=self.without,
        )


ROWS = TypeAdapter(list[Row])


@dataclass(frozen=True, slots=True)
class Catalog:
    """The models on offer, in the order of their rows."""

    by_id: Mapping[str, Model]

    @classmethod
    def load(cls, settings: Settings) -> "Catalog":
        """Read the rows that come with the package; `settings.engines` overrides their engines.

        Raises InvalidParams when that setting names a model that is not on offer.
        """
        text = resources.files("cutroom").joinpath("models.toml").read_text(encoding="utf-8")
        rows = ROWS.validate_python(tomllib.loads(text)["model"])
        models = {row.id: row.model(settings.engines.get(row.id)) for row in rows}
        if unknown := sorted(settings.engines.keys() - models.keys()):
            raise InvalidParams(f"CUTROOM_ENGINES names unknown models: {', '.join(unknown)}")
        return cls(MappingProxyType(models))

    @property
    def models(self) -> tuple[Model, ...]:
        """Every model."""
        return tuple(self.by_id.values())

    def model(self, model_id: str) -> Model:
        """The model of that id. Raises UnknownModel."""
        try:
            return self.by_id[model_id]
        except KeyError:
            raise UnknownModel(f"Model not found: {model_id}") from None


def load_engine(model: Model, settings: Settings) -> Engine:
    """The model's engine, imported now and made with the options of its row. Raises EngineFailed."""
    spec = settings.engines.get(model.id, model.engine)
    module, _, name = spec.partition(":")
    try:
        engine = getattr(import_module(module), name)(**model.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise EngineFailed(f"The engine {spec} of {model.id} cannot be loaded: {error}") from error
    return cast("Engine", engine)
