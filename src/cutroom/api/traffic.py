"""What this process has answered: counted by route, method and status, and how long it took."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cutroom.api.exposition import Family, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Bounds of the histogram; `videos/generate` waits for minutes."""
NOWHERE = "none"
"""The route of requests that no address answers."""


class Traffic:
    """Counters of one process. Only the event loop touches them."""

    def __init__(self, routes: Mapping[Any, str]) -> None:
        """`routes` are endpoint -> the template of its address: what callers put in is no label."""
        self._routes = routes
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._seconds: dict[tuple[str, str], Histogram] = {}

    def count(self, endpoint: object, method: str, status: int, seconds: float) -> None:
        """Count one answer; status 0 where the caller hung up before there was one."""
        route = self.route(endpoint)
        method = method if method in METHODS else "other"
        self._requests[route, method, str(status)] += 1
        self._seconds.setdefault((route, method), Histogram(SECONDS)).observe(seconds)

    def route(self, endpoint: object) -> str:
        """The template of the address that an endpoint answers."""
        return self._routes.get(endpoint, NOWHERE)

    def families(self) -> Iterable[Family]:
        """The counters as metrics."""
        yield Family(
            "cutroom_http_requests_total",
            "counter",
            "Requests answered by this process.",
            [
                ({"route": route, "method": method, "status": status}, count)
                for (route, method, status), count in sorted(self._requests.items())
            ],
        )
        yield Family(
            "cutroom_http_request_seconds",
            "histogram",
            "Seconds from a request's head to the end of its answer.",
            [
                sample
                for (route, method), seconds in sorted(self._seconds.items())
                for sample in seconds.samples({"route": route, "method": method})
            ],
        )
