"""Addresses that want to be told, and how what they are told is signed (the Standard Webhooks spec)."""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cutroom.db import now
from cutroom.errors import InvalidParams, NotFound
from cutroom.tables import deliveries
from cutroom.tables import webhooks as table

PREFIX = "whsec_"
SECRET = 32
"""Random bytes of a secret; the spec wants 24 to 64."""
OVERLAP = 86_400
"""Seconds that an old secret signs beside the new one."""
MOST = 20
"""Webhooks of one namespace."""
URL, DESCRIPTION = 2000, 200
"""Letters of each."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is known of an address; its secret is not. Times are unix seconds."""

    id: str
    namespace: str
    """Whose generations it is told of."""
    url: str
    events: tuple[str, ...]
    """Names of the events that it wants; empty: all."""
    description: str
    created: int
    disabled: int | None
    """Since when nothing is sent there."""


def add(
    tx: sa.Connection, namespace: str, url: str, names: Collection[str], description: str
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is told here and never again. Raises InvalidParams."""
    count = sa.select(sa.func.count()).where(table.c.namespace == namespace)
    if tx.execute(count).scalar_one() >= MOST:
        raise InvalidParams(f"A namespace may have {MOST} webhooks.")
    _check(url, description)
    secret = new_secret()
    row = {
        "id": str(uuid.uuid4()),
        "namespace": namespace,
        "url": url,
        "secret": secret,
        "events": list(dict.fromkeys(names)),
        "description": description,
        "created": now(),
    }
    return _read(tx.execute(sa.insert(table).values(row).returning(table)).one()), secret


def get(tx: sa.Connection, webhook_id: str) -> Webhook:
    """One webhook. Raises NotFound."""
    row = tx.execute(sa.select(table).where(table.c.id == webhook_id)).first()
    if row is None:
        raise NotFound
    return _read(row)


def all_of(tx: sa.Connection, namespaces: Collection[str]) -> Sequence[Webhook]:
    """The webhooks of these namespaces, the oldest first."""
    query = sa.select(table).where(table.c.namespace.in_(namespaces))
    return [_read(row) for row in tx.execute(query.order_by(table.c.created, table.c.id))]


def change(
    tx: sa.Connection,
    webhook_id: str,
    *,
    url: str | None = None,
    names: Collection[str] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
) -> Webhook:
    """The webhook as it is now, with what is given in place of what was. Raises NotFound, InvalidParams."""
    before = get(tx, webhook_id)
    _check(url or "", description or "")
    disabled = before.disabled or now()
    values = {
        "url": before.url if url is None else url,
        "events": list(before.events if names is None else dict.fromkeys(names)),
        "description": before.description if description is None else description,
        "disabled": {None: before.disabled, True: None, False: disabled}[enabled],
    }
    statement = sa.update(table).where(table.c.id == webhook_id).values(values).returning(table)
    return _read(tx.execute(statement).one())


def remove(tx: sa.Connection, webhook_id: str) -> None:
    """Forget a webhook, with all it was told and would have been told."""
    # Locked first: who adds a delivery meanwhile waits, and then finds no webhook to add it to.
    tx.execute(sa.select(table.c.id).where(table.c.id == webhook_id).with_for_update())
    tx.execute(sa.delete(deliveries).where(deliveries.c.webhook == webhook_id))
    tx.execute(sa.delete(table).where(table.c.id == webhook_id))


def change_secret(tx: sa.Connection, webhook_id: str) -> str:
    """A new secret; the one of before signs beside it for a day. Raises NotFound."""
    secret = new_secret()
    statement = (
        sa.update(table)
        .where(table.c.id == webhook_id)
        .values(old_secret=table.c.secret, old_until=now() + OVERLAP, secret=secret)
    )
    if tx.execute(statement).rowcount == 0:
        raise NotFound
    return secret


def secrets_of(tx: sa.Connection, webhook_id: str) -> Sequence[str]:
    """The secrets that sign now, the newest first; none when there is no such webhook."""
    columns = (table.c.secret, table.c.old_secret, table.c.old_until)
    row = tx.execute(sa.select(*columns).where(table.c.id == webhook_id)).first()
    if row is None:
        return ()
    return (row.secret, row.old_secret) if (row.old_until or 0) > now() else (row.secret,)


def new_secret() -> str:
    """A secret as the spec writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET)).decode()


def signatures(keys: Collection[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret, with a space between."""
    said = f"{message_id}.{timestamp}.".encode() + body
    signed = (
        hmac.new(base64.b64decode(key.removeprefix(PREFIX)), said, hashlib.sha256) for key in keys
    )
    return " ".join(f"v1,{base64.b64encode(one.digest()).decode()}" for one in signed)


def _check(url: str, description: str) -> None:
    if len(url) > URL:
        raise InvalidParams(f"The URL of a webhook may have {URL} letters.")
    if len(description) > DESCRIPTION:
        raise InvalidParams(f"The description of a webhook may have {DESCRIPTION} letters.")


def _read(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        namespace=row.namespace,
        url=row.url,
        events=tuple(row.events),
        description=row.description,
        created=row.created,
        disabled=row.disabled,
    )
