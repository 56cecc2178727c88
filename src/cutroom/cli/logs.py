"""What goes into the log of a server or a worker."""

from cutroom import logs
from cutroom.settings import Settings


def begin_log(settings: Settings, process: str) -> None:
    """Log to stderr as the settings say; `process` is `server` or `worker`."""
    logs.begin(settings.log_level, settings.log_format, process=process, secrets=settings.secrets())
