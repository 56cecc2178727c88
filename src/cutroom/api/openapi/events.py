"""/api/events: what happens to generations, as a stream."""

from collections.abc import Mapping

from cutroom.api.events import GAPS, PROGRESS, RESET
from cutroom.api.openapi.operation import Content, Operation, Parameter
from cutroom.api.openapi.shapes import Schema, maybe, number, record, ref, text
from cutroom.events import CANCELLED, COMPLETED

TAG = "Events"
STREAM = """\
id: 42
event: media_generation_completed
data: {"generation_id":"0e6f1c4a-52d2-4b0e-9f6e-6a1f7c1f2b11","status":"succeeded","media_type":"video",\
"model":"kling-video-o3-pro-video-to-video-edit","url":"http://127.0.0.1:8080/api/repos/alice/…"}

: keep-alive

"""

ABOUT: Mapping[str, Schema] = {
    "generation_id": text(format="uuid"),
    "media_type": text(enum=["video"]),
}
MODEL = {"model": text("The model's id.")}

SCHEMAS: Mapping[str, Schema] = {
    "SucceededEvent": record(
        "A generation succeeded.",
        {
            **ABOUT,
            **MODEL,
            "status": text(const="succeeded"),
            "url": text("Of its result, signed at the moment it was sent."),
        },
    ),
    "FailedEvent": record(
        "A generation failed.",
        {**ABOUT, "status": text(const="failed"), "error": text("What it failed with, in words.")},
    ),
    "CancelledEvent": record(
        "A generation was cancelled.", {**ABOUT, **MODEL, "status": text(const="cancelled")}
    ),
    "ProgressEvent": record(
        "A generation is being worked on.",
        {
            **ABOUT,
            **MODEL,
            "status": text(const="processing"),
            "progress": number("Part that is done.", minimum=0, maximum=1),
            "preview_url": maybe(text("Of a picture of it, once there is one.")),
        },
        optional=["preview_url"],
    ),
    "ResetEvent": record(
        "Events may be missing: look at the queue.",
        {"reason": text(enum=[*GAPS]), "detail": text("What happened, in words.")},
    ),
    "EventData": record(
        "The `data` of an event of the stream, by the event's name.",
        {
            COMPLETED: {"anyOf": [ref("SucceededEvent"), ref("FailedEvent")]},
            CANCELLED: ref("CancelledEvent"),
            PROGRESS: ref("ProgressEvent"),
            RESET: ref("ResetEvent"),
        },
        optional=[COMPLETED, CANCELLED, PROGRESS, RESET],
    ),
}

EVENTS = text(
    "What `data` is, `EventData` tells by the event's name.",
    contentMediaType="text/event-stream",
    contentSchema=ref("EventData"),
)

OPERATIONS = (
    Operation(
        "GET", "/api/events", "listen", TAG,
        "What happens to generations, as server-sent events; the answer does not end.",
        {200: Content("The stream.", {"text/event-stream": EVENTS}, STREAM)},
        about="`media_generation_completed` and `generation_cancelled` once for each end, `generation_progress` while one is "
        "processing, `reset` where events may be missing: then look at the queue. A comment comes after 15 seconds of silence.",
        parameters=(
            Parameter("namespace", "query", "Everything in this namespace; else what the key's own namespace asked for."),
            Parameter("Last-Event-ID", "header", "The last `id` that was seen: what came after it is told first."),
        ),
    ),
)  # fmt: skip
