"""The queue as those see it who put generations in: enqueue, cancel, hand to another worker."""

import logging
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TYPE_CHECKING

import sqlalchemy as sa

from cutroom.errors import Unreachable
from cutroom.jobs import own_tables

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "cutroom"
VERSION = "1"
"""DBOS lets only workers of one version take a workflow. Ours is one argument, so it never changes."""
WORKFLOW = "generation"
HELP = "segments"
"""The workflow of a worker that helps with another's generation."""
AGAIN = 5.0
"""Seconds after which it is tried anew to open a queue that could not be opened."""
LAST = 2**31 - 1
"""The largest number that says whose turn it is."""

NOISE = frozenset({
    "DBOSWorkflowCancelledError",
    "DBOSAwaitedWorkflowCancelledError",
    "DBOSWorkflowConflictIDError",
})  # fmt: skip
"""What DBOS logs with a traceback although it is how cancelling and fencing are meant to go."""

log = logging.getLogger(__name__)


class Queue:
    """A client of the queue; all pools of one installation are in it.

    Loading DBOS takes most of a second, so that happens in a thread once somebody says `begin` or
    needs it, and then waits. A command that only counts money ends before it would be there, and a
    program that ends in the middle of an import may crash.
    """

    def __init__(self, engine: sa.Engine, poll_interval: float) -> None:
        self._engine = engine
        self._poll_interval = poll_interval
        self._loaded: Future[DBOSClient] = Future()
        self._begun: float | None = None
        self._lock = Lock()

    def begin(self) -> None:
        """Begin to load, unless that was begun before; anew some time after it failed."""
        with self._lock:
            now = time.monotonic()
            if self._begun and not (self.broken and now > self._begun + AGAIN):
                return
            self._begun, self._loaded = now, Future()
            # Whole before other threads ask SQLAlchemy's registry of classes: DBOS would fill it meanwhile.
            import sqlalchemy.orm  # noqa: F401, PLC0415 - a tenth of a second

            Thread(target=self._load, args=[self._loaded], name="queue-loader", daemon=True).start()

    @property
    def broken(self) -> bool:
        """Whether it cannot be opened; while that is not known yet, whoever enqueues waits."""
        return self._loaded.done() and self._loaded.exception() is not None

    def opened(self) -> None:
        """Wait until it is open; to be done before a transaction in which to enqueue.

        Opening may need to write to the same database. Raises Unreachable.
        """
        _ = self._client

    def offer(self, pools: Sequence[str]) -> None:
        """Make the queues of these pools known, so that workers find them."""
        for pool in pools:
            self._client.register_queue(
                pool,
                # A pool's worker does one generation at a time, in the order in which the
                # gate let them in: that is where it was decided what is fair.
                worker_concurrency=1,
                polling_interval_sec=self._poll_interval,
                application_name=APPLICATION,
            )

    def enqueue(
        self, tx: sa.Connection, generation_id: str, namespace: str, pool: str, number: int
    ) -> None:
        """Make a generation's workflow in the transaction that admits it; lower numbers go first.

        Nothing happens where it has one, as those that code before the gate accepted.
        """
        self._client.enqueue_in_transaction(
            tx,
            {
                "queue_name": pool,
                "workflow_name": WORKFLOW,
                "workflow_id": generation_id,
                # Of no use to a queue that has no partitions; but a worker of the code before makes
                # it one again when it starts, and then takes nothing without a partition.
                "queue_partition_key": namespace,
                # DBOS knows when a workflow came to the second at worst, and what came within one by
                # its random id.
                "priority": min(number, LAST),
                "app_version": VERSION,
                "application_name": APPLICATION,
            },
            generation_id,
        )

    def call(self, tx: sa.Connection, generation: str, pool: str, number: int) -> None:
        """Have so many workers of the pool help with a generation, after all that is due itself."""
        for _ in range(number):
            self._client.enqueue_in_transaction(
                tx,
                {
                    "queue_name": pool,
                    "workflow_name": HELP,
                    "workflow_id": f"{generation}-help-{secrets.token_hex(4)}",
                    "queue_partition_key": f"help {generation}",
                    "priority": LAST,
                    "app_version": VERSION,
                    "application_name": APPLICATION,
                },
                generation,
            )

    def called(self, pool: str) -> int:
        """How many workers are called to help and have not begun."""
        found = self._client.list_workflows(
            name=HELP, queue_name=pool, status="ENQUEUED", load_input=False, load_output=False
        )
        return len(found)

    def cancel(self, generation_id: str) -> None:
        """Take a generation out of the queue; its row must be final already."""
        self._client.cancel_workflow(generation_id)

    def release(self, worker: str) -> Sequence[str]:
        """Put back in the queue whatever this worker took out of it. Returns the ids."""
        taken = self._client.list_workflows(
            status="PENDING", executor_id=worker, load_input=False, load_output=False
        )
        for workflow in taken:
            # Without a name it would go to a queue that workers of any pool take from.
            self._client.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name)
        return [workflow.workflow_id for workflow in taken]

    def takers(self) -> set[str]:
        """The workers that have something taken out of the queue."""
        taken = self._client.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {workflow.executor_id for workflow in taken if workflow.executor_id}

    def close(self) -> None:
        """Let go of the client."""
        if self._loaded.done() and self._loaded.exception() is None:
            self._loaded.result().destroy()

    @property
    def _client(self) -> "DBOSClient":
        self.begin()
        try:
            return self._loaded.result(timeout=60)
        except Unreachable:
            raise
        except Exception as error:
            raise Unreachable("The queue cannot be opened.") from error

    def _load(self, loaded: "Future[DBOSClient]") -> None:
        try:
            from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 - see above

            quiet()
            own_tables.prepare(self._engine)
            client = DBOSClient(
                system_database_engine=self._engine,
                serializer=DBOSPortableJSONSerializer(),
                application_name=APPLICATION,
                retry_connection_errors=False,
            )
            loaded.set_result(client)
        except Unreachable as error:
            log.error(error.message)  # noqa: TRY400 - there is no more to it
            loaded.set_exception(error)
        except Exception as error:
            log.exception("the queue cannot be opened")
            loaded.set_exception(error)


class _NoNoise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None and kind.__name__ in NOISE:
            return False
        return "outcome was not recorded" not in record.getMessage()


def quiet() -> None:
    """Let DBOS log through our handlers, warnings only, and not what is no trouble."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # with a handler there, DBOS adds none of its own
        logger.addFilter(_NoNoise())
