"""Durable execution: what was accepted gets worked on until it is final, whatever dies.

DBOS keeps the queue, in the database of the generations; nothing outside this package imports it.
`queue` is its client, `executor` runs workflows in a worker, `fleet` notices workers that died, `muster`
calls those that are idle.
"""

from cutroom.jobs.executor import Executor
from cutroom.jobs.fleet import Fleet
from cutroom.jobs.muster import Muster
from cutroom.jobs.queue import Queue

__all__ = ["Executor", "Fleet", "Muster", "Queue"]
