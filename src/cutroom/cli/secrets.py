"""`cutroom secrets`: what signs the URLs that need no key."""

from datetime import UTC, datetime

import click

from cutroom.cli.settings import read_settings
from cutroom.cli.show import json_option, wants_json, write_json
from cutroom.signatures import Signatures


@click.group(
    epilog="""
\b
Examples:
  cutroom secrets rotate
  cutroom secrets rotate --stolen
"""
)
def secrets() -> None:
    """Change what signs URLs.

    Result URLs and presigned ones need no key: their signature is made with a
    secret in the data folder. A running server takes a new one at once.
    """


@secrets.command()
@click.option(
    "--stolen", is_flag=True, help="Drop the old secrets now: every URL handed out is dead."
)
@json_option
def rotate(*, stolen: bool) -> None:
    """Sign with a new secret; what the old one signed stays good until it expires."""
    until = Signatures(read_settings()).rotate(keep=not stolen)
    if wants_json():
        write_json({"until": until})
    elif stolen:
        click.echo("a new secret signs; every URL handed out before is dead")
    else:
        moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M")
        click.echo(f"a new secret signs; the old one is let pass until {moment} UTC")
