"""`cutroom link`: a way into the playground for one browser."""

import time

import click

from cutroom.cli.installation import installation
from cutroom.cli.settings import read_settings
from cutroom.cli.show import json_option, wants_json, write_json
from cutroom.service import DEFAULT
from cutroom.terms import expiry


@click.command(
    epilog="""
\b
Examples:
  cutroom link
  cutroom link --namespace alice --ttl 1h
  cutroom link --namespace alice --end
"""
)
@click.option("--namespace", default=DEFAULT, metavar="NAME", help="Default: default.")
@click.option(
    "--ttl", metavar="WHEN", help="15m, 2h, or a date (UTC). Default: CUTROOM_LINK_TTL, 15 minutes."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Where the server is. Default 8080.")
@click.option("--end", is_flag=True, help="End all links and sessions of the namespace; make none.")
@json_option
def link(*, namespace: str, ttl: str | None, port: int | None, end: bool) -> None:
    """Print a link that signs a browser in.

    It is good once, and for a while. Whoever opens it acts for the namespace
    with every scope, so it is to be handed on like a key.
    """
    if end:
        end_all(namespace)
        return
    settings = read_settings(port=port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = settings.public_url or f"http://{host}:{settings.port}"
    expires = None if ttl is None else expiry(ttl, int(time.time()))
    token = None
    if settings.auth:
        with installation() as service:
            given = service.sessions.link(namespace, expires)
        token, expires = given.token, given.expires
    if wants_json():
        write_json({"url": opening(base, token), "namespace": namespace, "expires": expires})
    else:
        click.echo(opening(base, token))


def end_all(namespace: str) -> None:
    """End all sessions of a namespace, and say how many."""
    with installation() as service:
        ended = service.sessions.end_all(namespace)
    if wants_json():
        write_json({"namespace": namespace, "ended": ended})
    else:
        click.echo(f"links and sessions of {namespace} that ended: {ended}")


def opening(base: str, token: str | None) -> str:
    """What to open in a browser; the token is behind a `#`, which browsers keep to themselves.

    An address that a server binds to be reached by any becomes the one by which this machine does.
    """
    asked = base.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    address = asked.rstrip("/") + "/"
    return f"{address}#link={token}" if token else address
