"""`cutroom pools`: what waits and what runs, pools that pause, and how much a namespace may have at once."""

import time
from dataclasses import asdict

import click

from cutroom.cli.installation import installation
from cutroom.cli.progress import clock_time
from cutroom.cli.show import json_option, wants_json, write_json, write_table


@click.group(
    epilog="""
\b
Examples:
  cutroom pools list
  cutroom pools pause gpu --note "new driver"
  cutroom pools resume gpu
  cutroom pools limit --namespace alice --running 4
  cutroom pools limit --namespace alice --weight 2
  cutroom pools limit --namespace alice --running none
"""
)
def pools() -> None:
    """Say what waits in the pools; pause them; limit namespaces.

    A pool is a queue and the workers that take from it; each model belongs to
    one. Free workers are shared among the namespaces that have something
    waiting, by their weights.
    """


@pools.command(name="list")
@json_option
def list_pools() -> None:
    """List the pools with their workers, what runs and what waits."""
    with installation() as service:
        found = service.pools.standings()
    if wants_json():
        write_json([asdict(one) for one in found])
        return
    rows = [
        (
            one.name,
            str(one.workers),
            str(one.running),
            str(one.admitted),
            str(one.waiting),
            "" if one.oldest is None else clock_time(one.oldest),
            paused(one.paused, one.note),
        )
        for one in found
    ]
    headings = ("POOL", "WORKERS", "RUNNING", "ADMITTED", "WAITING", "OLDEST", "STATE")
    write_table(headings, rows)


def paused(since: int | None, note: str) -> str:
    """`open`, or since when it is paused and why."""
    if since is None:
        return "open"
    said = f"paused for {clock_time(time.time() - since)}"
    return f"{said}: {note}" if note else said


@pools.command()
@click.argument("pool")
@click.option("--note", default="", metavar="TEXT", help="Why, for those who look at the list.")
@json_option
def pause(*, pool: str, note: str) -> None:
    """Let nothing begin in POOL; what runs goes on.

    Requests are still accepted, and wait. It lasts until `resume`, also over
    restarts.
    """
    if len(note) > 200:
        raise click.UsageError("A note has at most 200 letters.")
    with installation() as service:
        service.pools.pause(pool, note)
    if wants_json():
        write_json({"pool": pool, "paused": True})
    else:
        click.echo(f"nothing begins in {pool} until `cutroom pools resume {pool}`")


@pools.command()
@click.argument("pool")
@json_option
def resume(*, pool: str) -> None:
    """Let POOL go on after a pause."""
    with installation() as service:
        was = service.pools.resume(pool)
    if wants_json():
        write_json({"pool": pool, "paused": False, "was_paused": was})
    else:
        click.echo(f"{pool} goes on" if was else f"{pool} was not paused")


class Running(click.ParamType[int]):
    """A number of generations, or `none`: as the setting says, which is told as -1."""

    name = "number"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number, -1 for `none`; fails for anything else."""
        if value == "none":
            return -1
        if not str(value).isdigit() or int(str(value)) > 10**6:
            self.fail(f"{value!r} is neither a number nor `none`.", param, ctx)
        return int(str(value))


@pools.command()
@click.option("--namespace", required=True, metavar="NAME", help="Whose.")
@click.option(
    "--running",
    type=Running(),
    metavar="NUMBER",
    help="How many of its generations run at once; none: as CUTROOM_RUNNING_LIMIT says.",
)
@click.option("--weight", type=float, help="Its share of the workers next to others'; 1 at first.")
@json_option
def limit(*, namespace: str, running: int | None, weight: float | None) -> None:
    """Say how much a namespace may have at once, and its share.

    Without an option, tells both as they are. A limit counts in all pools
    together. What waits for its limit keeps nobody else waiting. 0 lets nothing
    of it begin.
    """
    with installation() as service:
        if running is None:
            now, share = service.pools.limit(namespace, weight=weight)
        else:
            most = None if running < 0 else running
            now, share = service.pools.limit(namespace, weight=weight, running=most)
    if wants_json():
        write_json({"namespace": namespace, "running": now, "weight": share})
        return
    said = "as many as CUTROOM_RUNNING_LIMIT lets" if now is None else f"{now} at once"
    click.echo(f"{namespace}: {said}, weight {share:g}")
