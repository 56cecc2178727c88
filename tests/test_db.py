"""The schema, and processes that make it together."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cutroom import accounts, db, tables
from cutroom.errors import Unreachable
from cutroom.terms import ORDINARY


@pytest.fixture
def engine(tmp_path):
    made = db.connect(f"sqlite:///{tmp_path}/cutroom.db")
    yield made
    made.dispose()


def test_the_newest_migration_is_the_one_the_code_expects():
    config = Config()
    config.set_main_option("script_location", "cutroom:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [db.REVISION]


def schema(engine):
    """Every table and index as the database has it, the order of columns aside."""
    with engine.connect() as tx:
        found = tx.exec_driver_sql("SELECT type, name, tbl_name FROM sqlite_master")
        return {tuple(row) for row in found}


def test_the_migrations_come_to_the_tables_the_code_uses(engine):
    with db.writing(engine) as tx:
        db.migrate(tx)
    assert db.revision(engine) == db.REVISION
    with engine.connect() as tx:
        assert compare_metadata(MigrationContext.configure(tx), tables.metadata) == []


def test_a_new_database_is_as_if_it_had_been_migrated(engine, tmp_path):
    assert db.revision(engine) is None
    db.upgrade(engine)
    assert db.revision(engine) == db.REVISION
    migrated = db.connect(f"sqlite:///{tmp_path}/migrated.db")
    with db.writing(migrated) as tx:
        db.migrate(tx)
    assert schema(engine) == schema(migrated)
    migrated.dispose()


def test_keys_of_the_first_schema_go_on_reading_and_writing(engine):
    config = Config()
    config.set_main_option("script_location", "cutroom:migrations")
    with db.writing(engine) as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0001")
        tx.exec_driver_sql("INSERT INTO namespaces VALUES ('me', 'user', 0, 0, 1)")
        tx.exec_driver_sql("INSERT INTO namespaces VALUES ('org', 'organisation', 0, 0, 1)")
        tx.exec_driver_sql("INSERT INTO members VALUES ('org', 'me')")
        row = ("id", "me", hashlib.sha256(b"YOUR_API_KEY").hexdigest(), "YOUR_API", "", 1)
        names = "(id, namespace, hash, prefix, name, created)"
        tx.exec_driver_sql(f"INSERT INTO keys {names} VALUES (?, ?, ?, ?, ?, ?)", row)
    db.upgrade(engine)
    with db.reading(engine) as tx:
        key = accounts.find(tx, "YOUR_API_KEY")
        assert key.terms == ORDINARY
        caller = accounts.caller(tx, "me", key)
    assert (caller.namespaces, caller.owned) == ({"me", "org"}, {"me"})


def test_a_migration_that_is_cut_short_leaves_nothing(engine):
    with suppress(ZeroDivisionError), db.writing(engine) as tx:
        db.migrate(tx)
        _ = 1 / 0
    assert schema(engine) == set()
    db.upgrade(engine)
    assert db.revision(engine) == db.REVISION


def test_a_database_that_is_up_to_date_needs_no_alembic(engine, tmp_path):
    db.upgrade(engine)
    code = (
        "import sys; from cutroom import db;"
        f"db.upgrade(db.connect('sqlite:///{tmp_path}/cutroom.db'));"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_processes_that_start_together(tmp_path):
    code = f"from cutroom import db; db.upgrade(db.connect('sqlite:///{tmp_path}/new/cutroom.db'))"
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]


def test_connections_wait_for_writers_and_keep_foreign_keys(engine):
    db.upgrade(engine)
    with engine.connect() as tx:
        told = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000}
    with pytest.raises(sa.exc.IntegrityError), db.writing(engine) as tx:
        tx.execute(sa.insert(tables.members).values(namespace="no", member="nobody"))


def test_a_writer_has_the_lock_before_it_reads(engine):
    db.upgrade(engine)
    with db.writing(engine) as tx:
        tx.execute(sa.select(tables.namespaces)).all()
        other = sqlite3.connect(engine.url.database, timeout=0.05)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_transaction_that_raises_leaves_nothing(engine):
    db.upgrade(engine)
    row = {"name": "me", "kind": "user", "balance": 0, "held": 0, "created": 1}
    with suppress(ZeroDivisionError), db.writing(engine) as tx:
        tx.execute(sa.insert(tables.namespaces).values(row))
        _ = 1 / 0
    with db.reading(engine) as tx:
        assert tx.execute(sa.select(tables.namespaces)).all() == []


def test_no_database_is_unreachable(tmp_path):
    engine = db.connect(f"sqlite:///{tmp_path}/no/such/folder/cutroom.db")
    with pytest.raises(Unreachable), db.writing(engine):
        pass
    with pytest.raises(Unreachable):
        db.revision(engine)
    engine.dispose()


def test_the_clock_is_the_time(engine):
    with engine.connect() as tx:
        told = tx.execute(sa.select(db.clock(engine))).scalar()
    assert abs(told - time.time()) < 2


def test_the_file_is_nobody_else_s_business(engine):
    db.upgrade(engine)
    assert Path(engine.url.database).stat().st_mode & 0o077 == 0


def test_a_connection_that_came_to_be_read_only_is_not_used_again(engine):
    db.upgrade(engine)
    with engine.connect() as tx:
        tx.exec_driver_sql("PRAGMA query_only=ON")
    row = {"name": "alice", "kind": "user", "balance": 0, "held": 0, "created": 0}
    with pytest.raises(Unreachable), db.writing(engine) as tx:
        tx.execute(sa.insert(tables.namespaces).values(row))
    with db.writing(engine) as tx:
        tx.execute(sa.insert(tables.namespaces).values(row))
