"""Texts that an engine keeps beside a result.

What is new may be left out: code of 0002 still works on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("generations", sa.Column("details", sa.JSON(), nullable=True))
