"""`python -m cutroom.worker`: a worker that its supervisor holds on a leash."""

import logging
import sys

from cutroom.settings import Settings
from cutroom.worker.leash import die_with, watch
from cutroom.worker.process import run

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    watch(sys.stdin.buffer)
    settings = Settings()
    logging.basicConfig(level=settings.log_level.upper(), format=FORMAT)
    run(settings)
