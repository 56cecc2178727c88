"""Events, webhooks, first answers, repositories, scopes and limits.

Nothing of 0001 is changed, and what is new may be left out: code of 0001 still works on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "answers",
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("generations", sa.JSON(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["namespaces.name"],
        ),
        sa.PrimaryKeyConstraint("namespace", "key"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["namespaces.name"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_user", "events", ["user", "seq"], unique=False)
    op.create_table(
        "repositories",
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["namespaces.name"],
        ),
        sa.PrimaryKeyConstraint("namespace", "name"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("old_secret", sa.String(length=200), nullable=True),
        sa.Column("old_until", sa.BigInteger(), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["namespaces.name"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_webhooks_namespace"), "webhooks", ["namespace"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("webhook", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.String(length=36), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook"],
            ["webhooks.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("deliveries_due", "deliveries", ["status", "next_at"], unique=False)
    op.create_index("deliveries_of_webhook", "deliveries", ["webhook", "seq"], unique=False)
    op.add_column("generations", sa.Column("key_id", sa.String(length=36), nullable=True))
    op.add_column("generations", sa.Column("retried_from", sa.String(length=36), nullable=True))
    op.add_column("generations", sa.Column("repo", sa.String(length=100), nullable=True))
    op.add_column("generations", sa.Column("folder", sa.String(length=500), nullable=True))
    op.drop_index("generations_by_status", table_name="generations")
    op.create_index(
        "generations_by_status", "generations", ["status", "model", "pool"], unique=False
    )
    op.add_column("generations", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "generations_of_key",
        "generations",
        ["key_id", "enqueued_at", "status", "hold", "cost"],
        unique=False,
    )
    op.create_index(
        "generations_of_namespace_by_status",
        "generations",
        ["namespace", "status", "seq", "cost"],
        unique=False,
    )
    op.create_index(
        "generations_paid_by",
        "generations",
        ["namespace", "enqueued_at", "status", "hold", "cost"],
        unique=False,
    )
    op.add_column(
        "keys",
        sa.Column("scopes", sa.String(length=100), server_default="read write", nullable=False),
    )
    op.add_column("keys", sa.Column("expires", sa.BigInteger(), nullable=True))
    op.add_column("keys", sa.Column("spend_limit", sa.BigInteger(), nullable=True))
    op.add_column("keys", sa.Column("spend_period", sa.String(length=16), nullable=True))
    op.add_column(
        "members", sa.Column("role", sa.String(length=16), server_default="member", nullable=False)
    )
    op.add_column("namespaces", sa.Column("spend_limit", sa.BigInteger(), nullable=True))
    op.add_column("namespaces", sa.Column("spend_period", sa.String(length=16), nullable=True))
