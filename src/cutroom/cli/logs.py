"""What goes into the log of a server or a worker."""

from cutroom import logs, traces
from cutroom.settings import Settings


def begin_log(settings: Settings, process: str) -> None:
    """Log to stderr as the settings say; `process` is `server` or `worker`. Traces, where OTEL_* asks for them.

    Raises InvalidParams where what traces need is not installed.
    """
    logs.begin(settings.log_level, settings.log_format, process=process, secrets=settings.secrets())
    traces.begin(process)
