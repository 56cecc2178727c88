"""The database: how to connect, how to read and write, and how its schema comes to be.

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
from cutroom.tables import metadata, stamps

Database: TypeAlias = sa.Engine
"""A database and its connections, for those who pass it on without speaking SQL."""

REVISION = "0005"
"""The schema this code expects: the newest file in `migrations/versions` (a test compares).

Numbers with leading zeros, which sort as text. A database of a later one is good too: migrations only add.
"""

MIGRATING = 0x63757472
"""The number of the advisory lock under which PostgreSQL is migrated."""
PATIENCE = 10
"""Seconds for which PostgreSQL keeps a transaction, and its locks, of a process that has gone silent in it."""
SPARE = 2
"""Connections to PostgreSQL that a process keeps although it does not need them just now."""

_turns: WeakKeyDictionary[sa.Engine, Lock] = WeakKeyDictionary()
"""Which of a process's threads may write to a file of SQLite."""


def connect(url: str, most: int = 10) -> sa.Engine:
    """An engine for `url`; SQLite waits for writers and keeps foreign keys.

    It has `most` connections to PostgreSQL at once, one at least.
    Raises InvalidParams for what is no URL of SQLite or PostgreSQL.
    """
    try:
        named = sa.make_url(url)
        if named.drivername in {"postgresql", "postgres"}:  # as everybody else writes it
            named = named.set(drivername="postgresql+psycopg")
        postgres = named.get_backend_name() == "postgresql"
        engine = sa.create_engine(
            named,
            hide_parameters=True,  # prompts are in them, and errors are logged
            **(_postgres(named, most) if postgres else {}),
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
    else:
        sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def _postgres(url: sa.URL, most: int) -> dict[str, Any]:
    """How to speak to PostgreSQL: what the URL says itself goes first."""
    # A cable that was pulled says nothing: whoever waits for an answer must notice by itself.
    told = {
        "application_name": "cutroom",
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": PATIENCE * 1000,
    }
    kept = min(SPARE, most)
    return {
        "pool_pre_ping": True,
        "pool_size": kept,
        "max_overflow": most - kept,
        "connect_args": {name: value for name, value in told.items() if name not in url.query},
    }


def _prepare_postgres(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's, which is not imported for SQLite
    # The same from the other end: a machine that froze or was cut off lets go of its rows in time,
    # whatever the server's own settings are. Committed, for the pool rolls back what is not.
    connection.execute(
        f"SET idle_in_transaction_session_timeout = '{PATIENCE}s';"
        " SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
    )
    connection.commit()


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
    except sa.exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # PostgreSQL ended a session that was silent for too long, or went away in its middle.
        raise Unreachable("The database hung up.") from error


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


def prepare(engine: sa.Engine) -> None:
    """See to it that the schema is one this code can work with; a file of SQLite is made or brought up to date.

    PostgreSQL is changed by `cutroom db upgrade` alone: a URL with a slip in it must not become an
    empty installation in which no key is known, a worker's role may not make tables, and replicas that are
    replaced one after the other need a moment that somebody chose.
    Raises Unreachable, with what to do.
    """
    if engine.dialect.name == "sqlite":
        upgrade(engine)
    if lacks := lacking(engine):
        raise Unreachable(lacks)


def lacking(engine: sa.Engine) -> str | None:
    """What the schema lacks for this code, as a sentence; None when it is good. Raises Unreachable."""
    found = revision(engine)
    if found is None:
        return "The database has no tables of cutroom: `cutroom db upgrade` makes them."
    if found < REVISION:
        return (
            f"The database's schema is {found}, and this program needs {REVISION}:"
            " `cutroom db upgrade` brings it up to date."
        )
    return None


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to REVISION; processes that start together do it once. Raises Unreachable.

    A newer one stays as it is: it is that of a newer program, and good for this one too.
    """
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # what people ask for is nobody else's business
    if (revision(engine) or "") >= REVISION:
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
        elif found < REVISION:
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
