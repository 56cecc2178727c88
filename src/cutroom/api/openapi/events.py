"""/api/events: what happens to generations, as a stream."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import Content, Operation, Parameter
from cutroom.api.openapi.shapes import Schema, text

TAG = "Events"
STREAM = """\
id: 42
event: media_generation_completed
data: {"generation_id":"0e6f1c4a-52d2-4b0e-9f6e-6a1f7c1f2b11","status":"succeeded","media_type":"video",\
"model":"kling-video-o3-pro-video-to-video-edit","url":"http://127.0.0.1:8080/api/repos/alice/…"}

: keep-alive

"""

SCHEMAS: Mapping[str, Schema] = {}

OPERATIONS = (
    Operation(
        "GET", "/api/events", "listen", TAG,
        "What happens to generations, as server-sent events; the answer does not end.",
        {200: Content("The stream.", {"text/event-stream": text()}, STREAM)},
        about="`media_generation_completed` and `generation_cancelled` once for each end, `generation_progress` while one is "
        "processing, `reset` where events may be missing: then look at the queue. A comment comes after 15 seconds of silence.",
        parameters=(
            Parameter("namespace", "query", "Everything in this namespace; else what the key's own namespace asked for."),
            Parameter("Last-Event-ID", "header", "The last `id` that was seen: what came after it is told first."),
        ),
    ),
)  # fmt: skip
