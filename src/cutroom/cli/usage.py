"""`cutroom usage`: what was asked for and what it cost."""

from dataclasses import asdict
from datetime import date, datetime

import click

from cutroom.cli.installation import installation
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.terms import dollars
from cutroom.usage import Tally, Usage, UsedKey

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="""
\b
Examples:
  cutroom usage --namespace alice
  cutroom usage --namespace alice --from 2026-11-01 --to 2026-11-30 --json
"""
)
@click.option("--namespace", required=True, metavar="NAME", help="Who pays.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="Default: the first of the month.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Default: today; it counts.")
@json_option
def usage(*, namespace: str, first: datetime | None, last: datetime | None) -> None:
    """Say what a namespace used, and what it cost.

    By day, by model and by key; days are those of UTC, and a generation counts
    on the day on which it was asked for.
    """
    with installation() as service:
        service.balance(namespace)  # says so where there is no such namespace
        caller = service.caller(namespace)
        found = service.spending.usage(caller, namespace, day_of(first), day_of(last))
    if wants_json():
        write_json({"namespace": namespace, **told(found)})
        return
    click.echo(f"{namespace} from {found.first} to {found.last} (UTC)")
    write("DAY", [(str(day), tally) for day, tally in found.by_day.items()], found.total)
    write("MODEL", list(found.by_model.items()), found.total)
    write("KEY", [(label(key), tally) for key, tally in found.by_key.items()], found.total)


def day_of(moment: datetime | None) -> date | None:
    """The day of an option."""
    return moment and moment.date()


def label(key: UsedKey | None) -> str:
    """What a key is called in a table."""
    return "none" if key is None else f"{key.prefix}… {key.name or key.namespace}"


def write(heading: str, rows: list[tuple[str, Tally]], total: Tally) -> None:
    """Print one table of tallies, after an empty line."""
    click.echo()
    write_table(
        (heading, "ASKED", "SUCCEEDED", "FAILED", "CANCELLED", "SECONDS", "COST", "HELD"),
        [cells(name, tally) for name, tally in [*rows, ("total", total)]],
    )


def cells(name: str, tally: Tally) -> tuple[str, ...]:
    """One line of a table."""
    counts = (tally.generations, tally.succeeded, tally.failed, tally.cancelled)
    money = (dollars(tally.cost), dollars(tally.held))
    return (name, *map(str, counts), f"{tally.seconds:.1f}", *money)


def told(found: Usage) -> dict[str, object]:
    """Usage as JSON; money is micro-dollars."""
    return {
        "from": found.first,
        "to": found.last,
        "total": asdict(found.total),
        "by_day": [{"day": day, **asdict(tally)} for day, tally in found.by_day.items()],
        "by_model": [{"model": model, **asdict(tally)} for model, tally in found.by_model.items()],
        "by_key": [
            {"key": key and key.id, "prefix": key and key.prefix, **asdict(tally)}
            for key, tally in found.by_key.items()
        ],
    }
