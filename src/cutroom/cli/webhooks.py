"""`cutroom webhooks`: addresses that are told when generations end."""

import click

from cutroom.api.webhooks import delivery, row
from cutroom.cli.installation import installation
from cutroom.cli.keys import day
from cutroom.cli.show import json_option, wants_json, write_json, write_table
from cutroom.service.webhooks import NAMES

_namespace = click.option(
    "--namespace", default="default", show_default=True, metavar="NAME", help="Whose generations."
)


@click.group(
    name="webhooks",
    epilog="""
\b
Examples:
  cutroom webhooks add --namespace alice https://hooks.example/cutroom
  cutroom webhooks list --namespace alice
  cutroom webhooks test --namespace alice 5f0d2c4e-9a51-…
  cutroom webhooks deliveries --namespace alice 5f0d2c4e-9a51-…
""",
)
def group() -> None:
    """Say who is told when generations end.

    The server that runs sends the messages, signed by the Standard Webhooks
    specification, and sends again what is not taken.
    """


@group.command()
@_namespace
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(NAMES),
    help="Only these; default: all.",
)
@click.option("--description", default="", metavar="TEXT", help="What it is for.")
@click.argument("url")
@json_option
def add(*, namespace: str, events: tuple[str, ...], description: str, url: str) -> None:
    """Have URL told. Prints the id and, this once, the secret that signs."""
    with installation() as service:
        caller = service.caller(namespace)
        made, secret = service.webhooks.add(caller, namespace, url, events, description)
    if wants_json():
        write_json(row(made) | {"secret": secret})
    else:
        click.echo(f"{made.id}  {secret}")


@group.command(name="list")
@_namespace
@json_option
def list_webhooks(*, namespace: str) -> None:
    """List the webhooks of a namespace."""
    with installation() as service:
        found = service.webhooks.list(service.caller(namespace), namespace)
    if wants_json():
        write_json([row(one) for one in found])
        return
    write_table(
        ("ID", "URL", "EVENTS", "CREATED", "STATE"),
        [
            (
                one.id,
                one.url,
                " ".join(one.events) or "all",
                day(one.created),
                "enabled" if one.disabled is None else f"disabled since {day(one.disabled)}",
            )
            for one in found
        ],
    )


@group.command()
@_namespace
@click.argument("webhook")
@json_option
def remove(*, namespace: str, webhook: str) -> None:
    """Forget WEBHOOK and its messages."""
    with installation() as service:
        service.webhooks.remove(service.caller(namespace), webhook)
    if wants_json():
        write_json({"id": webhook, "removed": True})
    else:
        click.echo(f"removed {webhook}")


@group.command()
@_namespace
@click.argument("webhook")
@json_option
def test(*, namespace: str, webhook: str) -> None:
    """Send WEBHOOK a message that tells of nothing."""
    with installation() as service:
        made = service.webhooks.test(service.caller(namespace), webhook)
    if wants_json():
        write_json(delivery(made))
    else:
        click.echo(f"{made.id} is sent by the server that runs")


@group.command()
@_namespace
@click.argument("webhook")
@json_option
def deliveries(*, namespace: str, webhook: str) -> None:
    """List the last messages to WEBHOOK and what became of them."""
    with installation() as service:
        found = service.webhooks.deliveries(service.caller(namespace), webhook)
    if wants_json():
        write_json([delivery(one) for one in found])
        return
    write_table(
        ("MESSAGE", "EVENT", "STATUS", "ATTEMPTS", "NEXT", "LAST ERROR"),
        [
            (
                one.id,
                one.name,
                one.state.value,
                str(one.attempts),
                "" if one.next_at is None else day(int(one.next_at)),
                one.error or "",
            )
            for one in found
        ],
    )
