"""What `cutroom doctor` finds of workers: whether somebody works in every pool that models go to."""

from cutroom.catalog import Catalog
from cutroom.cli.finding import Finding, Mark
from cutroom.service import Service
from cutroom.settings import Settings


def workers(service: Service, settings: Settings) -> Finding:
    """Where work waits that nobody takes, or would wait."""
    census = service.counting.census()
    alive = {pool: count for pool, count in census.workers.items() if count}
    waiting: dict[str, int] = {}
    for (status, _, pool), count in census.generations.items():
        if status == "queued" and pool not in alive:
            waiting[pool] = waiting.get(pool, 0) + count
    if census.paused:
        said = (
            f"pool {one} is paused (`cutroom pools resume {one}`)" for one in sorted(census.paused)
        )
        return Finding(Mark.WARN, "workers", "; ".join(said))
    if waiting:
        said = (
            f"{count} wait in pool {pool}, and no worker takes from it (`cutroom worker --pool {pool}`)"
            for pool, count in sorted(waiting.items())
        )
        return Finding(Mark.WARN, "workers", "; ".join(said))
    if not alive:
        return Finding(Mark.OK, "workers", "none runs, and nothing waits for one")
    told = ", ".join(f"{count} in pool {pool}" for pool, count in sorted(alive.items()))
    models = [one for one in Catalog.load(settings).models if one.pool not in alive]
    if not models:
        return Finding(Mark.OK, "workers", told)
    without = ", ".join(f"{one.id} goes to {one.pool}" for one in models)
    return Finding(Mark.WARN, "workers", f"{told}; without a worker: {without}")
