"""`cutroom storage`: the bucket that files lie in."""

import click

from cutroom.cli.settings import read_settings
from cutroom.cli.show import write_json
from cutroom.storage.policy import worker_policy


@click.group(
    epilog="""
\b
Examples:
  cutroom storage policy
  cutroom storage policy --url s3://clips/cutroom
"""
)
def storage() -> None:
    """Say what a bucket must allow."""


@storage.command()
@click.option("--url", metavar="URL", help="Default: CUTROOM_STORAGE_URL.")
def policy(*, url: str | None) -> None:
    """Print the policy of AWS IAM that a worker needs, and no more.

    It lets a worker read the inputs that servers copied, share the parts of
    long results, and create results without replacing any. A worker with it
    needs CUTROOM_WORKER_FETCHES=false.
    """
    write_json(worker_policy(url or read_settings().storage))
