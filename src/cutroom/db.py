"""The database: its tables, how to connect, and how its schema comes to be.

One SQLite file by default; everything here is also valid for PostgreSQL. The tables of DBOS live
in the same database, so that a generation, its hold and its workflow are one commit.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from cutroom.errors import InvalidParams, Unreachable

Database: TypeAlias = sa.Engine
"""A database and its connections, for those who pass it on without speaking SQL."""

REVISION = "0002"
"""The schema this code expects: the newest file in `migrations/versions` (a test compares)."""

MIGRATING = 0x63757472
"""The number of the advisory lock under which PostgreSQL is migrated."""

_turns: WeakKeyDictionary[sa.Engine, Lock] = WeakKeyDictionary()
"""Which of a process's threads may write to a file of SQLite."""

metadata = sa.MetaData()

Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A key that counts up: SQLite counts only in a column declared INTEGER."""


class Word(sa.String):
    """A column of words of a StrEnum, which are compared as the text they are."""

    def coerce_compared_value(self, op: object, value: object) -> "sa.types.TypeEngine[Any]":  # noqa: ARG002 - SQLAlchemy's signature
        """Text, whatever `value` is a subclass of.

        SQLAlchemy would ask its registry of classes, which is not complete while another thread loads
        its ORM, as DBOS does in the first second of a process.
        """
        return self


namespaces = sa.Table(
    "namespaces",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),  # user or organisation
    sa.Column("balance", sa.BigInteger, nullable=False),  # micro-dollars, what is held included
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("spend_limit", sa.BigInteger),  # micro-dollars in a spend_period; null: none
    sa.Column("spend_period", sa.String(16)),  # day, month (both of UTC) or ever
    sa.CheckConstraint("held >= 0", name="held_not_negative"),
    sa.CheckConstraint("balance >= held", name="held_is_covered"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("member", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False, server_default="member"),  # or owner
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),  # SHA-256, hexadecimal
    sa.Column("prefix", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.BigInteger),
    sa.Column("last_used", sa.BigInteger),
    sa.Column("scopes", sa.String(100), nullable=False, server_default="read write"),
    sa.Column("expires", sa.BigInteger),  # unix seconds; null: never
    sa.Column("spend_limit", sa.BigInteger),  # as of a namespace
    sa.Column("spend_period", sa.String(16)),
)

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),  # the order of arrival, within a second too
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("model", sa.String(100), nullable=False),
    sa.Column("pool", sa.String(64), nullable=False),
    sa.Column("origin", sa.String(300), nullable=False),  # the base URL it was asked for under
    sa.Column("params", sa.JSON, nullable=False),  # long data: URIs cut short
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("status", Word(16), nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("enqueued_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("completed_at", sa.BigInteger),
    sa.Column("error_kind", sa.String(64)),
    sa.Column("error_message", sa.Text),
    sa.Column("result_key", sa.String(500)),
    sa.Column("seconds", sa.Float),
    sa.Column("price", sa.BigInteger, nullable=False),  # micro-dollars a second, when accepted
    sa.Column("hold", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger),
    sa.Column("worker", sa.String(200)),  # who works on it now
    sa.Column("attempts", sa.Integer, nullable=False),  # times it was taken
    sa.Column("lost", sa.Integer, nullable=False),  # attempts that took their process down
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("key_id", sa.String(36)),  # the key it was asked for with, if there was one
    sa.Column("retried_from", sa.String(36)),
    sa.Column("repo", sa.String(100)),  # where its request wants the result
    sa.Column("folder", sa.String(500)),
    sa.Column("deleted_at", sa.BigInteger),  # since when its result is gone at its owner's wish
    sa.Index("generations_of_namespace", "namespace", "seq"),
    # Counts and sums over a history are answered from it alone.
    sa.Index("generations_of_namespace_by_status", "namespace", "status", "seq", "cost"),
    # What was spent is summed up from these two alone.
    sa.Index("generations_paid_by", "namespace", "enqueued_at", "status", "hold", "cost"),
    sa.Index("generations_of_key", "key_id", "enqueued_at", "status", "hold", "cost"),
    sa.Index("generations_by_status", "status", "model", "pool"),
    sa.Index("generations_of_worker", "worker"),
)

# What a row's params would be in full, where a data: URI was cut; gone once the generation is final.
# Apart, because a row is read and written every moment, and this may have tens of megabytes.
requests = sa.Table(
    "requests",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("params", sa.JSON, nullable=False),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("kind", Word(16), nullable=False),  # deposit, hold, release, charge
    sa.Column("amount", sa.BigInteger, nullable=False),  # micro-dollars, never negative
    sa.Column("generation", sa.ForeignKey("generations.id")),  # null for a deposit
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    # The last line of defence: whatever the code does, nothing is charged a second time.
    sa.UniqueConstraint("generation", "kind", name="each_once"),
    sa.Index("entries_of_namespace", "namespace", "seq"),
)

# What happened to generations, for those who listen; pruned after a while. Numbers are never used again.
events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("generation", sa.String(36), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("created", sa.Float, nullable=False),  # unix seconds
    sa.Index("events_of_user", "user", "seq"),
    sqlite_autoincrement=True,
)

# Addresses that want to be told; `secret` is what their messages are signed with.
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False, index=True),
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("secret", sa.String(200), nullable=False),
    sa.Column("old_secret", sa.String(200)),  # signs too for a while after a change
    sa.Column("old_until", sa.BigInteger),
    sa.Column("events", sa.JSON, nullable=False),  # names; empty: all
    sa.Column("description", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("disabled", sa.BigInteger),  # since when
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),  # the message's, in every attempt
    sa.Column("webhook", sa.ForeignKey("webhooks.id"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("generation", sa.String(36), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("status", Word(16), nullable=False),  # pending, delivered, failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Float),  # unix seconds; null once it is over
    sa.Column("response_status", sa.Integer),
    sa.Column("error", sa.String(500)),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("delivered_at", sa.BigInteger),
    sa.Index("deliveries_due", "status", "next_at"),
    sa.Index("deliveries_of_webhook", "webhook", "seq"),
)

# First answers to requests that carried an Idempotency-Key.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),  # SHA-256 of method, path and body
    sa.Column("generations", sa.JSON, nullable=False),  # ids, in the answer's order
    sa.Column("created", sa.BigInteger, nullable=False),
)

repositories = sa.Table(
    "repositories",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("description", sa.String(2000), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("pool", sa.String(64), nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("beat", sa.Float, nullable=False),  # unix seconds by the database's clock
    sa.Column("reaper", sa.String(200)),  # who is burying it
    sa.Column("reaped", sa.Float),  # since when
)

stamps = sa.Table(
    "alembic_version",
    sa.MetaData(),  # alembic's own table, not one of ours
    sa.Column("version_num", sa.String(32), primary_key=True),
)


def connect(url: str) -> sa.Engine:
    """An engine for `url`; SQLite waits for writers and keeps foreign keys.

    Raises InvalidParams for what is no URL of SQLite or PostgreSQL.
    """
    try:
        engine = sa.create_engine(
            url,
            pool_pre_ping=not url.startswith("sqlite"),
            hide_parameters=True,  # prompts are in them, and errors are logged
        )
    except (sa.exc.ArgumentError, ImportError):
        # What it says may hold the password.
        raise InvalidParams(
            "CUTROOM_DATABASE_URL names no database that can be spoken to."
        ) from None
    if engine.dialect.name not in {"sqlite", "postgresql"}:
        raise InvalidParams("CUTROOM_DATABASE_URL must name SQLite or PostgreSQL.")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "handle_error", _let_go_of_read_only)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Writers take the lock when they begin: a lock taken halfway cannot be waited for.
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA foreign_keys=ON")
    # A few requests with videos in them make the log of writes large; it need not stay so.
    connection.execute("PRAGMA journal_size_limit=67108864")


def _let_go_of_read_only(context: sa.engine.ExceptionContext) -> None:
    # SQLite falls back to reading only when a file cannot be opened for a moment, and stays so for
    # as long as the connection lives: the pool must not hand it out again.
    error = context.original_exception
    if (
        isinstance(error, sqlite3.Error)
        and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
    ):
        context.is_disconnect = True


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to read with. Raises Unreachable."""
    with _translated(), engine.connect() as tx:
        yield tx


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that may read before it writes: on SQLite nobody else writes meanwhile.

    Raises Unreachable; whether the transaction was committed is then not known.
    """
    with _translated(), _turn(engine), engine.begin() as tx:
        if engine.dialect.name == "sqlite":
            tx.exec_driver_sql("BEGIN IMMEDIATE")
        yield tx


def _turn(engine: sa.Engine) -> AbstractContextManager[object]:
    # SQLite's writers wait for each other asleep, up to a tenth of a second at a time and in no
    # order. Threads of one process, which are most of them, wait for this instead.
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _turns.setdefault(engine, Lock())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        raise Unreachable("The database does not answer.") from error


def clock(engine: sa.Engine) -> sa.ColumnElement[float]:
    """Unix seconds by the clock all workers share: the database's."""
    if engine.dialect.name == "sqlite":
        return (sa.func.julianday("now", type_=sa.Float) - 2440587.5) * 86400.0
    return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Float)


