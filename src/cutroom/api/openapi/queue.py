"""/api/ai/queue and /api/ai/videos/generate: generations, asked for and looked at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cutroom.api.openapi.operation import Content, Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    MORE,
    Schema,
    maybe,
    moment,
    money,
    number,
    record,
    ref,
    several,
    text,
    texts,
    whole,
)
from cutroom.types import Status

TAG = "Generations"
ID = "0e6f1c4a-52d2-4b0e-9f6e-6a1f7c1f2b11"
MODEL = "kling-video-o3-pro-video-to-video-edit"
CLIP = "http://127.0.0.1:8080/api/repos/alice/clips/file/main/birds.mp4"
REQUEST = {"model": MODEL, "prompt": "make it a snowy night", "input_video": CLIP}

GENERATION_ID = Parameter("generation_id", "path", "Which generation.", example=ID)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key", "header",
    "A name for this request, of 1 to 255 printable letters: when it comes again, it is answered as the first time, and "
    "not carried out again.",
    text(minLength=1, maxLength=255),
)  # fmt: skip
REPLAYED = "`true` where it is the answer to an earlier request with the same `Idempotency-Key`."

FILTERS = (
    Parameter("namespace", "query", "Whose; the key's own where it is not given."),
    Parameter("model", "query", "Of this model only."),
    Parameter("status", "query", "Of one of these statuses; without it what is not final.", several(ref("Status"))),
    Parameter("media_type", "query", "`image` finds nothing: all are videos.", text(enum=["video", "image"])),
    Parameter("repo", "query", "Whose request had this `target_repo`."),
    Parameter("folder", "query", "Whose request had this `target_directory`."),
    Parameter("batch_id", "query", "Those that were asked for in one request."),
    Parameter("deleted", "query", "`false`: without those whose results were deleted; `true`: only them.", text(enum=["true", "false"])),
    Parameter("search", "query", "Words that their prompts have, all of them, whatever the case.", text(maxLength=200)),
)  # fmt: skip
"""What a list of generations can be asked for."""

ROW: Mapping[str, Any] = {
    "generation_id": ID,
    "model_name": MODEL,
    "model": MODEL,
    "prompt": "make it a snowy night",
    "input_video": CLIP,
    "media_type": "video",
    "status": "succeeded",
    "result_url": "http://127.0.0.1:8080/api/repos/alice/playground/file/main/0e6f/1.mp4?expires=1795438809&oxen_signature=6f3c",
    "error_message": None,
    "error_type": None,
    "enqueued_at": 1795435200,
    "started_at": 1795435201,
    "completed_at": 1795435209,
    "deleted_at": None,
    "target_namespace": "alice",
    "target_repo": "playground",
    "target_directory": None,
    "retried_from_id": None,
    "batch_id": "c2a1b6de-0d62-4f0e-8a53-8f0f6f1f7d55",
    "queue_position": None,
    "eta": None,
    "progress": 1.0,
    "preview_url": None,
    "cost": "1.344000",
    "seed": 1723,
    "notes": [],
    "details": {},
}

SCHEMAS: Mapping[str, Schema] = {
    "Status": text(
        "Where a generation is in its life; the last three are final.", enum=[*map(str, Status)]
    ),
    "Generation": {
        **record(
            "One requested video. The parameters of its request are in it too, as they were sent.",
            {
                "generation_id": text("Its id.", format="uuid"),
                "model_name": text("The model's id."),
                "model": text("The same; older clients read it."),
                "prompt": text("Empty where the request had `multi_prompt`."),
                "media_type": text(enum=["video"]),
                "status": ref("Status"),
                "result_url": maybe(text("Signed anew at every read; set once it succeeded.")),
                "error_message": maybe(text("The sentence of what it failed with.")),
                "error_type": maybe(text("The word of what it failed with: an `error.type`.")),
                "enqueued_at": moment("When it was accepted."),
                "started_at": maybe(moment("When work began.")),
                "completed_at": maybe(moment("When it became final.")),
                "deleted_at": maybe(moment("Since when its result is gone, at its owner's wish.")),
                "target_namespace": text("Who owns the result and pays."),
                "target_repo": text("The repository that the result lies in."),
                "target_directory": maybe(text("The folder in it; null: none was asked for.")),
                "retried_from_id": maybe(
                    text("The generation that this one repeats.", format="uuid")
                ),
                "batch_id": maybe(
                    text(
                        "The same for all that one request asked for; null for those of old.",
                        format="uuid",
                    )
                ),
                "queue_position": maybe(
                    whole(
                        "Its place among what waits for the same workers, 1 is next; null unless queued.",
                        minimum=1,
                    )
                ),
                "eta": maybe(
                    record(
                        "When it will begin, or began, and end, by how long others took; null where too little is known.",
                        {"start": ref("Span"), "finish": ref("Span")},
                    )
                ),
                "progress": number("Part that is done.", minimum=0, maximum=1),
                "preview_url": maybe(
                    text("Of the newest frame of it, while there is one; another for each frame.")
                ),
                "cost": maybe(money("What was charged; null until something was.")),
                "seed": whole("The same seed and input make the same video."),
                "notes": several(text(), "Sentences about the result."),
                "details": texts(
                    "What else the engine told, by name: `enhanced_prompt` is what it made of the prompt."
                ),
            },
        ),
        **MORE,
    },
    "Span": record(
        "From and to; if nobody else comes, it is between them four times in five.",
        {"low": moment("Not sooner."), "high": moment("Not later.")},
    ),
    "Accepted": record(
        "A generation that was just asked for.",
        {"generation_id": text("Its id.", format="uuid"), "status": ref("Status")},
    ),
    "Result": record(
        "A finished video: `url`, or `b64_json` where that was asked for.",
        {"url": text("Signed."), "b64_json": text("The file in base64.")},
        optional=["url", "b64_json"],
    ),
}

QUEUED = json(
    "Accepted; in the order of their seeds.",
    record("", {"generations": several(ref("Accepted"))}),
    {"generations": [{"generation_id": ID, "status": "queued"}]},
    Idempotent_Replayed=REPLAYED,
)
RETRIED = json(
    "Accepted; the id of the new one stands in the list and beside it.",
    record(
        "",
        {
            "generations": several(ref("Accepted")),
            "generation_id": text(),
            "status": text(const="queued"),
            "retried_from_id": text("The one that was asked for before."),
        },
    ),
    {
        "generations": [{"generation_id": ID, "status": "queued"}],
        "generation_id": ID,
        "status": "queued",
        "retried_from_id": "8b1c5d0e-7f7c-4c55-8a51-3c6f0f5d9e22",
    },
    Idempotent_Replayed=REPLAYED,
)
GENERATION = json("The generation.", ref("Generation"), ROW)
LISTED = json(
    "The generations, newest first.",
    record("", {"count": whole("How many."), "generations": several(ref("Generation"))}),
    {"count": 1, "generations": [ROW]},
)

GENERATE = Operation(
    "POST", "/api/ai/videos/generate", "generateVideo", TAG,
    "Ask for one and wait for it.",
    {
        200: json(
            "The video.",
            record("", {"created": moment("When it was done."), "model": text(), "videos": several(ref("Result"))}),
            {"created": 1795435209, "model": MODEL, "videos": [{"url": ROW["result_url"]}]},
            x_generation_id="Which generation it was.", Idempotent_Replayed=REPLAYED,
        )
    },
    about="There is no time limit. When the connection breaks, the generation goes on.",
    body=json("The model and its parameters.", ref("GenerateRequest"), REQUEST),
    parameters=(IDEMPOTENCY_KEY,), errors=(402, 404, 409, 422, 502),
)  # fmt: skip
OPERATIONS = (
    Operation(
        "POST", "/api/ai/queue", "enqueue", TAG,
        "Ask for 1 to 4 generations; answered at once.",
        {200: QUEUED},
        about="Wrong parameters, a mention such as `@Image3` that points at nothing, a namespace that is not yours and too "
        "little credit are refused at once, with nothing queued and nothing held. What only shows when the work begins fails "
        "the generation, and costs nothing.",
        body=json("The model and its parameters.", ref("Request"), REQUEST | {"num_generations": 1}),
        parameters=(IDEMPOTENCY_KEY,), errors=(402, 404, 422),
    ),
    Operation(
        "GET", "/api/ai/queue", "listQueue", TAG,
        "What is queued or processing, or has the status that is asked for.",
        {200: LISTED},
        parameters=FILTERS,
    ),
    Operation(
        "GET", "/api/ai/queue/{generation_id}", "getGeneration", TAG,
        "One generation, its result's URL signed anew.",
        {200: GENERATION}, parameters=(GENERATION_ID,), errors=(404,),
    ),
    Operation(
        "GET", "/api/ai/queue/{generation_id}/preview", "getPreview", TAG,
        "The newest frame of a generation that is being made, small; 404 where there is none to be seen.",
        {200: Content("A JPEG.", {"image/jpeg": {}})},
        parameters=(
            GENERATION_ID,
            Parameter("v", "query", "Of which frame a row or an event told; the newest is sent whatever it says."),
        ),
        errors=(404,),
    ),
    Operation(
        "DELETE", "/api/ai/queue/{generation_id}", "cancelGeneration", TAG,
        "Cancel it; a finished one stays as it is.",
        {
            200: json(
                "It is final now.",
                record("", {"status": text(const="success"), "generation_id": text()}),
                {"status": "success", "generation_id": ID},
            )
        },
        parameters=(GENERATION_ID,), errors=(404,),
    ),
    Operation(
        "POST", "/api/ai/queue/{generation_id}/retry", "retryGeneration", TAG,
        "Ask for the same again, at today's price.",
        {200: RETRIED},
        about="One that is not final is cancelled. A seed that the request named stays, else another is drawn. One that "
        "succeeded cannot be retried.",
        parameters=(GENERATION_ID, IDEMPOTENCY_KEY), errors=(402, 404, 422),
    ),
    GENERATE,
    replace(
        GENERATE, path="/api/videos/generate", name="generateVideoOfOld", summary="The same, at its address of early 2026."
    ),
)  # fmt: skip

ENVELOPE: Mapping[str, Schema] = {
    "num_generations": whole(
        "How many; each is a generation of its own.", minimum=1, maximum=4, default=1
    ),
    "target_namespace": maybe(text("Who owns the result and pays; the key's own if not given.")),
    "target_repo": maybe(text("The repository that the result shall lie in.")),
    "target_directory": maybe(text("The folder in it.")),
    "priority": maybe(
        text(
            "Ours: what goes first among what waits of the same namespace; nobody else is passed.",
            enum=["low", "normal", "high"],
        )
    ),
}
"""The fields of a request that every model has."""
