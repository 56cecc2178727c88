"""A worker: joins the fleet, takes generations from its pool, leaves in good order."""

import logging
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from threading import Event, Thread

from cutroom import db, traces
from cutroom.catalog import Catalog
from cutroom.depot import Depot
from cutroom.errors import Unreachable
from cutroom.gate import Gate
from cutroom.intake import Bring, Intake
from cutroom.jobs import Executor, Fleet, Muster, Queue
from cutroom.life import Life
from cutroom.own_files import OwnFiles
from cutroom.provenance.means import Means
from cutroom.provenance.signing import Provenance
from cutroom.settings import Settings
from cutroom.signatures import Signatures
from cutroom.storage import Storage
from cutroom.worker.carrier import Carrier
from cutroom.worker.inputs import Inputs
from cutroom.worker.sharing import Sharing

CONNECTIONS = 4
"""Connections to PostgreSQL at once: for the work, the heartbeat, and DBOS's two threads."""

FOREVER = 10**8
"""Seconds, about three years."""
LOOK = 0.2
"""Seconds between two looks whether a signal came."""

log = logging.getLogger(__name__)


def run(settings: Settings, drained: int = 0) -> None:
    """Be a worker of the first of `settings.pools` until SIGTERM or SIGINT; drain, and end this process.

    Or until an operator has it leave: then it finishes what it has, and ends with the status `drained`.
    """
    told, leaves = Event(), Event()

    def end(*_: object) -> None:
        told.set()
        leaves.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    log.info("%s", Provenance(Means.of(settings)).begin())
    engine = db.connect(settings.database, CONNECTIONS)
    db.prepare(engine)
    queue = Queue(engine, settings.poll_interval)
    queue.begin()
    gate = Gate(settings, engine, queue)
    life = Life(engine, settings.max_attempts, gate.round)
    fleet = Fleet(
        engine,
        queue,
        settings.data_dir / "workers",
        settings.worker_ttl,
        life.lose,
        beaten=gate.round,
        drained=leaves.set,
    )
    pool = settings.pools[0]
    queue.offer([pool])
    fleet.join(pool, device=os.environ.get("CUDA_VISIBLE_DEVICES"))
    sweep(settings.data_dir / "work", fleet)
    storage = Storage(settings)
    own_files = OwnFiles(engine, storage, Signatures(settings))
    depot = Depot(settings, engine, storage)
    depot.sweep()
    muster = Muster(
        engine, queue, fleet.worker, pool, spread=settings.spread, ttl=settings.worker_ttl
    )
    carrier = Carrier(
        settings,
        life,
        Catalog.load(settings),
        storage,
        Intake(settings, Bring(settings, own_files, in_bucket=own_files.in_bucket)),
        inputs=Inputs(settings, engine, storage),
        depot=depot,
        sharing=partial(Sharing, engine, depot, muster, worker=fleet.worker),
        worker=fleet.worker,
    )
    executor = Executor(engine, fleet.worker, pool)
    executor.start(carrier.carry_out, carrier.help_with)
    log.info("worker %s takes from pool %s", fleet.worker, pool)
    leaves.wait()
    log.info("worker %s drains", fleet.worker)
    try:
        finish(executor, carrier, told, settings.drain_timeout)
        carrier.stop()
        life.give_back(fleet.worker)
        fleet.leave()
    except Unreachable as error:
        log.warning("worker %s cannot put back what it has: %s", fleet.worker, error.message)
    except Exception:
        log.exception("worker %s cannot leave in good order", fleet.worker)
    traces.end()
    logging.shutdown()
    # What was put back, or could not be, still waits in its thread: its workflow must not return.
    os._exit(0 if told.is_set() else drained)


def finish(executor: Executor, carrier: Carrier, told: Event, timeout: float) -> None:
    """Take no more, and wait for what is under way: from SIGTERM on for `timeout` seconds, until then for ever."""
    if told.is_set():
        executor.stop(timeout if carrier.busy else 0)
        return
    carrier.leave()
    stop = Thread(target=executor.stop, args=[FOREVER], name="drain", daemon=True)
    stop.start()
    while stop.is_alive() and carrier.busy and not told.is_set():
        stop.join(LOOK)
    # A moment for the queue to note the end; what is not noted is taken once more, and put aside.
    stop.join(timeout if carrier.busy else 2.0)


def sweep(work: Path, fleet: Fleet) -> None:
    """Remove what dead workers of this machine left behind."""
    for folder in work.glob("*"):
        if fleet.deserted(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
