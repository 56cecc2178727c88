"""`cutroom workers`: who works, and who is to leave."""

from dataclasses import asdict

import click

from cutroom.cli.installation import installation
from cutroom.cli.progress import clock_time
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.pools import Seen


@click.group(
    epilog="""
\b
Examples:
  cutroom workers list
  cutroom workers drain gpu-box-3
  cutroom workers drain gpu-box-3-4711-0f3a9c21

`cutroom worker` runs one; `cutroom serve` runs its own.
"""
)
def workers() -> None:
    """List the workers of all machines, or have some of them leave."""


@workers.command(name="list")
@json_option
def list_workers() -> None:
    """List the workers: where they are, what they have, and since when."""
    with installation() as service:
        found = service.pools.workers()
        ttl = service.worker_ttl
    if wants_json():
        write_json([asdict(one) | {"state": state(one, ttl)} for one in found])
        return
    rows = [
        (one.id, one.pool, one.device or "", one.version or "", clock_time(one.up), state(one, ttl), one.generation or "")
        for one in found
    ]  # fmt: skip
    write_table(("WORKER", "POOL", "DEVICE", "VERSION", "UP", "STATE", "GENERATION"), rows)


def state(one: Seen, ttl: float) -> str:
    """What it does, in a word or two."""
    if one.silent > ttl:
        return f"silent for {clock_time(one.silent)}"
    if one.drains:
        return "leaves"
    return "works" if one.generation else "free"


@workers.command()
@click.argument("name", metavar="WORKER|HOST")
@json_option
def drain(*, name: str) -> None:
    """Have a worker, or all of a host, finish what it has and leave.

    It is told within seconds, takes nothing more, and ends once its generation
    has, however long that takes; a SIGTERM still ends it sooner. Whoever started
    it decides whether there is another: `cutroom serve` starts none in its
    place until it is started anew itself; `cutroom worker` ends with 0.
    """
    with installation() as service:
        told = service.pools.drain(name)
    if wants_json():
        write_json({"draining": told})
    else:
        for one in told:
            click.echo(f"{one} leaves when it is done")
