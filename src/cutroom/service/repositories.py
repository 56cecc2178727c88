"""Repositories as callers see them: those that somebody made, and those that something is in."""

from contextlib import suppress

from cutroom import repositories
from cutroom.db import Database, reading, writing
from cutroom.errors import AlreadyExists, Forbidden, NotFound
from cutroom.repositories import Repository
from cutroom.storage import Storage
from cutroom.types import PLAYGROUND, Caller


class Repositories:
    """The repositories of one installation."""

    def __init__(self, engine: Database, storage: Storage) -> None:
        self._engine = engine
        self._storage = storage

    def create(self, caller: Caller, namespace: str, name: str, description: str) -> Repository:
        """Make one. Raises Forbidden, InvalidParams, and AlreadyExists as soon as `get` finds it."""
        if namespace not in caller.namespaces:
            raise Forbidden("Your key may not write in that namespace.")
        repositories.check_name(name)
        with suppress(NotFound):
            self.get(caller, namespace, name)
            raise AlreadyExists
        with writing(self._engine) as tx:
            return repositories.add(tx, namespace, name, description)

    def get(self, caller: Caller, namespace: str, name: str) -> Repository:
        """One of the caller's namespaces. Raises NotFound, for strangers' too."""
        if namespace not in caller.namespaces:
            raise NotFound
        with reading(self._engine) as tx:
            made = repositories.find(tx, namespace, name)
        if made is not None:
            return made
        if name == PLAYGROUND or self._storage.holds(f"{namespace}/{name}"):
            return Repository(namespace, name)
        raise NotFound
