"""The tables that DBOS keeps beside ours: made, brought up to date, or only looked at."""

import sqlalchemy as sa

from cutroom.errors import Unreachable

SCHEMA = "dbos"
"""Where they lie on PostgreSQL."""


def upgrade(engine: sa.Engine) -> None:
    """Make what is missing; processes that start together do it once."""
    from dbos import DBOS  # noqa: PLC0415 - most of a second

    DBOS.migrate(engine.url.render_as_string(hide_password=False))


def prepare(engine: sa.Engine) -> None:
    """See to it that they are there; made or brought up to date in a file of SQLite.

    On PostgreSQL that is for `cutroom db upgrade`, as with our own. Raises Unreachable.
    """
    if engine.dialect.name == "sqlite":
        upgrade(engine)
        return
    found, needed = versions(engine)
    if found < needed:
        raise Unreachable(
            f"The tables of the queue are of version {found}, and this program needs {needed}:"
            " `cutroom db upgrade` brings them up to date."
        )


def versions(engine: sa.Engine) -> tuple[int, int]:
    """The version they are of, 0 for none, and the one that this DBOS needs; a later one is good too."""
    # Public is only that a worker ends when they are too old, and that is late.
    from dbos._migration import (  # noqa: PLC0415 - as above
        get_migration_versions,
        get_sqlite_migration_versions,
    )

    if engine.dialect.name == "sqlite":
        return get_sqlite_migration_versions(engine)
    return get_migration_versions(engine, SCHEMA, use_listen_notify=True)
