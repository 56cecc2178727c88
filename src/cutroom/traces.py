"""Traces by OpenTelemetry: how long each stage of a request took, in whichever process. Off until it is asked for.

The standard `OTEL_*` variables ask for it and say where spans go. Until then nothing of it is imported, and a span is
a block like any other. A span says of an error what kind it was, never its words: prompts and addresses are in them.
"""

import importlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cutroom.errors import CutroomError, InvalidParams

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Variables that name a collector; one of them turns traces on."""
HEADER = "traceparent"
"""What W3C calls where a trace has come from, in a header and here."""
FLUSH = 3000
"""Milliseconds that a process which ends waits for its last spans to leave."""

log = logging.getLogger(__name__)


class Span:
    """A block whose time is told. This one tells nobody."""

    def set(self, **attributes: str | float) -> None:
        """Say more of it. Nothing that is somebody's own: no prompt, key, name or address."""

    def fail(self, kind: str) -> None:
        """Say that it went wrong, and with what kind of error."""


class _Told(Span):
    """A span that is sent."""

    def __init__(self, span: Any) -> None:  # noqa: ANN401 - of an extra, whose types are not looked at
        self._span = span

    def set(self, **attributes: str | float) -> None:
        """As Span."""
        self._span.set_attributes({f"cutroom.{name}": value for name, value in attributes.items()})

    def fail(self, kind: str) -> None:
        """As Span."""
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - of an extra

        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR, kind))


_tracer: Any = None
_provider: Any = None


def wanted() -> bool:
    """Whether the variables ask for traces."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if os.environ.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp":
        return False
    return any(os.environ.get(name) for name in ENDPOINTS)


def begin(process: str) -> None:
    """Send the spans of this process, a `server` or `worker`, if that is wanted. Raises InvalidParams without the extra."""
    global _tracer, _provider  # noqa: PLW0603 - one for a process, as OpenTelemetry itself has it
    if not wanted() or _tracer is not None:
        return
    try:
        exporter = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        resources = importlib.import_module("opentelemetry.sdk.resources")
    except ImportError:
        raise InvalidParams(
            "OTEL_* asks for traces, which need an extra: pip install 'cutroom[otel]'."
        ) from None
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME") or f"cutroom-{process}"}
    _provider = sdk.TracerProvider(
        resource=resources.Resource.create(named), shutdown_on_exit=False
    )
    _provider.add_span_processor(export.BatchSpanProcessor(exporter.OTLPSpanExporter()))
    _tracer = _provider.get_tracer("cutroom")
    log.info("spans go to the collector that OTEL_* names")


def end() -> None:
    """Send what is still here: a process of ours that ends need not wait for the batch to fill."""
    if _provider is not None:
        _provider.force_flush(FLUSH)


def on() -> bool:
    """Whether spans of this process are sent."""
    return _tracer is not None


@contextmanager
def span(
    name: str, parent: str | None = None, *, kind: str = "internal", **attributes: str | float
) -> Iterator[Span]:
    """The block as a span, of the one around it; or of `parent`, a traceparent from elsewhere, if there is one.

    `kind`: internal, server (it answers a request), producer or consumer (of a queue). What the block raises is
    told by its kind alone, and passes.
    """
    if _tracer is None:
        yield _SILENT
        return
    from opentelemetry.trace import SpanKind  # noqa: PLC0415 - of an extra

    with _tracer.start_as_current_span(
        name,
        context=_context(parent) if parent else None,
        kind=SpanKind[kind.upper()],
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        told = _Told(begun)
        told.set(**attributes)
        try:
            yield told
        except BaseException as error:
            told.fail(error.kind if isinstance(error, CutroomError) else type(error).__name__)
            raise


def here() -> str | None:
    """The traceparent of the span around, for whoever goes on with the work elsewhere; None without one."""
    if _tracer is None:
        return None
    carrier: dict[str, str] = {}
    _propagator().inject(carrier)
    return carrier.get(HEADER)


def _context(parent: str) -> Any:  # noqa: ANN401 - of an extra, whose types are not looked at
    return _propagator().extract({HEADER: parent})


def _propagator() -> Any:  # noqa: ANN401 - of an extra, whose types are not looked at
    module = importlib.import_module("opentelemetry.trace.propagation.tracecontext")
    return module.TraceContextTextMapPropagator()


def of(headers: Mapping[str, str]) -> str | None:
    """The traceparent that a request came with; None where spans are not sent."""
    return headers.get(HEADER) if on() else None


_SILENT = Span()
