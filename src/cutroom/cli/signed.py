"""The manifest of a result that was made without a server."""

from pathlib import Path
from typing import TYPE_CHECKING

from cutroom.catalog import engine_name
from cutroom.engine import Engine, Tick
from cutroom.provenance.means import Means
from cutroom.types import Edit, Model

if TYPE_CHECKING:
    from cutroom.settings import Settings


class Signing:
    """An engine whose results are signed as a worker signs them, by the key of the data folder or of the settings."""

    def __init__(self, engine: Engine, model: Model, settings: "Settings | None") -> None:
        """`model`: whose engine it is. Without settings their defaults count."""
        self._engine = engine
        self._name = engine_name(model)
        self._means = Means() if settings is None else Means.of(settings)

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Edit, then put a manifest into the result."""
        from cutroom.provenance.signing import Provenance  # noqa: PLC0415  a refusal needs none

        self._engine.edit(edit, out, tick)
        asked = {"model": edit.model, "prompt": edit.prompt, "keep_audio": edit.keep_audio}
        asked["seed"] = edit.seed
        signed = Provenance(self._means).sign(edit, self._name, asked, out, lambda: tick(1.0))
        for note in signed.notes:
            tick.note(note)
        for name, text in signed.details.items():
            tick.detail(name, text)
