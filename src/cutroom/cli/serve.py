"""`cutroom serve`: the API and its workers, one command on one machine."""

from contextlib import suppress

import click

from cutroom import __version__
from cutroom.api.server import run
from cutroom.cli.exposure import check_auth, check_keys, warning
from cutroom.cli.link import opening
from cutroom.cli.listening import check_port
from cutroom.cli.logs import begin_log
from cutroom.cli.settings import read_settings
from cutroom.errors import Unreachable
from cutroom.provenance.means import Means
from cutroom.provenance.signing import Provenance
from cutroom.sandbox.trial import announce
from cutroom.service import DEFAULT, Service
from cutroom.settings import Settings
from cutroom.worker.supervisor import Supervisor


@click.command(
    epilog="""
\b
Examples:
  cutroom serve
  cutroom serve --port 9000 --workers 2
  cutroom serve --host 0.0.0.0 --workers 0

Ctrl-C or SIGTERM lets running generations end (CUTROOM_DRAIN_TIMEOUT); what
does not end in time runs again after the next start.
"""
)
@click.option("--port", type=click.IntRange(0, 65535), help="Default 8080; 0 takes a free one.")
@click.option("--host", metavar="ADDRESS", help="Default 127.0.0.1, this machine only.")
@click.option(
    "--workers", type=click.IntRange(0, 64), help="Default 1; 0 leaves the work to others."
)
def serve(*, port: int | None, host: str | None, workers: int | None) -> None:
    """Run the API with its workers.

    The first start makes the database, a namespace with credit to play with,
    and a key that is printed this once. Every start prints what to open in a
    browser, with a link that signs one in where keys are needed.
    """
    settings = read_settings(port=port, host=host, workers=workers)
    begin_log(settings, "server")
    check_auth(settings)
    check_port(settings.host, settings.port)
    announce(settings.sandbox)
    signing = Provenance(Means.of(settings)).begin() if settings.workers else ""
    service = Service.open(settings)
    try:
        check_keys(service, settings)
        key = service.first_start()
        link = way_in(service, settings)
        supervisor = Supervisor(settings)
        supervisor.start()
        try:
            run(service, settings, lambda url: greet(url, settings, key, link, signing))
        finally:
            supervisor.stop()
    finally:
        service.close()


def way_in(service: Service, settings: Settings) -> str | None:
    """The token of a link that signs a browser in; None where nobody need sign in."""
    with suppress(Unreachable):  # a full disk is no reason not to look at results
        return service.sessions.link(DEFAULT).token if settings.auth else None
    return None


def greet(
    url: str, settings: Settings, key: str | None, link: str | None, signing: str = ""
) -> None:
    """Say where the server is and how to try it; `key` is told only after a first start."""
    base = settings.public_url or url
    click.echo(f"cutroom {__version__} on {click.style(base, bold=True)}")
    if (open_to_all := warning(settings)) is not None:
        click.secho(f"  WARNING  {open_to_all}", fg="red", bold=True)
    click.echo(f"  data     {settings.data_dir}")
    click.echo(f"  workers  {settings.workers or 'none here'}")
    if signing:
        click.echo(f"  signing  {signing}")
    click.echo(f"  open     {click.style(opening(base, link), bold=True)}")
    if link:
        click.echo(
            f"           good once, for {settings.link_ttl // 60} minutes;"
            " `cutroom link` prints another"
        )
    if key:
        click.echo(f"  key      {click.style(key, fg='green')}")
        click.echo("           of the namespace `default`; shown this once")
        click.echo(example(base, key))
    else:
        click.echo("  key      `cutroom keys create --namespace default` makes another")


def example(base: str, key: str) -> str:
    """The first request, to paste into another terminal."""
    file = "api/repos/default/media/file/main/birds.mp4"
    return f"""
Try it in another terminal:
  export HOST={base}
  export KEY={key}
  curl -T birds.mp4 -H "Authorization: Bearer $KEY" \\
    $HOST/{file}
  curl $HOST/api/ai/videos/generate -H "Authorization: Bearer $KEY" \\
    -H "Content-Type: application/json" -d '{{
      "model": "kling-video-o3-pro-video-to-video-edit",
      "prompt": "make it a snowy night",
      "input_video": "'$HOST'/{file}"
    }}'
"""
