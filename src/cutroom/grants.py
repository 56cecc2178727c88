"""What a worker's role may do in a PostgreSQL database, and the statements that say so.

A worker runs engines, on machines that one trusts less. So it gets a role of its own, which reads and writes what it
needs to carry generations out: no keys, no sessions, no secrets of webhooks, and no entry that is there is changed.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from cutroom import tables as t
from cutroom.db import writing
from cutroom.errors import InvalidParams, NotFound

ALL = ("*",)
"""Every column there is and will be."""
DIALECT = sa.make_url("postgresql+psycopg://").get_dialect()()
QUEUE = "dbos"
"""The schema of DBOS, whose tables are the queue."""

Rights = Mapping[str, Sequence[str]]
"""Verb -> the columns it may be done to; a DELETE is of rows."""

WORKER: Mapping[sa.Table, Rights] = {
    t.stamps: {"SELECT": ALL},
    t.generations: {
        "SELECT": ALL,
        "UPDATE": (
            "status", "progress", "started_at", "completed_at", "error_kind", "error_message", "result_key",
            "seconds", "cost", "worker", "attempts", "lost", "notes", "details", "admitted", "expected",
        ),
    },
    t.requests: {"SELECT": ALL, "DELETE": ALL},
    t.previews: {"SELECT": ALL, "INSERT": ALL, "UPDATE": ALL, "DELETE": ALL},
    t.inputs: {"SELECT": ALL},
    t.segments: {"SELECT": ALL, "INSERT": ALL, "UPDATE": ALL, "DELETE": ALL},
    # Who may read whose files.
    t.members: {"SELECT": ALL},
    t.namespaces: {
        "SELECT": ("name", "balance", "held", "weight", "running_limit"),
        "UPDATE": ("balance", "held"),
    },
    t.entries: {"SELECT": ("seq",), "INSERT": ALL},
    t.events: {"SELECT": ALL, "INSERT": ALL},
    # To lock a row, so that it stays until its message is written, takes the right to change some column of it.
    t.webhooks: {
        "SELECT": ("id", "namespace", "events", "disabled"),
        "UPDATE": ("description",),
    },
    t.deliveries: {"SELECT": ALL, "INSERT": ALL},
    t.workers: {"SELECT": ALL, "INSERT": ALL, "UPDATE": ALL, "DELETE": ALL},
    # Whose turn it is.
    t.pools: {"SELECT": ALL, "INSERT": ("name", "note", "clock", "admissions"), "UPDATE": ("clock", "admissions")},
    t.shares: {"SELECT": ALL, "INSERT": ALL, "UPDATE": ALL},
}  # fmt: skip
"""What a worker may do, by table; nothing to those that are not here."""


def statements(role: str) -> Sequence[str]:
    """What gives a role these rights and no others, one SQL statement each."""
    to = _quoted(role)
    ours = ", ".join(_quoted(name) for name in sorted(t.metadata.tables))
    given = [f"REVOKE ALL ON {ours} FROM {to}"]
    for table, rights in WORKER.items():
        said = ", ".join(_right(verb, columns) for verb, columns in rights.items())
        given.append(f"GRANT {said} ON {_quoted(table.name)} TO {to}")
        if "INSERT" in rights and "seq" in table.c:
            given.append(f"GRANT USAGE ON SEQUENCE {_quoted(f'{table.name}_seq_seq')} TO {to}")
    return [
        *given,
        f"GRANT USAGE ON SCHEMA {QUEUE} TO {to}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {QUEUE} TO {to}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {QUEUE} TO {to}",
        f"REVOKE INSERT, UPDATE, DELETE ON {QUEUE}.dbos_migrations FROM {to}",
    ]


def give(engine: sa.Engine, role: str) -> None:
    """Give a role these rights and no others. Raises NotFound for no such role, InvalidParams on SQLite."""
    if engine.dialect.name != "postgresql":
        raise InvalidParams("Roles are PostgreSQL's; a file of SQLite has none.")
    known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    with writing(engine) as tx:
        if tx.execute(known, {"role": role}).first() is None:
            raise NotFound(f"The database has no role {role}; CREATE ROLE {role} LOGIN makes it.")
        for statement in statements(role):
            tx.exec_driver_sql(statement)


def _right(verb: str, columns: Sequence[str]) -> str:
    return verb if columns == ALL else f"{verb} ({', '.join(map(_quoted, columns))})"


def _quoted(name: str) -> str:
    quoted: str = DIALECT.identifier_preparer.quote(name)
    return quoted
