"""Frames to be seen of what is being made."""

from collections.abc import Iterable, Mapping

from cutroom import previews
from cutroom.db import Database, reading
from cutroom.errors import NotFound
from cutroom.previews import Preview
from cutroom.types import Generation, Status


class Previews:
    """Those of one installation."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine

    def versions(self, generations: Iterable[Generation]) -> Mapping[str, int]:
        """The versions of those that are there, by the generation's id. Raises Unreachable."""
        underway = [one.id for one in generations if one.status is Status.PROCESSING]
        if not underway:
            return {}
        with reading(self._engine) as tx:
            return previews.versions(tx, underway)

    def of(self, generation: Generation) -> Preview:
        """The newest of a generation. Raises NotFound."""
        with reading(self._engine) as tx:
            found = previews.find(tx, generation.id)
        if found is None:
            raise NotFound
        return found
