"""`python -m cutroom.worker`: a worker that its supervisor holds on a leash."""

import sys

from cutroom import logs, traces
from cutroom.settings import Settings
from cutroom.worker.leash import die_with, watch
from cutroom.worker.process import run
from cutroom.worker.supervisor import DRAINED

if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    watch(sys.stdin.buffer)
    settings = Settings()
    logs.begin(
        settings.log_level, settings.log_format, process="worker", secrets=settings.secrets()
    )
    traces.begin("worker")
    run(settings, drained=DRAINED)
