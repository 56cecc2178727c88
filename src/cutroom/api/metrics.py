"""/metrics: how the installation is, for Prometheus. No tenant is named in it."""

import hmac
import platform
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from cutroom import __version__
from cutroom.api import asking
from cutroom.api.exposition import CONTENT_TYPE, Family, text
from cutroom.census import Census
from cutroom.errors import Forbidden, Unauthenticated, Unreachable

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that say that a proxy stands between."""


async def read(request: Request) -> Response:
    """GET: the counts of this process and of the installation."""
    admit(request)
    try:
        census = await run_in_threadpool(asking.service(request).counting.census)
    except Unreachable:
        census = None
    state = request.app.state
    listeners = state.broadcast.listeners
    families = [*here(listeners), *state.traffic.families(), *everywhere(census)]
    return Response(text(families), media_type=None, headers={"Content-Type": CONTENT_TYPE})


def admit(request: Request) -> None:
    """Let those pass who have the token; without one, who asks from this very machine.

    Raises Unauthenticated, Forbidden.
    """
    token = asking.settings(request).metrics_token.get_secret_value()
    if token:
        given = asking.key_of(request) or ""
        if not hmac.compare_digest(given.encode("latin-1"), token.encode()):
            raise Unauthenticated("The metrics need the token that CUTROOM_METRICS_TOKEN is.")
    elif not from_here(request):
        raise Forbidden(
            "Without CUTROOM_METRICS_TOKEN the metrics are told on this machine alone, and not "
            "through a proxy."
        )


def from_here(request: Request) -> bool:
    """Whether a process of this machine asks, with nothing between it and us.

    A proxy on this machine asks for anybody: it says so in a header, or passes the name on by
    which the world knows us, or that name is in `public_url`.
    """
    names = [request.headers.get("host", ""), asking.settings(request).public_url]
    hosts = [asking.hostname(name if "//" in name else f"//{name}") for name in names if name]
    return (
        request.client is not None
        and all(map(is_loopback, (request.client.host, *(host or "" for host in hosts))))
        and not any(name in request.headers for name in FORWARDED)
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine to itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def here(listeners: int) -> Iterable[Family]:
    """What is of this process, besides its traffic."""
    build = {"version": __version__, "python": platform.python_version()}
    yield Family("cutroom_build_info", "gauge", "The program; always 1.", [(build, 1)])
    yield Family(
        "cutroom_event_listeners", "gauge", "Open streams of /api/events.", [({}, listeners)]
    )


def everywhere(census: Census | None) -> Iterable[Family]:
    """What is of the whole installation, the same in each of its processes; None: not known."""
    up = census is not None
    yield Family("cutroom_database_up", "gauge", "Whether the database answers.", [({}, up)])
    if census is None:
        return
    yield Family(
        "cutroom_generations",
        "gauge",
        "Generations there are, by status.",
        [
            ({"status": status, "model": model, "pool": pool}, count)
            for (status, model, pool), count in sorted(census.generations.items())
        ],
    )
    yield Family(
        "cutroom_queue_oldest_seconds",
        "gauge",
        "Seconds that the oldest queued generation has waited.",
        by_pool(census.oldest, census.workers),
    )
    yield Family(
        "cutroom_workers",
        "gauge",
        "Workers that are alive.",
        by_pool(census.workers, census.oldest),
    )
    yield Family(
        "cutroom_queue_admitted",
        "gauge",
        "Generations that are let into the queue of a pool and not begun.",
        by_pool(census.admitted, {**census.workers, **census.oldest}),
    )
    yield Family(
        "cutroom_pool_paused",
        "gauge",
        "Whether an operator lets nothing begin in the pool.",
        by_pool(dict.fromkeys(census.paused, 1), {**census.workers, **census.oldest}),
    )
    yield Family(
        "cutroom_held_dollars",
        "gauge",
        "Dollars on hold for generations that are not final.",
        [({}, census.held / 1_000_000)],
    )
    yield Family(
        "cutroom_webhook_deliveries_pending",
        "gauge",
        "Messages to webhooks that have still to be delivered.",
        [({}, census.deliveries)],
    )


def by_pool(
    values: Mapping[str, int], others: Mapping[str, int]
) -> list[tuple[Mapping[str, str], float]]:
    """A sample for each pool that is known of, 0 where nothing is counted."""
    return [({"pool": pool}, values.get(pool, 0)) for pool in sorted({*values, *others})]
