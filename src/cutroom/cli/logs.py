"""What goes into the log of a server or a worker."""

import logging

from cutroom.settings import Settings

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TALKATIVE = ("alembic", "uvicorn", "dbos")
"""Libraries whose everyday news are of interest only when looking for a fault."""


def begin_log(settings: Settings) -> None:
    """Log to stderr from `settings.log_level` on; talkative libraries only what is wrong."""
    logging.basicConfig(level=settings.log_level.upper(), format=FORMAT)
    if settings.log_level != "debug":
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
