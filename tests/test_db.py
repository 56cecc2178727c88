"""The schema, and processes that make it together."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cutroom import accounts, db, generations, migrations, tables
from cutroom.errors import Unreachable
from cutroom.jobs import own_tables
from cutroom.terms import ORDINARY
from cutroom.types import Status
from servers import Postgres


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


def at(engine, wanted):
    """Bring a database to a revision as a program of that time did."""
    config = Config()
    config.set_main_option("script_location", "cutroom:migrations")
    with db.writing(engine) as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, wanted)


REVISIONS = [f"{number:04}" for number in range(1, int(db.REVISION) + 1)]


def test_migrations_go_forward_only_and_add_what_may_be_left_out(engine):
    seen = sa.MetaData()
    for wanted in REVISIONS:
        at(engine, wanted)
        found = sa.MetaData()
        found.reflect(engine)
        for table in seen.tables.values():
            columns = found.tables[table.name].c
            assert table.c.keys() <= columns.keys()
            for column in columns:
                if column.name in table.c:
                    assert column.nullable >= table.c[column.name].nullable, column
                else:
                    assert column.nullable or column.server_default is not None, column
        seen = found
    scripts = ScriptDirectory(Path(migrations.__file__).parent)
    for script in scripts.walk_revisions():
        assert not hasattr(script.module, "downgrade")


def test_the_code_of_before_works_on_the_schema_of_now(postgres):
    """A rolling update: the tables as the code before this one knows them, on those that there are now."""
    before, engine = (db.connect(postgres.create(empty=True)) for _ in range(2))
    at(before, REVISIONS[-2])
    at(engine, REVISIONS[-2])
    known = sa.MetaData()
    known.reflect(before)
    db.upgrade(engine)
    assert db.lacking(engine) is None
    row = {  # all that a generation needs then, and no more
        "id": "g", "namespace": "me", "user": "me", "model": "m", "pool": "cpu", "origin": "", "params": {},
        "seed": 1, "status": "queued", "progress": 0.0, "enqueued_at": 1, "price": 1, "hold": 1,
        "attempts": 0, "lost": 0, "notes": [],
    }  # fmt: skip
    tables_then = known.tables
    with db.writing(engine) as tx:
        namespace = {"name": "me", "kind": "user", "balance": 0, "held": 0, "created": 1}
        tx.execute(sa.insert(tables_then["namespaces"]).values(namespace))
        told = tx.execute(
            sa.insert(tables_then["generations"]).values(row).returning(tables_then["generations"])
        ).one()
        assert told.id == "g"
        worker = {"id": "w", "host": "h", "pid": 1, "pool": "cpu", "started": 1.0, "beat": 1.0}
        tx.execute(sa.insert(tables_then["workers"]).values(worker))
        # And this code reads what that one wrote.
        assert generations.get(tx, "g").status is Status.QUEUED
        assert generations.take(tx, "g", "w")
    for one in (before, engine):
        one.dispose()


def test_a_schema_of_a_newer_program_is_good_and_stays(postgres_url):
    engine = db.connect(postgres_url)
    with db.writing(engine) as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        tx.exec_driver_sql("ALTER TABLE generations ADD COLUMN colour text DEFAULT 'grey' NOT NULL")
    db.prepare(engine)
    db.upgrade(engine)
    assert db.revision(engine) == "9999"
    engine.dispose()


def test_on_postgresql_only_the_operator_makes_and_changes_tables(postgres):
    engine = db.connect(postgres.create(empty=True))
    with pytest.raises(Unreachable, match=r"no tables .* `cutroom db upgrade`"):
        db.prepare(engine)
    at(engine, "0001")
    with pytest.raises(Unreachable, match=r"is 0001, .* needs .* `cutroom db upgrade`"):
        db.prepare(engine)
    db.upgrade(engine)
    db.prepare(engine)
    with pytest.raises(Unreachable, match=r"queue are of version 0, .* `cutroom db upgrade`"):
        own_tables.prepare(engine)
    own_tables.upgrade(engine)
    own_tables.prepare(engine)
    with engine.connect() as tx:
        ours = {"include_name": lambda name, kind, _: kind != "schema" or name is None}
        context = MigrationContext.configure(tx, opts=ours)
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_the_url_that_everybody_else_writes(postgres_url):
    engine = db.connect(postgres_url.replace("+psycopg", ""))
    assert abs(epoch(engine) - time.time()) < 2
    engine.dispose()


def test_who_falls_silent_in_a_transaction_loses_it_and_its_locks(postgres_url, monkeypatch):
    monkeypatch.setattr(db, "PATIENCE", 1)
    frozen, other = db.connect(postgres_url), db.connect(postgres_url)

    def freeze():
        with db.writing(frozen) as tx:
            accounts.ensure(tx, "me")
            with db.writing(other) as also:
                assert accounts.ensure(also, "me"), (
                    "it waited for what is silent until that was gone"
                )
            accounts.ensure(tx, "you")

    with pytest.raises(Unreachable):
        freeze()
    with db.reading(frozen) as tx:
        assert not accounts.exists(tx, "you")
    for engine in (frozen, other):
        engine.dispose()


def test_postgresql_may_be_killed_and_the_connections_of_before_are_replaced(tmp_path):
    server = Postgres.make(tmp_path / "postgres")
    engine = db.connect(server.create())
    with db.writing(engine) as tx:
        accounts.ensure(tx, "me")

    def lose():
        with db.writing(engine) as tx:
            server.kill()
            accounts.ensure(tx, "you")

    with pytest.raises(Unreachable):
        lose()
    with pytest.raises(Unreachable):
        db.revision(engine)
    server.start()
    with db.reading(engine) as tx:
        assert accounts.exists(tx, "me")
        assert not accounts.exists(tx, "you")
    engine.dispose()
    server.stop()


def test_a_process_has_few_connections(postgres_url):
    engine = db.connect(postgres_url, most=3)
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(engine.connect())
        engine.pool._timeout = 0.1
        with pytest.raises(Unreachable), db.reading(engine):
            pass
    assert engine.pool.checkedin() == db.SPARE
    engine.dispose()


def epoch(engine):
    with engine.connect() as tx:
        return tx.execute(sa.select(db.clock(engine))).scalar()


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
    assert abs(epoch(engine) - time.time()) < 2


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
