"""What many machines need: whose turn it is, inputs fetched ahead, segments of one generation, pools.

What is new may be left out: code of 0004 still works on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _some(name: str, columns: list[str], where: str) -> None:
    """An index of some generations."""
    only = sa.text(where)
    op.create_index(name, "generations", columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Apply it."""
    op.add_column(
        "generations", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("generations", sa.Column("admitted", sa.BigInteger(), nullable=True))
    op.add_column("generations", sa.Column("expected", sa.Float(), nullable=True))
    op.add_column("generations", sa.Column("trace", sa.String(length=64), nullable=True))
    op.add_column("namespaces", sa.Column("weight", sa.Float(), server_default="1", nullable=False))
    op.add_column("namespaces", sa.Column("running_limit", sa.Integer(), nullable=True))
    op.add_column("workers", sa.Column("drain", sa.Float(), nullable=True))
    op.add_column("workers", sa.Column("version", sa.String(length=40), nullable=True))
    op.add_column("workers", sa.Column("device", sa.String(length=100), nullable=True))
    op.create_table(
        "pools",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("paused", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("clock", sa.Float(), server_default="0", nullable=False),
        sa.Column("admissions", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "shares",
        sa.Column("pool", sa.String(length=64), nullable=False),
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("served", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["namespace"], ["namespaces.name"]),
        sa.PrimaryKeyConstraint("pool", "namespace"),
    )
    _some(
        "generations_waiting",
        ["pool", "namespace", "model", "priority", "seq"],
        "status = 'queued' AND admitted IS NULL",
    )
    _some(
        "generations_admitted",
        ["pool", "admitted", "namespace", "model"],
        "admitted IS NOT NULL AND started_at IS NULL AND completed_at IS NULL",
    )
    _some("generations_ran", ["pool", "model", "seq"], "status = 'succeeded'")
    op.create_table(
        "inputs",
        sa.Column("generation", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taker", sa.String(length=200), nullable=True),
        sa.Column("until", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["generation"], ["generations.id"]),
        sa.PrimaryKeyConstraint("generation", "place"),
    )
    op.create_index("inputs_due", "inputs", ["state", "until"], unique=False)
    op.create_table(
        "segments",
        sa.Column("generation", sa.String(length=36), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=True),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("alone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["generations.id"]),
        sa.PrimaryKeyConstraint("generation", "mark", "number"),
    )
    op.create_index("segments_of_worker", "segments", ["worker"], unique=False)
