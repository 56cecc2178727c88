"""`cutroom db`: the tables of an installation, and what a worker's role may do to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from cutroom import db, grants
from cutroom.cli.exits import Exit
from cutroom.cli.settings import read_settings
from cutroom.cli.show import json_option, wants_json, write_json
from cutroom.db import Database
from cutroom.jobs import own_tables


@click.group(
    epilog="""
\b
Examples:
  cutroom db status
  cutroom db upgrade
  cutroom db grants --role cutroom_worker | psql
  cutroom db grants --role cutroom_worker --apply

A file of SQLite is made and brought up to date by whatever uses it.
"""
)
def group() -> None:
    """Make, upgrade and look at the database's tables.

    CUTROOM_DATABASE_URL says which database. Servers and workers on PostgreSQL
    do not start before `cutroom db upgrade` made their tables.
    """


@group.command()
@json_option
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say which version the tables are of; exit code 1 when that is too old."""
    with database() as engine:
        found, needed = db.revision(engine), db.REVISION
        queue, queue_needed = own_tables.versions(engine) if found else (0, 1)
        name = engine.url.render_as_string()
    good = (found or "") >= needed and queue >= queue_needed
    if wants_json():
        write_json({
            "database": name,
            "schema": {"found": found, "needed": needed},
            "queue": {"found": queue, "needed": queue_needed},
            "good": good,
        })  # fmt: skip
    else:
        click.echo(f"database  {name}")
        click.echo(f"schema    {found or 'none'}, {needed} is needed")
        click.echo(f"queue     {queue or 'none'}, {queue_needed} is needed")
        if not good:
            click.echo("`cutroom db upgrade` brings them up to date")
    ctx.exit(Exit.OK if good else Exit.FAILED)


@group.command()
@json_option
def upgrade() -> None:
    """Make the tables, or bring them up to date; forward only.

    May be done while servers and workers of the version before run: they go on
    with the new tables. A newer schema than this program's stays as it is.
    """
    with database() as engine:
        before = db.revision(engine)
        db.upgrade(engine)
        own_tables.upgrade(engine)
        now = db.revision(engine)
    if wants_json():
        write_json({"before": before, "now": now})
    elif before == now:
        click.echo(f"the schema is {now}; nothing was to be done")
    else:
        click.echo(f"the schema is {now}; it was {before or 'not there'}")


@group.command(name="grants")
@click.option("--role", required=True, metavar="NAME", help="Of workers; it must be there.")
@click.option("--apply", is_flag=True, help="Execute them, instead of printing them.")
def show_grants(*, role: str, apply: bool) -> None:
    """Print what lets a role be a worker and nothing more, as SQL.

    Again after each upgrade: a role has no rights to tables that came later.
    """
    if apply:
        with database() as engine:
            grants.give(engine, role)
        click.echo(f"{role} may do what a worker must, and nothing else")
        return
    for statement in grants.statements(role):
        click.echo(f"{statement};")


@contextmanager
def database() -> Iterator[Database]:
    """The database that the settings name."""
    settings = read_settings()
    engine = db.connect(settings.database, 2)
    try:
        yield engine
    finally:
        engine.dispose()