def now() -> int:
    """Unix seconds, whole."""
    return int(time.time())


def revision(engine: sa.Engine) -> str | None:
    """The schema's revision as the database tells it; None for an empty database.

    Raises Unreachable.
    """
    with reading(engine) as tx:
        return _revision(tx)


def _revision(tx: sa.Connection) -> str | None:
    if not sa.inspect(tx).has_table(stamps.name):
        return None
    found = tx.execute(sa.select(stamps.c.version_num)).scalar()
    return None if found is None else str(found)


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to REVISION; processes that start together do it once. Raises Unreachable."""
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # what people ask for is nobody else's business
    if revision(engine) == REVISION:
        return
    if file is None:
        _bring_up(engine)
        return
    with file.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with engine.connect() as tx:
            # Readers do not wait for writers; the file remembers it.
            tx.exec_driver_sql("PRAGMA journal_mode=WAL")
        _bring_up(engine)


def _bring_up(engine: sa.Engine) -> None:
    """One transaction: a process that dies in it leaves the database as it was."""
    with writing(engine) as tx:
        if engine.dialect.name == "postgresql":
            tx.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        found = _revision(tx)
        if found is None:
            metadata.create_all(tx)
            stamps.create(tx)
            tx.execute(sa.insert(stamps).values(version_num=REVISION))
        elif found != REVISION:
            migrate(tx)


def migrate(tx: sa.Connection) -> None:
    """Apply the migrations that the database has not seen yet.

    A new database needs none: it gets the tables as they are now, which is the same (a test
    compares), and spares the half second that importing alembic takes.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "cutroom:migrations")
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
