"""`cutroom worker`: one more worker, for an installation that runs elsewhere."""

import click

from cutroom.cli.logs import begin_log
from cutroom.cli.settings import read_settings


@click.command(
    epilog="""
\b
Examples:
  cutroom worker
  cutroom worker --pool gpu

It needs the same CUTROOM_DATABASE_URL, CUTROOM_STORAGE_URL and
CUTROOM_SIGNING_SECRET as the server, and ends like `cutroom serve` does.
"""
)
@click.option("--pool", metavar="NAME", help="Whose generations to take; default: cpu.")
def worker(*, pool: str | None) -> None:
    """Run one more worker for an installation.

    `cutroom serve` runs workers of its own; this is for more of them, on this
    machine or on others that share database and storage.
    """
    from cutroom.worker.process import run  # noqa: PLC0415  the help page needs none of it

    settings = read_settings(pools=(pool,) if pool else None)
    begin_log(settings, "worker")
    run(settings)
