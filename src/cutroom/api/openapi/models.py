"""/api/ai/models: what `model` can be."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    Schema,
    maybe,
    moment,
    number,
    record,
    ref,
    several,
    text,
)

TAG = "Models"

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
                "", {"input": several(text()), "output": several(text(enum=["video"]))}
            ),
            "pricing": record(
                "",
                {
                    "method": text(const="per_video_output_second"),
                    "cost_per_second": number("Dollars a second of result."),
                },
            ),
            "released_at": maybe(text(format="date-time")),
            "request_schema": record("JSON Schema of its parameters.", {}),
        },
    ),
    "ModelList": record("", {"object": text(const="list"), "data": several(ref("Model"))}),
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
