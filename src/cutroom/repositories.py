"""Repositories that somebody made: a name for a folder of files, and what it is for."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cutroom.db import now
from cutroom.errors import AlreadyExists, InvalidParams
from cutroom.tables import repositories as table

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DESCRIPTION = 2000
"""Letters of a description."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder of files of one namespace."""

    namespace: str
    name: str
    description: str = ""
    id: str | None = None
    """None for one that nobody made, which is there because something is in it."""
    created: int | None = None
    """Unix seconds."""


def check_name(name: str) -> None:
    """Raises InvalidParams for what a repository cannot be called."""
    if not NAME.fullmatch(name):
        raise InvalidParams(
            "A repository's name is 1 to 100 letters, digits, '.', '_' or '-', "
            "beginning with a letter or digit."
        )


def add(tx: sa.Connection, namespace: str, name: str, description: str = "") -> Repository:
    """A new repository. Raises InvalidParams, and AlreadyExists when it was made before."""
    check_name(name)
    if len(description) > DESCRIPTION:
        raise InvalidParams(f"A repository's description may take {DESCRIPTION} letters.")
    if find(tx, namespace, name) is not None:
        raise AlreadyExists
    row = {
        "namespace": namespace,
        "name": name,
        "id": str(uuid.uuid4()),
        "description": description,
        "created": now(),
    }
    try:
        return _read(tx.execute(sa.insert(table).values(row).returning(table)).one())
    except sa.exc.IntegrityError:
        raise AlreadyExists from None  # somebody else was faster


def find(tx: sa.Connection, namespace: str, name: str) -> Repository | None:
    """A repository that somebody made, None where nobody did."""
    query = sa.select(table).where(table.c.namespace == namespace, table.c.name == name)
    row = tx.execute(query).first()
    return None if row is None else _read(row)


def all_of(tx: sa.Connection, namespace: str) -> Sequence[Repository]:
    """The repositories that somebody made in a namespace."""
    query = sa.select(table).where(table.c.namespace == namespace)
    return [_read(row) for row in tx.execute(query)]


def _read(row: sa.Row[Any]) -> Repository:
    return Repository(row.namespace, row.name, row.description, row.id, row.created)
