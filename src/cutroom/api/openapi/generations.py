"""/api/ai/generations: everything that was asked for, and what it cost."""

from collections.abc import Mapping
from dataclasses import replace

from cutroom.api.openapi.operation import Operation, Parameter, json
from cutroom.api.openapi.queue import FILTERS, GENERATION_ID, ROW, TAG
from cutroom.api.openapi.shapes import Schema, maybe, money, record, ref, several, text, whole

ENTRY = {
    **ROW,
    "user_id": "6b0f6a0e-2f0c-5d3b-9a38-2f6a1e0d9f11",
    "username": "alice",
    "user_image": None,
}

SCHEMAS: Mapping[str, Schema] = {
    "Entry": {
        "allOf": [ref("Generation")],
        **record(
            "A generation, and who asked for it.",
            {
                "user_id": text("The same for the same name.", format="uuid"),
                "username": text("The namespace of the key."),
                "user_image": {"type": "null"},
            },
        ),
    },
}

OPERATIONS = (
    Operation(
        "GET", "/api/ai/generations", "listGenerations", TAG,
        "Everything that was asked for, newest first, in pages, and what it cost.",
        {
            200: json(
                "A page.",
                record(
                    "",
                    {
                        "generations": several(ref("Entry")),
                        "count": whole("On this page."),
                        "page_number": whole("From 1."),
                        "page_size": whole("At most on a page."),
                        "total_entries": whole("On all pages."),
                        "total_pages": whole(),
                        "total_cost": maybe(money("Of all pages; null while nothing was charged.")),
                    },
                ),
                {
                    "generations": [ENTRY], "count": 1, "page_number": 1, "page_size": 20,
                    "total_entries": 1, "total_pages": 1, "total_cost": "1.344000",
                },
            )
        },
        parameters=(
            *(replace(one, about="Of one of these statuses only.") if one.name == "status" else one for one in FILTERS),
            Parameter("page", "query", "Which page.", whole(minimum=1, default=1)),
            Parameter("page_size", "query", "How many on it.", whole(minimum=1, maximum=1000, default=50)),
        ),

    ),
    Operation(
        "GET", "/api/ai/generations/{generation_id}", "getEntry", TAG, "One of them.",
        {
            200: json(
                "The generation, and who asked for it.",
                record("", {"generation": ref("Entry"), "status": text(const="success"), "status_message": text(const="resource_found")}),
                {"generation": ENTRY, "status": "success", "status_message": "resource_found"},
            )
        },
        parameters=(GENERATION_ID,), errors=(404,),
    ),
)  # fmt: skip
