"""How often a key may ask: a bucket of requests for each, which fills up again as time goes by."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WINDOW = 60
"""Seconds in which an empty bucket fills up."""
POLICY = "default"
"""What the headers call the one policy there is."""


@dataclass(slots=True)
class Bucket:
    """The requests that a key may make at once, as they were at a moment."""

    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands after a request."""

    wait: int
    """Seconds until the request may come again; 0: it may pass."""
    headers: Mapping[str, str]
    """What the answer tells of it, as draft-ietf-httpapi-ratelimit-headers-11 has it."""


class Rates:
    """The buckets of this process: `quota` requests a minute for each key, and as many at once."""

    def __init__(self, quota: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._quota = quota
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str) -> Standing:
        """Take a request out of a key's bucket, if there is one left."""
        bucket = self._filled(key)
        missing = max(0.0, 1 - bucket.left)
        if not missing:
            bucket.left -= 1
        return Standing(
            self._seconds(missing),
            {
                "RateLimit-Policy": f'"{POLICY}";q={self._quota};w={WINDOW}',
                "RateLimit": f'"{POLICY}";r={math.floor(bucket.left)}'
                f";t={self._seconds(self._quota - bucket.left)}",
            },
        )

    def _filled(self, key: str) -> Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, Bucket(float(self._quota), now))
        gained = (now - bucket.at) * self._quota / WINDOW
        # Rounded: whoever waited as long as was said shall not miss a trillionth of a request.
        bucket.left = min(float(self._quota), round(bucket.left + gained, 9))
        bucket.at = now
        return bucket

    def _seconds(self, requests: float) -> int:
        """Whole seconds in which so many requests are gained."""
        return math.ceil(round(requests * WINDOW / self._quota, 6))
