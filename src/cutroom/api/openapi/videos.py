"""/v1: videos and models for OpenAI's clients."""

from collections.abc import Mapping
from typing import Any

from cutroom.api.openapi.files import RANGE
from cutroom.api.openapi.models import MODEL_ID
from cutroom.api.openapi.operation import BYTES, FORM, JSON, Content, Operation, Parameter, json
from cutroom.api.openapi.queue import GENERATION_ID, ID, IDEMPOTENCY_KEY, REPLAYED
from cutroom.api.openapi.shapes import (
    Schema,
    flag,
    maybe,
    moment,
    money,
    record,
    ref,
    several,
    text,
    texts,
    whole,
)

FORM_FILE: Schema = {"type": "string", "contentMediaType": BYTES}
TAG = "OpenAI's dialect"
TEXT = "kling-video-v2-6-pro-text-to-video"
VIDEO: Mapping[str, Any] = {
    "id": ID,
    "object": "video",
    "model": TEXT,
    "status": "completed",
    "progress": 100,
    "created_at": 1795435200,
    "completed_at": 1795435209,
    "expires_at": None,
    "seconds": "5",
    "size": "1280x720",
    "prompt": "a red car drives along the beach",
    "remixed_from_video_id": None,
    "error": None,
    "target_namespace": "alice",
    "cost": "0.350000",
    "seed": 1723,
    "notes": [],
    "details": {},
}
REFERENCE: Schema = {
    "description": "What the video is made from: a file of a form, a URL, or an object with one. An image, or for models that "
    "edit or take motion, a video.",
    "anyOf": [
        text(format="uri"),
        record("", {"image_url": text(format="uri")}),
        record("", {"video_url": text(format="uri")}),
    ],
}
OWN = "Besides, every parameter that the model has in the other dialect."
FIELDS: Mapping[str, Schema] = {
    "model": text("Which model; `GET /v1/models` lists them."),
    "prompt": text("What the video shows, or what should change."),
    "seconds": {
        "description": "The length, one that the model makes; refused where it follows the input.",
        "anyOf": [text(), whole()],
    },
    "size": text("`1280x720`, `720x1280` or `960x960`, where the model has a choice."),
    "seed": whole("The same seed and input make the same video."),
    "target_namespace": maybe(text("Who owns the result and pays; the key's own if not given.")),
}
FORM_FIELDS: Mapping[str, Schema] = {**FIELDS, "seed": text("A whole number.")}

SCHEMAS: Mapping[str, Schema] = {
    "Video": record(
        "A generation as OpenAI's clients read it.",
        {
            "id": text("Its id, the same in both dialects.", format="uuid"),
            "object": text(const="video"),
            "model": text("The model's id."),
            "status": text(enum=["queued", "in_progress", "completed", "failed"]),
            "progress": whole("Percent that is done.", minimum=0, maximum=100),
            "created_at": moment("When it was accepted."),
            "completed_at": maybe(moment("When it became final.")),
            "expires_at": maybe(moment("Null: results stay until they are deleted.")),
            "seconds": maybe(
                text("The length: of the result, or what was asked for; null until it is known.")
            ),
            "size": maybe(text("WIDTHxHEIGHT; null where it follows the input.")),
            "prompt": text(),
            "remixed_from_video_id": {"type": "null"},
            "error": maybe(
                record(
                    "Why there is no video. Cancelling is told as `cancelled`.",
                    {"code": text(), "message": text()},
                )
            ),
            "target_namespace": text("Ours: who owns the result and pays."),
            "cost": maybe(money("Ours: what was charged; null until something was.")),
            "seed": whole("Ours: the seed that was used."),
            "notes": several(text(), "Ours: sentences about the result."),
            "details": texts("Ours: what else the engine told, by name."),
        },
    ),
    "VideoRequest": {
        **record(
            f"A video to be made. {OWN}",
            {**FIELDS, "input_reference": REFERENCE},
            optional=["prompt", "seconds", "size", "seed", "target_namespace", "input_reference"],
        ),
    },
    "VideoForm": record(
        f"The same as a form. {OWN} Lists and objects may be written as JSON.",
        {**FORM_FIELDS, "input_reference": several(FORM_FILE)},
        optional=["prompt", "seconds", "size", "seed", "target_namespace", "input_reference"],
    ),
    "VideoList": record(
        "A page of videos.",
        {
            "object": text(const="list"),
            "data": several(ref("Video")),
            "first_id": maybe(text()),
            "last_id": maybe(text("What `after` of the next page is.")),
            "has_more": flag(),
        },
    ),
}

