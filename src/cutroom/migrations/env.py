"""Alembic's entry: runs the migrations on the connection that `cutroom.db` hands over."""

import sqlalchemy as sa
from alembic import context

from cutroom.tables import metadata


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether alembic should look at something: DBOS keeps its own tables in the same file."""
    return kind != "table" or name in metadata.tables


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=ours,
    transactional_ddl=True,  # of SQLite too: `cutroom.db` has begun by itself
)
with context.begin_transaction():
    context.run_migrations()
