"""Namespaces, who may act for them, and API keys. A key is stored as its SHA-256 alone."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from cutroom.db import now
from cutroom.errors import InvalidParams, NotFound, Unauthenticated
from cutroom.tables import keys, members, namespaces
from cutroom.terms import ORDINARY, Terms, minute, recorded, spoken
from cutroom.tokens import digest, draw
from cutroom.types import Caller, Scope

PREFIX = "cr_"
SHOWN = 8
"""Letters of a key that stay readable, to tell keys apart; never more than half of it."""
NAME = 200
"""Letters of what a key is for."""
MEMBER, OWNER = ROLES = ("member", "owner")
"""Members act and pay for an organisation; owners may also administer it."""
FRESH = 60
"""Seconds within which a key's last use is not written again."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; the key itself is not. Times are unix seconds."""

    id: str
    namespace: str
    prefix: str
    name: str
    created: int
    revoked: int | None
    last_used: int | None
    terms: Terms

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.terms.expires is not None and self.terms.expires <= now()


@dataclass(frozen=True, slots=True)
class Member:
    """A namespace that acts for another, and its role there."""

    name: str
    role: str


def ensure(tx: sa.Connection, namespace: str, kind: str = "user") -> bool:
    """Make a namespace unless there is one; whether it was made. Raises InvalidParams for a bad name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", namespace):
        raise InvalidParams(
            "A namespace is 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit."
        )
    if exists(tx, namespace):
        return False
    alike = sa.func.lower(namespaces.c.name) == namespace.lower()
    if other := tx.execute(sa.select(namespaces.c.name).where(alike)).scalar():
        # On some file systems the two would share a folder.
        raise InvalidParams(f"There is a namespace {other}, which differs only in capitals.")
    row = {"name": namespace, "kind": kind, "balance": 0, "held": 0, "created": now()}
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    # Of two replicas that start together on PostgreSQL the second waits here for the first.
    made = insert(namespaces).values(row).on_conflict_do_nothing().returning(namespaces.c.name)
    return tx.execute(made).first() is not None


def admit(tx: sa.Connection, namespace: str, member: str, role: str = MEMBER) -> None:
    """Let `member` act for `namespace` in that role. Raises NotFound unless both are there.

    Raises InvalidParams for a namespace itself.
    """
    if namespace == member:
        raise InvalidParams("Every namespace acts for itself already.")
    for name in (namespace, member):
        if not exists(tx, name):
            raise NotFound(f"There is no namespace {name[:64]}.")
    row = {"namespace": namespace, "member": member}
    known = sa.update(members).where(*_member(namespace, member)).values(role=role)
    if not tx.execute(known).rowcount:
        tx.execute(sa.insert(members).values(row | {"role": role}))


def dismiss(tx: sa.Connection, namespace: str, member: str) -> None:
    """Let `member` act for `namespace` no more. Raises NotFound unless it did."""
    if not tx.execute(sa.delete(members).where(*_member(namespace, member))).rowcount:
        raise NotFound(f"{member} is no member of {namespace}.")


def members_of(tx: sa.Connection, namespace: str) -> Sequence[Member]:
    """Who acts for a namespace besides itself, by name."""
    query = sa.select(members).where(members.c.namespace == namespace).order_by(members.c.member)
    return [Member(row.member, row.role) for row in tx.execute(query)]


def exists(tx: sa.Connection, namespace: str) -> bool:
    """Whether there is such a namespace."""
    query = sa.select(namespaces.c.name).where(namespaces.c.name == namespace)
    return tx.execute(query).first() is not None


def create(
    tx: sa.Connection,
    namespace: str,
    value: str | None = None,
    name: str = "",
    terms: Terms = ORDINARY,
) -> str:
    """A new key of `namespace`, or `value` as its key: told here and never again.

    Raises InvalidParams when the value is in use or not printable.
    """
    key = draw(PREFIX) if value is None else value
    if not re.fullmatch(r"[!-~]{8,200}", key):
        raise InvalidParams("A key is 8 to 200 printable letters without spaces.")
    terms.check()
    if len(name) > NAME:
        raise InvalidParams(f"What a key is for may take {NAME} letters.")
    kept = digest(key)
    if tx.execute(sa.select(keys.c.id).where(keys.c.hash == kept)).first() is not None:
        raise InvalidParams("That key is in use already.")
    row = {
        "id": str(uuid.uuid4()),
        "namespace": namespace,
        "hash": kept,
        "prefix": key[: min(SHOWN, len(key) // 2)],
        "name": name,
        "created": now(),
        "scopes": spoken(terms.scopes),
        "expires": terms.expires,
        "spend_limit": terms.limit and terms.limit.amount,
        "spend_period": terms.limit and terms.limit.period.value,
    }
    tx.execute(sa.insert(keys).values(row))
    return key


def revoke(tx: sa.Connection, key: str) -> Key:
    """Make a key useless, told by its id, its prefix or itself. Raises NotFound, InvalidParams."""
    found = named(tx, key)
    statement = sa.update(keys).where(keys.c.id == found.id).values(revoked=now()).returning(keys)
    return _read(tx.execute(statement).one())


def named(tx: sa.Connection, key: str) -> Key:
    """A key that is not revoked, by its id, its prefix or itself. Raises NotFound, InvalidParams."""
    matching = sa.or_(keys.c.id == key, keys.c.prefix == key, keys.c.hash == digest(key))
    found = tx.execute(sa.select(keys).where(matching, keys.c.revoked.is_(None))).all()
    if not found:
        raise NotFound("There is no such key.")
    if len(found) > 1:
        raise InvalidParams("Several keys begin like that; give the id.")
    return _read(found[0])


def key(tx: sa.Connection, key_id: str) -> Key:
    """A key by its id, revoked or not. Raises NotFound."""
    row = tx.execute(sa.select(keys).where(keys.c.id == key_id)).first()
    if row is None:
        raise NotFound
    return _read(row)


def all_keys(tx: sa.Connection, namespace: str | None = None) -> Sequence[Key]:
    """The keys of a namespace, or all, in order of creation."""
    query = sa.select(keys).order_by(keys.c.created, keys.c.id)
    if namespace is not None:
        query = query.where(keys.c.namespace == namespace)
    return [_read(row) for row in tx.execute(query)]


def find(tx: sa.Connection, key: str) -> Key:
    """The key that this secret opens. Raises Unauthenticated, with the reason for its holder alone."""
    row = tx.execute(sa.select(keys).where(keys.c.hash == digest(key))).first()
    if row is None or row.revoked is not None:
        raise Unauthenticated
    found = _read(row)
    if found.expired:
        raise Unauthenticated(
            f"This API key expired at {minute(row.expires)} UTC; another must be made."
        )
    return found


def used(tx: sa.Connection, key: Key) -> None:
    """Remember that a key was used just now."""
    tx.execute(sa.update(keys).where(keys.c.id == key.id).values(last_used=now()))


def caller(
    tx: sa.Connection,
    namespace: str,
    key: Key | None = None,
) -> Caller:
    """The caller that acts as `namespace`, with all it may act for and all that its key lets it do."""
    query = sa.select(members).where(members.c.member == namespace)
    roles = {row.namespace: row.role for row in tx.execute(query)} | {namespace: OWNER}
    owned = frozenset(name for name, role in roles.items() if role == OWNER)
    everything = Caller(namespace, frozenset(roles), owned, frozenset(Scope))
    if key is None:
        return everything
    return replace(everything, scopes=key.terms.scopes, key_id=key.id, expires=key.terms.expires)


def _member(namespace: str, member: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (members.c.namespace == namespace, members.c.member == member)


def _read(row: sa.Row[Any]) -> Key:
    known = frozenset(scope for scope in Scope if scope in row.scopes.split())
    return Key(
        id=row.id,
        namespace=row.namespace,
        prefix=row.prefix,
        name=row.name,
        created=row.created,
        revoked=row.revoked,
        last_used=row.last_used,
        terms=Terms(known, row.expires, recorded(row.spend_limit, row.spend_period)),
    )