ACCEPTED = json(
    "Accepted.",
    ref("Video"),
    {**VIDEO, "status": "queued", "progress": 0, "completed_at": None, "cost": None},
    Idempotent_Replayed=REPLAYED,
)

OPERATIONS = (
    Operation(
        "POST", "/v1/videos", "createVideo", TAG, "Ask for a video; answered at once.",
        {200: ACCEPTED},
        about="What cannot be done, say a `size` that the model does not make, is refused and not ignored.",
        parameters=(IDEMPOTENCY_KEY,),
        body=Content(
            "JSON or a form.", {JSON: ref("VideoRequest"), FORM: ref("VideoForm")},
            {"model": TEXT, "prompt": "a red car drives along the beach", "seconds": "5", "size": "1280x720"},
        ),
        errors=(402, 404, 409, 422), dialect="openai",
    ),
    Operation(
        "POST", "/v1/videos/edits", "editVideo", TAG, "Ask for the edit of a video.",
        {200: ACCEPTED},
        parameters=(IDEMPOTENCY_KEY,),
        body=Content(
            "JSON or a form.",
            {
                JSON: record(
                    OWN,
                    {
                        "prompt": text("What should change."),
                        "video": {
                            "description": "A URL, or a video that was made here.",
                            "anyOf": [text(format="uri"), record("", {"id": text()})],
                        },
                        "model": text("One that edits; the first of them if not given."),
                    },
                    optional=["model"],
                ),
                FORM: record(OWN, {"prompt": text(), "video": FORM_FILE, "model": text()}, optional=["model"]),
            },
            {"prompt": "make it a snowy night", "video": {"id": ID}},
        ),
        errors=(402, 404, 409, 422), dialect="openai",
    ),
    Operation(
        "GET", "/v1/videos", "listVideos", TAG, "Videos, a page of them.",
        {200: json("The page.", ref("VideoList"), {"object": "list", "data": [VIDEO], "first_id": ID, "last_id": ID, "has_more": False})},
        parameters=(
            Parameter("after", "query", "The last video of the page before."),
            Parameter("limit", "query", "How many.", whole(minimum=1, maximum=100, default=20)),
            Parameter("order", "query", "By when they were asked for.", text(enum=["asc", "desc"], default="desc")),
            Parameter("namespace", "query", "Whose; the key's own if not given."),
        ),
        errors=(404,), dialect="openai",
    ),
    Operation(
        "GET", "/v1/videos/{generation_id}", "getVideo", TAG, "One video.",
        {200: json("The video.", ref("Video"), VIDEO)},
        parameters=(GENERATION_ID,), errors=(404,), dialect="openai",
    ),
    Operation(
        "DELETE", "/v1/videos/{generation_id}", "deleteVideo", TAG, "Remove a video and its file; one that is not done is cancelled first.",
        {
            200: json(
                "It is gone. `/api/ai/queue` still tells what it cost.",
                record("", {"id": text(), "object": text(const="video.deleted"), "deleted": flag(const=True)}),
                {"id": ID, "object": "video.deleted", "deleted": True},
            )
        },
        parameters=(GENERATION_ID,), errors=(404,), dialect="openai",
    ),
    Operation(
        "GET", "/v1/videos/{generation_id}/content", "videoContent", TAG, "The file.",
        {
            200: Content("The video.", {"*/*": {}}),
            206: Content("The range.", {"*/*": {}}, headers={"Content-Range": "Which bytes of how many."}),
            304: Content("Not changed since the request's validators."),
            412: Content("Not what the request's validators name."),
            416: Content("The range lies outside the file."),
        },
        parameters=(GENERATION_ID, Parameter("variant", "query", "`thumbnail`: a JPEG, as that of a file.", text(enum=["video", "thumbnail"], default="video")), RANGE),
        errors=(404,), dialect="openai",
    ),
    Operation(
        "GET", "/v1/models", "listOpenAIModels", TAG, "Every model, as at `/api/ai/models`.",
        {200: json("The catalog.", ref("ModelList"))}, open=True, dialect="openai",
    ),
    Operation(
        "GET", "/v1/models/{model_id}", "getOpenAIModel", TAG, "One model.",
        {200: json("The model.", ref("Model"))}, parameters=(MODEL_ID,), errors=(404,), open=True, dialect="openai",
    ),
)  # fmt: skip
