"""`cutroom worker`: one more worker, for an installation that runs elsewhere."""

import os

import click

from cutroom.cli.logs import begin_log
from cutroom.cli.settings import read_settings


@click.command(
    epilog="""
\b
Examples:
  cutroom worker
  cutroom worker --pool gpu
  cutroom worker --pool gpu --device 1

It needs the server's CUTROOM_STORAGE_URL and CUTROOM_DATABASE_URL, the latter
with a role of its own where it is PostgreSQL (`cutroom db grants`), and ends
like `cutroom serve` does. Start one for each GPU, with that as its --device.
"""
)
@click.option("--pool", metavar="NAME", help="Whose generations to take; default: cpu.")
@click.option("--device", metavar="GPU", help="Sets CUDA_VISIBLE_DEVICES: a number or an UUID.")
def worker(*, pool: str | None, device: str | None) -> None:
    """Run one more worker for an installation.

    `cutroom serve` runs workers of its own; this is for more of them, on this
    machine or on others that share database and storage.
    """
    from cutroom.sandbox.trial import announce  # noqa: PLC0415  as below
    from cutroom.worker.process import run  # noqa: PLC0415  the help page needs none of it

    if device is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = device
    settings = read_settings(pools=(pool,) if pool else None)
    begin_log(settings, "worker")
    announce(settings.sandbox)
    run(settings)
