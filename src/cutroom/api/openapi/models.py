"""/api/ai/models: what `model` can be."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    Schema,
    flag,
    maybe,
    moment,
    number,
    record,
    ref,
    several,
    text,
    whole,
)

TAG = "Models"

LIMITS = ("max_bytes", "min_side", "max_side", "min_seconds", "max_seconds")
MENTIONED = record(
    "What a prompt may mention.",
    {
        "groups": several(
            record(
                "",
                {
                    "field": text("The parameter that is meant."),
                    "pattern": text("What stands before its number: `@Image`."),
                },
            )
        )
    },
)
KEYWORDS: Mapping[str, Schema] = {
    "type": text(enum=["string", "integer", "number", "boolean", "array", "object"]),
    "title": text("What a form calls it."),
    "description": text(),
    "default": {"description": "What it is where it is not given."},
    "enum": several({"type": ["string", "number"]}),
    "nullable": flag("Whether it may be null."),
    "format": text(),
    "minimum": number(),
    "maximum": number(),
    "exclusiveMaximum": number(),
    "minLength": whole(),
    "maxLength": whole(),
    "maxItems": whole(),
    "items": ref("ParameterSchema"),
    "properties": {"type": "object", "additionalProperties": ref("ParameterSchema")},
    "required": several(text()),
    "renderType": text("What kind of file it names.", enum=["video-url", "image-url"]),
    "x-order": whole("Its place in a form."),
    "x-limits": ref("MediaLimits"),
    "x-media-references": MENTIONED,
}

SCHEMAS: Mapping[str, Schema] = {
    "Model": record(
        "A model: its price, what it takes and what it makes.",
        {
            "id": text("What a request calls it."),
            "object": text(const="model"),
            "created": moment("When it was published."),
            "owned_by": text(),
            "display_name": text(),
            "description": text(),
            "summary": text(),
            "model_type": text(),
            "endpoint": text("Where it is asked, below /api/ai."),
            "capabilities": record(
                "",
                {
                    "input": several(text(enum=["text", "image", "video"])),
                    "output": several(text(enum=["video"])),
                },
            ),
            "pricing": record(
                "",
                {
                    "method": text(const="per_video_output_second"),
                    "cost_per_second": number("Dollars a second of result."),
                },
            ),
            "released_at": maybe(text(format="date-time")),
            "request_schema": ref("RequestSchema"),
        },
    ),
    "ModelList": record("", {"object": text(const="list"), "data": several(ref("Model"))}),
    "MediaLimits": record(
        "What a file must be like: bytes, pixels of a side, seconds.",
        {name: number() for name in LIMITS},
        optional=LIMITS,
    ),
    "ParameterSchema": record(
        "JSON Schema of one parameter, with the extensions that a form is drawn from.",
        KEYWORDS,
        optional=[name for name in KEYWORDS if name != "type"],
    ),
    "RequestSchema": record(
        "JSON Schema of a model's parameters, with the extensions that a form is drawn from.",
        {
            "type": text(const="object"),
            "title": text(),
            "required": several(text(), "What must be given."),
            "basic": several(text(), "What a form shows first, besides the prompt."),
            "x-max-references": maybe(
                whole("Most images and elements together; null: not limited.")
            ),
            "properties": {"type": "object", "additionalProperties": ref("ParameterSchema")},
        },
    ),
}

MODEL_ID = Parameter(
    "model_id", "path", "Which model.", example="kling-video-o3-pro-video-to-video-edit"
)

OPERATIONS = (
    Operation(
        "GET", "/api/ai/models", "listModels", TAG, "Every model.",
        {200: json("The catalog.", ref("ModelList"))}, open=True,
    ),
    Operation(
        "GET", "/api/ai/models/search", "searchModels", TAG,
        "The models whose id, name or description has every word.",
        {200: json("Those that were found.", ref("ModelList"))},
        parameters=(Parameter("search", "query", "The words.", required=True, example="kling edit"),),
        open=True,
    ),
    Operation(
        "GET", "/api/ai/models/{model_id}", "getModel", TAG, "One model.",
        {200: json("The model.", ref("Model"))}, parameters=(MODEL_ID,), errors=(404,), open=True,
    ),
)  # fmt: skip
