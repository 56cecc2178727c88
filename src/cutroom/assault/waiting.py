"""Waiting for generations to end."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from cutroom.assault.ground import Ground, Tenant

FINAL = frozenset({"succeeded", "failed", "cancelled"})


def finals(
    ground: Ground, tenant: Tenant, generations: Iterable[str], seconds: float
) -> Mapping[str, Mapping[str, Any]]:
    """Id -> row of the generations that ended within so many seconds; the others are cancelled."""
    waiting, rows = list(generations), {}
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        for one in list(waiting):
            row = ground.ask("GET", f"/api/ai/queue/{one}", by=tenant).json()
            if row["status"] in FINAL:
                waiting.remove(one)
                rows[one] = row
        time.sleep(0.1)
    for one in waiting:
        ground.ask("DELETE", f"/api/ai/queue/{one}", by=tenant)
    return rows
