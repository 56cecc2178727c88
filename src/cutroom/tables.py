"""The tables, as the code expects them; a test holds them against the migrations.

Everything here is valid for SQLite and PostgreSQL alike. The tables of DBOS live in the same
database and are its own.
"""

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A key that counts up: SQLite counts only in a column declared INTEGER."""


class Word(sa.String):
    """A column of words of a StrEnum, which are compared as the text they are."""

    def coerce_compared_value(self, op: object, value: object) -> "sa.types.TypeEngine[Any]":  # noqa: ARG002 - SQLAlchemy's signature
        """Text, whatever `value` is a subclass of.

        SQLAlchemy would ask its registry of classes, which is not complete while another thread loads
        its ORM, as DBOS does in the first second of a process.
        """
        return self


namespaces = sa.Table(
    "namespaces",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),  # user or organisation
    sa.Column("balance", sa.BigInteger, nullable=False),  # micro-dollars, what is held included
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("spend_limit", sa.BigInteger),  # micro-dollars in a spend_period; null: none
    sa.Column("spend_period", sa.String(16)),  # day, month (both of UTC) or ever
    sa.Column("weight", sa.Float, nullable=False, server_default="1"),  # its share among others
    sa.Column("running_limit", sa.Integer),  # generations worked on at once; null: the setting's
    sa.CheckConstraint("held >= 0", name="held_not_negative"),
    sa.CheckConstraint("balance >= held", name="held_is_covered"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("member", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False, server_default="member"),  # or owner
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),  # SHA-256, hexadecimal
    sa.Column("prefix", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.BigInteger),
    sa.Column("last_used", sa.BigInteger),
    sa.Column("scopes", sa.String(100), nullable=False, server_default="read write"),
    sa.Column("expires", sa.BigInteger),  # unix seconds; null: never
    sa.Column("spend_limit", sa.BigInteger),  # as of a namespace
    sa.Column("spend_period", sa.String(16)),
)

# Browsers that are let in by a cookie, and the links, each good once, that let one in.
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),  # link or session
    sa.Column("hash", sa.String(64), nullable=False, unique=True),  # SHA-256, hexadecimal
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("key_id", sa.ForeignKey("keys.id")),  # the key it came of; null: it came of a link
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("expires", sa.BigInteger, nullable=False, index=True),
    sa.Column("ended", sa.BigInteger),  # a link: when it was used
    sa.Column("last_used", sa.BigInteger),
)

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),  # the order of arrival, within a second too
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("model", sa.String(100), nullable=False),
    sa.Column("pool", sa.String(64), nullable=False),
    sa.Column("origin", sa.String(300), nullable=False),  # the base URL it was asked for under
    sa.Column("params", sa.JSON, nullable=False),  # long data: URIs cut short
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("status", Word(16), nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("enqueued_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("completed_at", sa.BigInteger),
    sa.Column("error_kind", sa.String(64)),
    sa.Column("error_message", sa.Text),
    sa.Column("result_key", sa.String(500)),
    sa.Column("seconds", sa.Float),
    sa.Column("price", sa.BigInteger, nullable=False),  # micro-dollars a second, when accepted
    sa.Column("hold", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger),
    sa.Column("worker", sa.String(200)),  # who works on it now
    sa.Column("attempts", sa.Integer, nullable=False),  # times it was taken
    sa.Column("lost", sa.Integer, nullable=False),  # attempts that took their process down
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("details", sa.JSON(none_as_null=True)),  # texts by name; null: none
    sa.Column("key_id", sa.String(36)),  # the key it was asked for with, if there was one
    sa.Column("retried_from", sa.String(36)),
    sa.Column("repo", sa.String(100)),  # where its request wants the result
    sa.Column("folder", sa.String(500)),
    sa.Column("deleted_at", sa.BigInteger),  # since when its result is gone at its owner's wish
    sa.Column("batch", sa.String(36), index=True),  # the same for all that one request asked for
    sa.Column("priority", sa.SmallInteger, nullable=False, server_default="0"),  # lower is sooner
    sa.Column(
        "admitted", sa.BigInteger
    ),  # its number in the order of the pool; null: not in the queue
    sa.Column("expected", sa.Float),  # seconds of work, as they were counted when it was admitted
    sa.Column("trace", sa.String(64)),  # the W3C traceparent of its request
    sa.Index("generations_of_namespace", "namespace", "seq"),
    # Counts and sums over a history are answered from it alone.
    sa.Index("generations_of_namespace_by_status", "namespace", "status", "seq", "cost"),
    # What was spent is summed up from these two alone.
    sa.Index("generations_paid_by", "namespace", "enqueued_at", "status", "hold", "cost"),
    sa.Index("generations_of_key", "key_id", "enqueued_at", "status", "hold", "cost"),
    sa.Index("generations_by_status", "status", "model", "pool"),
    sa.Index("generations_of_worker", "worker"),
    # The first of each model of each namespace, however many wait behind it.
    sa.Index(
        "generations_waiting",
        "pool",
        "namespace",
        "model",
        "priority",
        "seq",
        sqlite_where=sa.text("status = 'queued' AND admitted IS NULL"),
        postgresql_where=sa.text("status = 'queued' AND admitted IS NULL"),
    ),
    # What is admitted and not begun. Without the status: SQLite would rather take an index of all of one.
    sa.Index(
        "generations_admitted",
        "pool",
        "admitted",
        "namespace",
        "model",
        sqlite_where=sa.text(
            "admitted IS NOT NULL AND started_at IS NULL AND completed_at IS NULL"
        ),
        postgresql_where=sa.text(
            "admitted IS NOT NULL AND started_at IS NULL AND completed_at IS NULL"
        ),
    ),
    # The last ones of a model in a pool that succeeded: how long its work takes.
    sa.Index(
        "generations_ran",
        "pool",
        "model",
        "seq",
        sqlite_where=sa.text("status = 'succeeded'"),
        postgresql_where=sa.text("status = 'succeeded'"),
    ),
)

# What a row's params would be in full, where a data: URI was cut; gone once the generation is final.
# Apart, because a row is read and written every moment, and this may have tens of megabytes.
requests = sa.Table(
    "requests",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("params", sa.JSON, nullable=False),
)

# The newest frame to be seen of what is being made.
previews = sa.Table(
    "previews",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("image", sa.LargeBinary, nullable=False),  # a JPEG
    sa.Column("made", sa.Float, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # counts up with every frame
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("kind", Word(16), nullable=False),  # deposit, hold, release, charge
    sa.Column("amount", sa.BigInteger, nullable=False),  # micro-dollars, never negative
    sa.Column("generation", sa.ForeignKey("generations.id")),  # null for a deposit
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    # The last line of defence: whatever the code does, nothing is charged a second time.
    sa.UniqueConstraint("generation", "kind", name="each_once"),
    sa.Index("entries_of_namespace", "namespace", "seq"),
)

# What happened to generations, for those who listen; pruned after a while. Numbers are never used again.
events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("generation", sa.String(36), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("created", sa.Float, nullable=False),  # unix seconds
    sa.Index("events_of_user", "user", "seq"),
    sqlite_autoincrement=True,
)

# Addresses that want to be told; `secret` is what their messages are signed with.
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), nullable=False, index=True),
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("secret", sa.String(200), nullable=False),
    sa.Column("old_secret", sa.String(200)),  # signs too for a while after a change
    sa.Column("old_until", sa.BigInteger),
    sa.Column("events", sa.JSON, nullable=False),  # names; empty: all
    sa.Column("description", sa.String(200), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("disabled", sa.BigInteger),  # since when
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("seq", Sequence, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),  # the message's, in every attempt
    sa.Column("webhook", sa.ForeignKey("webhooks.id"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("generation", sa.String(36), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("status", Word(16), nullable=False),  # pending, delivered, failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Float),  # unix seconds; null once it is over
    sa.Column("response_status", sa.Integer),
    sa.Column("error", sa.String(500)),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("delivered_at", sa.BigInteger),
    sa.Index("deliveries_due", "status", "next_at"),
    sa.Index("deliveries_of_webhook", "webhook", "seq"),
)

# First answers to requests that carried an Idempotency-Key.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),  # SHA-256 of method, path and body
    sa.Column("generations", sa.JSON, nullable=False),  # ids, in the answer's order
    sa.Column("created", sa.BigInteger, nullable=False),
)

repositories = sa.Table(
    "repositories",
    metadata,
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("description", sa.String(2000), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("pool", sa.String(64), nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("beat", sa.Float, nullable=False),  # unix seconds by the database's clock
    sa.Column("reaper", sa.String(200)),  # who is burying it
    sa.Column("reaped", sa.Float),  # since when
    sa.Column("drain", sa.Float),  # since when it is to take nothing more
    sa.Column("version", sa.String(40)),  # of the program
    sa.Column("device", sa.String(100)),  # the GPU it has to itself
)

# What an operator said about a pool, and where the order of admission is in it; no row: nothing yet.
pools = sa.Table(
    "pools",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("paused", sa.BigInteger),  # since when nothing begins in it
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column(
        "clock", sa.Float, nullable=False, server_default="0"
    ),  # where the last admitted started
    sa.Column(
        "admissions", sa.BigInteger, nullable=False, server_default="0"
    ),  # the last number given
)

# What namespaces got of a pool; no row: nothing yet.
shares = sa.Table(
    "shares",
    metadata,
    sa.Column("pool", sa.String(64), primary_key=True),
    sa.Column("namespace", sa.ForeignKey("namespaces.name"), primary_key=True),
    sa.Column("served", sa.Float, nullable=False),  # seconds of work by weight, on the pool's clock
)

# Files that a generation works with, fetched ahead of its turn.
inputs = sa.Table(
    "inputs",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("state", Word(16), nullable=False),
    sa.Column("key", sa.String(500)),  # where it lies in the storage
    sa.Column("bytes", sa.BigInteger),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("taker", sa.String(200)),  # who fetches it
    sa.Column("until", sa.Float),  # unix seconds after which that is nobody
    sa.Column("error", sa.Text),
    sa.Index("inputs_due", "state", "until"),
)

# Spans of frames of one long result that is not finished, each made by one worker at a time.
segments = sa.Table(
    "segments",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("mark", sa.String(64), primary_key=True),  # what it is made of, as a digest
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("first", sa.Integer, nullable=False),  # frames [first, stop)
    sa.Column("stop", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),  # frames of it
    sa.Column("key", sa.String(500)),  # where the finished part lies in the storage
    sa.Column("worker", sa.String(200)),  # who works on it now
    sa.Column("alone", sa.Boolean, nullable=False, server_default=sa.false()),  # not for helpers
    sa.Index("segments_of_worker", "worker"),
)

stamps = sa.Table(
    "alembic_version",
    sa.MetaData(),  # alembic's own table, not one of ours
    sa.Column("version_num", sa.String(32), primary_key=True),
)
