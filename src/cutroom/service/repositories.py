"""Repositories as callers see them: those that somebody made, and those that something is in."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from cutroom import repositories
from cutroom.db import Database, reading, writing
from cutroom.errors import AlreadyExists, Forbidden, NotFound
from cutroom.repositories import Repository
from cutroom.storage import File, Storage
from cutroom.types import PLAYGROUND, Caller


@dataclass(frozen=True, slots=True)
class Folder:
    """What is in a folder of a repository."""

    folders: Sequence[str]
    """Their names."""
    files: Sequence[File]


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

    def all(self, caller: Caller, namespace: str) -> Sequence[Repository]:
        """Those of one of the caller's namespaces, by name. Raises NotFound, for strangers' too."""
        if namespace not in caller.namespaces:
            raise NotFound
        with reading(self._engine) as tx:
            made = {one.name: one for one in repositories.all_of(tx, namespace)}
        filled = {PLAYGROUND, *self._storage.contents(namespace)[0]}
        return [
            made.get(name) or Repository(namespace, name)
            for name in sorted(made | dict.fromkeys(filled))
        ]

    def folder(self, caller: Caller, namespace: str, name: str, path: str = "") -> Folder:
        """What is in a folder of a repository, and not below it; its root has no path.

        Raises NotFound, for strangers' too: no folder but the root of a repository is there empty.
        """
        if namespace not in caller.namespaces:
            raise NotFound
        folders, files = self._storage.contents("/".join(filter(None, (namespace, name, path))))
        if not folders and not files:
            if path:
                raise NotFound
            self.get(caller, namespace, name)
        return Folder(folders, files)
