"""What is not the API itself: pages for people, and the addresses a supervisor looks at."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import JSON, Content, Operation, Parameter, json
from cutroom.api.openapi.shapes import Schema, record, ref, text

TAG = "Server"
PLAIN, HTML = "text/plain", "text/html"
UNCHANGED = Content("It is as it was when the caller saw it.")

SCHEMAS: Mapping[str, Schema] = {
    "Unready": record(
        "Why no work can be taken.", {"status": text(const="unready"), "reason": text()}
    ),
}

OPERATIONS = (
    Operation(
        "GET", "/", "front", TAG, "The playground; where it is not built, how to make the first call.",
        {200: Content("A page.", {HTML: text()}), 304: UNCHANGED}, open=True,
    ),
    Operation(
        "GET", "/assets/{name}", "asset", TAG, "A file that the playground loads.",
        {200: Content("The file.", {"*/*": {}}), 304: UNCHANGED},
        parameters=(Parameter("name", "path", "As the page names it; a hash of the content is in it."),),
        errors=(404,), open=True,
    ),
    Operation(
        "GET", "/docs", "docs", TAG, "This document as a page.",
        {200: Content("A page.", {HTML: text()})}, open=True,
    ),
    Operation(
        "GET", "/openapi.json", "openapi", TAG, "This document.",
        {200: Content("OpenAPI 3.1.", {JSON: record("", {"openapi": text(), "paths": record("", {})})})},
        open=True,
    ),
    Operation(
        "GET", "/livez", "live", TAG, "Whether the process answers.",
        {200: Content("It does.", {PLAIN: text()})}, open=True,
    ),
    Operation(
        "GET", "/metrics", "metrics", TAG, "Counts of the server and the installation, for Prometheus.",
        {200: Content("Prometheus' text format.", {PLAIN: text()})},
        about="Told on this machine alone, or, where CUTROOM_METRICS_TOKEN is set, to whoever sends it as a bearer key.",
        errors=(401, 403), open=True,
    ),
    Operation(
        "GET", "/readyz", "ready", TAG, "Whether work can be taken.",
        {
            200: json("It can.", record("", {"status": text(const="ready")}), {"status": "ready"}),
            503: json("It cannot.", ref("Unready"), Retry_After="Seconds after which to come back."),
        },
        open=True,
    ),
)  # fmt: skip
