"""Carries generations out. A worker is a process; each engine runs in a child of it."""

from cutroom.settings import Settings
from cutroom.worker.supervisor import Supervisor

__all__ = ["Supervisor", "run"]


def run(settings: Settings) -> None:
    """Be a worker of the first of `settings.pools`, until SIGTERM or SIGINT."""
    # The server, which supervises workers, comes by here too and needs none of what they load.
    from cutroom.worker.process import run as carry_on  # noqa: PLC0415

    carry_on(settings)
