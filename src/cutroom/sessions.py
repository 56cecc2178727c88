"""Sessions: browsers that are let in, by a link that is good once or by a key.

A session of a key acts with that key; one of a link acts for its namespace as the command line does.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cutroom.db import now
from cutroom.errors import Unauthenticated
from cutroom.tables import sessions as table
from cutroom.tokens import digest, draw

LINK, SESSION = "link", "session"
"""The two kinds of rows. Neither opens what the other does."""
PREFIXES = {LINK: "cl_", SESSION: "cs_"}
"""How their tokens begin."""
OVER = {
    LINK: "This link was used already or is too old; `cutroom link` prints another.",
    SESSION: "This session is over; sign in again.",
}
"""Why a token opens nothing; the same for one that never did."""


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a session or a link; its token is not. Times are unix seconds."""

    id: str
    namespace: str
    key_id: str | None
    """The key it came of, with which it ends; None for one of a link."""
    expires: int
    last_used: int | None


def add_link(tx: sa.Connection, namespace: str, expires: int) -> str:
    """A link for a namespace that is there: the token, told here and never again."""
    return _add(tx, LINK, namespace, expires)


def begin(tx: sa.Connection, namespace: str, expires: int, key_id: str | None = None) -> str:
    """A new session, of a key if one is named: the token, told here and never again."""
    return _add(tx, SESSION, namespace, expires, key_id)


def find(tx: sa.Connection, token: str, kind: str = SESSION) -> Session:
    """The session, or link, that this token opens. Raises Unauthenticated once it is over."""
    return _opened(tx.execute(sa.select(table).where(*_open(token, kind))).first(), kind)


def use_link(tx: sa.Connection, token: str) -> Session:
    """The link, which is over now: of two who use it at once, one gets it.

    Raises Unauthenticated.
    """
    statement = (
        sa.update(table)
        .where(*_open(token, LINK))
        .values(ended=now(), last_used=now())
        .returning(table)
    )
    return _opened(tx.execute(statement).first(), LINK)


def used(tx: sa.Connection, session: Session) -> None:
    """Remember that a session was used just now."""
    tx.execute(sa.update(table).where(table.c.id == session.id).values(last_used=now()))


def end(tx: sa.Connection, session_id: str) -> None:
    """End a session."""
    tx.execute(sa.update(table).where(table.c.id == session_id).values(ended=now()))


def end_all(tx: sa.Connection, namespace: str) -> int:
    """End every session and link of a namespace, those of its keys too; how many."""
    alive = (table.c.namespace == namespace, table.c.ended.is_(None), table.c.expires > now())
    return tx.execute(sa.update(table).where(*alive).values(ended=now())).rowcount


def prune(tx: sa.Connection) -> int:
    """Forget what is over; how many."""
    over = sa.or_(table.c.ended.is_not(None), table.c.expires <= now())
    return tx.execute(sa.delete(table).where(over)).rowcount


def expiry(tx: sa.Connection, session_id: str) -> int | None:
    """When a session ends by itself; None for one that is forgotten."""
    return tx.execute(sa.select(table.c.expires).where(table.c.id == session_id)).scalar()


def _add(
    tx: sa.Connection, kind: str, namespace: str, expires: int, key_id: str | None = None
) -> str:
    token = draw(PREFIXES[kind])
    row = {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "hash": digest(token),
        "namespace": namespace,
        "key_id": key_id,
        "created": now(),
        "expires": expires,
    }
    tx.execute(sa.insert(table).values(row))
    return token


def _open(token: str, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.hash == digest(token),
        table.c.kind == kind,
        table.c.ended.is_(None),
        table.c.expires > now(),
    )


def _opened(row: sa.Row[Any] | None, kind: str) -> Session:
    if row is None:
        raise Unauthenticated(OVER[kind])
    return Session(row.id, row.namespace, row.key_id, row.expires, row.last_used)
