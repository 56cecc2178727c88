"""The worker's end of the queue: takes generations out, one at a time, and has them carried out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cutroom.jobs.queue import APPLICATION, HELP, VERSION, WORKFLOW, quiet

if TYPE_CHECKING:
    from dbos import DBOSConfig


class Executor:
    """Takes from one pool in the name of `worker`, until stopped. One in a process."""

    def __init__(self, engine: sa.Engine, worker: str, pool: str) -> None:
        self._engine = engine
        self._worker = worker
        self._pool = pool

    def start(self, carry_out: Callable[[str], None], help_with: Callable[[str], None]) -> None:
        """Begin to take; `carry_out` gets the id, and returns only when the generation is final.

        The queue's entry is then gone for good: whoever cannot get it to an end must not return.
        `help_with` gets the id of another worker's generation, and returns when it is of no more use.
        """
        from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415 - most of a second

        quiet()
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._engine.url.render_as_string(hide_password=False),
            "system_database_engine": self._engine,
            # Two executors of one name would recover each other's running work.
            "executor_id": self._worker,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "run_migrations": False,
            # Nothing of ours waits for a notification, which would take a connection of its own.
            "use_listen_notify": False,
        }
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW)
        def generation(generation_id: str) -> None:
            carry_out(generation_id)

        @DBOS.workflow(name=HELP)
        def segments(generation_id: str) -> None:
            help_with(generation_id)

        # One pool: DBOS counts what a worker does for each queue by itself.
        DBOS.listen_queues([self._pool])
        DBOS.launch()

    def stop(self, timeout: float) -> None:
        """Take no more, and give what is under way `timeout` seconds to get done."""
        from dbos import DBOS  # noqa: PLC0415 - loaded by start

        DBOS.destroy(workflow_completion_timeout_sec=int(timeout))
