"""`cutroom doctor --security`: attack an installation, and say what held."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click

from cutroom.assault import media, suite
from cutroom.assault.ground import Ground, Tenant
from cutroom.assault.throwaway import tenants
from cutroom.assault.verdict import Outcome, Verdict
from cutroom.cli.exits import Exit
from cutroom.cli.settings import read_settings
from cutroom.cli.show import wants_json, write_json
from cutroom.errors import InvalidParams, Unauthenticated, Unreachable

_COLOURS = {Outcome.HOLDS: "green", Outcome.FAILS: "red", Outcome.SKIPPED: "yellow"}


@dataclass(frozen=True, slots=True)
class Orders:
    """What the command line says of the attack."""

    url: str | None
    keys: tuple[str, ...]
    """Two, or none where tenants are made beside the data folder."""
    only: tuple[str, ...]
    logs: tuple[Path, ...]
    collected: Path | None
    """A folder of hostile files."""
    yes: bool
    quick: bool = False


def security(orders: Orders) -> Exit:
    """Attack, print line by line what held, and tell the exit code."""
    names = suite.chosen(orders.only, quick=orders.quick)
    told: list[Verdict] = []
    for verdict in verdicts(orders, names):
        told.append(verdict)
        if not wants_json():
            _show(verdict)
    through = [one for one in told if one.outcome is Outcome.FAILS]
    if wants_json():
        write_json([asdict(one) for one in told])
    else:
        held = sum(one.outcome is Outcome.HOLDS for one in told)
        tried = sum(one.tried for one in told)
        says = f"{held} of {len(told)} guards hold against {tried:,} attacks"
        skipped = len(told) - held - len(through)
        says += f"; {skipped} could not be tried" if skipped else ""
        click.secho(f"\n{says}", bold=True, fg="red" if through else "green")
    return Exit.FAILED if through else Exit.OK


def verdicts(orders: Orders, names: tuple[str, ...]) -> Iterator[Verdict]:
    """What comes of the attacks of these names. Raises InvalidParams, Unreachable, Unauthenticated."""
    with ExitStack() as stack:
        ground = None
        if any(name in suite.AGAINST_SERVER for name in names):
            ground = _ground(orders, stack)
        for name in names:
            yield from suite.attacked(name, ground)
            if name == "media" and orders.collected and ground:
                yield from media.folder(
                    ground, sorted(filter(Path.is_file, orders.collected.iterdir()))
                )


def _ground(orders: Orders, stack: ExitStack) -> Ground:
    """The installation, and two tenants in it until the stack unwinds."""
    settings = read_settings()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    here = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{settings.port}"  # noqa: S104 - not bound
    url = (orders.url or settings.public_url or here).rstrip("/")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise InvalidParams("The address of an installation begins with http:// or https://.")
    if not orders.yes and not is_here(url):
        click.confirm(
            f"{url} is another machine. Do you run it, and shall it be attacked?", abort=True
        )
    if len(orders.keys) == 1 or len(set(orders.keys)) != len(orders.keys):
        raise InvalidParams("It takes two keys, of two namespaces: --key and --other-key.")
    if orders.keys:
        owner, stranger = (_tenant(url, key) for key in orders.keys)
        if owner.namespace == stranger.namespace:
            raise InvalidParams("Both keys are of one namespace; it takes two.")
        ground = Ground(url, owner, stranger, logs=orders.logs)
    else:
        owner, stranger = stack.enter_context(tenants(settings))
        ground = Ground(url, owner, stranger, settings, orders.logs)
        _check(ground)
    stack.callback(ground.close)
    return ground


def is_here(url: str) -> bool:
    """Whether an address is this machine's, to itself alone."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tenant(url: str, key: str) -> Tenant:
    """The namespace that a key is of. Raises Unauthenticated."""
    nobody = Tenant("", key)
    answer = Ground(url, nobody, nobody).ask("GET", "/api/users/me", by=nobody)
    if answer.status != 200:
        raise Unauthenticated(f"{url} does not take the key: {answer.status}.")
    return Tenant(answer.json()["user"]["username"], key)


def _check(ground: Ground) -> None:
    """Raises Unreachable for a server that is not over this data folder."""
    answer = ground.ask("GET", "/api/users/me", by=ground.owner)
    settings = ground.settings
    if answer.status != 200 and settings is not None:
        raise Unreachable(
            f"The server at {ground.url} is not over {settings.data_dir}: it does not know a key that "
            "was made there. --url names another, --key and --other-key two keys of its own."
        )


def _show(verdict: Verdict) -> None:
    mark = click.style(verdict.outcome.value.ljust(7), fg=_COLOURS[verdict.outcome])
    text = click.wrap_text(verdict.says, width=61, preserve_paragraphs=False)
    click.echo(
        f"{mark}  {verdict.attack:<10}  {verdict.guard:<20}  " + text.replace("\n", "\n" + 43 * " ")
    )
