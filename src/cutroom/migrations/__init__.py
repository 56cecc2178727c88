"""How the schema grew: alembic revisions, applied by `cutroom.db.upgrade`."""
