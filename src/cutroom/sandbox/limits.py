"""Limits of the kind that every Unix has."""

import resource
from collections.abc import Mapping

from cutroom.sandbox import kernel


def limit(limits: Mapping[int, int]) -> None:
    """Set both bounds of each limit, to what was allowed before at most; no core is dumped in any case.

    Raises OSError on Linux where one cannot be set; elsewhere some cannot, and the others still hold.
    """
    for which, most in {**limits, resource.RLIMIT_CORE: 0}.items():
        _, hard = resource.getrlimit(which)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(which, (bound, bound))
        except (ValueError, OSError) as error:
            if kernel.LINUX:
                raise OSError(f"limit {which} cannot be set: {error}") from error
