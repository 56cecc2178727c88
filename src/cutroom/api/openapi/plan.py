"""/api/ai/plan: what a request would come to."""

from collections.abc import Mapping

from cutroom.api.openapi.operation import Operation, json
from cutroom.api.openapi.queue import MODEL, REQUEST, TAG
from cutroom.api.openapi.shapes import (
    MORE,
    Schema,
    maybe,
    money,
    number,
    record,
    ref,
    several,
    text,
    whole,
)

OP = record(
    "One operation, with its parameters.",
    {"op": text("Its name."), "say": text("What it does, in words.")},
)
SHOT = record("One shot of a film, with what is in it.", {"say": text("It, in words.")})

SCHEMAS: Mapping[str, Schema] = {
    "Op": {**OP, **MORE},
    "Shot": {**SHOT, **MORE},
    "Plan": {
        **record(
            "What a prompt comes to. What else is in it depends on the model's engine.",
            {
                "say": text("The whole of it, in words: `night, falling snow; the camera movement kept`."),
                "ops": several(ref("Op"), "In the order in which they are carried out."),
                "shots": several(ref("Shot"), "Of a film that is drawn anew."),
                "kept": several(text(), "What stays as it is, in the prompt's words."),
                "described": several(text(), "Words that were taken for a description of what is there."),
                "version": whole("Of the plan's form."),
                "planner": text("`grammar`, or the model that was asked."),
                "length": record(
                    "How long the result of an edit will be.",
                    {"times": number("So many times the input,"), "plus": number("and seconds more.")},
                ),
                "seconds": maybe(number("The length, where the request says it.")),
            },
            optional=["shots", "kept", "described", "version", "planner", "length", "seconds"],
        ),
        **MORE,
    },
    "Blamed": record(
        "A part of an instruction that is to blame.",
        {
            "text": text("The part."),
            "why": text("What is wrong with it."),
            "nearest": several(text(), "What could be said instead."),
        },
    ),
    "Refusal": record(
        "Why an instruction would not be carried out.",
        {
            "message": text("The whole of it, in words."),
            "understood": several(text(), "What was understood."),
            "cannot": several(ref("Blamed")),
        },
    ),
    "Cost": record(
        "The price of one generation.",
        {
            "per_second": money("Of a second of result."),
            "seconds": maybe(number("Length of the result; null where it follows that of its input.")),
            "at_most": money("What would be held while it is open. No more than that is charged."),
        },
    ),
    "Pace": record(
        "How fast the model was lately.",
        {
            "per_second": number("Seconds of work for a second of result, the median.", minimum=0),
            "runs": whole("Generations that tell it, the last that succeeded.", minimum=1),
        },
    ),
    "Estimate": record(
        "What a request would come to.",
        {
            "model": text("The model's id."),
            "engine": text("What would do it: `classical`, `diffusion`, `remote`, or `package.module:Class` of another."),
            "plan": maybe(ref("Plan")),
            "refusal": maybe(ref("Refusal")),
            "cost": ref("Cost"),
            "pace": maybe(ref("Pace")),
        },
    ),
}  # fmt: skip

OPERATIONS = (
    Operation(
        "POST", "/api/ai/plan", "plan", TAG,
        "What such a request would come to; nothing is queued, held or fetched.",
        {
            200: json(
                "The plan or the refusal, one of them null, and both where the engine tells no plans.",
                ref("Estimate"),
                {
                    "model": MODEL,
                    "engine": "classical",
                    "plan": {
                        "say": "night, falling snow; the camera movement kept",
                        "version": 1,
                        "ops": [{"op": "night", "strength": 1.0, "say": "night"}, {"op": "snow", "density": 1.0, "say": "falling snow"}],
                        "kept": ["the camera movement"],
                        "planner": "grammar",
                        "length": {"times": 1.0, "plus": 0.0},
                        "seconds": None,
                    },
                    "refusal": None,
                    "cost": {"per_second": "0.336000", "seconds": None, "at_most": "5.056800"},
                    "pace": {"per_second": 2.4, "runs": 7},
                },
            )
        },
        body=json("The body of `POST /api/ai/queue`.", ref("Request"), REQUEST),
        errors=(404, 422, 502),
    ),
)  # fmt: skip
