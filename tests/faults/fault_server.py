"""The part of `serve` that can lose something: the process that supervises the workers."""

import logging
import os
import signal
import threading

from cutroom.settings import Settings
from cutroom.worker.supervisor import Supervisor

if __name__ == "__main__":
    logging.basicConfig(level="INFO", format=f"%(asctime)s {os.getpid()} %(name)s: %(message)s")
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    settings = Settings()
    supervisor = Supervisor(settings)
    supervisor.start()
    (settings.data_dir / "up").touch()
    told.wait()
    supervisor.stop()
