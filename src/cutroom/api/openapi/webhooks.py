"""/api/ai/webhooks: who is told when a generation ends."""

from collections.abc import Mapping
from typing import Any

from cutroom.api.openapi.operation import Operation, Parameter, json
from cutroom.api.openapi.shapes import (
    Schema,
    flag,
    maybe,
    moment,
    record,
    ref,
    several,
    text,
    whole,
)
from cutroom.deliveries import State
from cutroom.service.webhooks import NAMES

TAG = "Webhooks"
ID = "5f0d2c4e-9a51-4d0c-8c3e-0f6e6a1f7c1f"
WEBHOOK_ID = Parameter("webhook_id", "path", "Which webhook.", example=ID)
DELIVERY_ID = Parameter("delivery_id", "path", "Which message.", example="msg_0e6f1c4a52d2")

ROW: Mapping[str, Any] = {
    "id": ID,
    "namespace": "alice",
    "url": "https://hooks.example/cutroom",
    "events": ["media_generation_completed"],
    "description": "",
    "enabled": True,
    "created_at": 1795435200,
    "disabled_at": None,
}
SECRET = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
DELIVERY: Mapping[str, Any] = {
    "id": "msg_0e6f1c4a52d2",
    "webhook_id": ID,
    "event": "media_generation_completed",
    "generation_id": "0e6f1c4a-52d2-4b0e-9f6e-6a1f7c1f2b11",
    "status": "pending",
    "attempts": 1,
    "next_attempt_at": 1795435214,
    "response_status": 500,
    "error": "It answered 500.",
    "created_at": 1795435209,
    "delivered_at": None,
}
WANTED: Mapping[str, Schema] = {
    "events": several(text(enum=[*NAMES]), "The events to be told of; empty: all."),
    "description": text("What it is for."),
}
ABOUT: Mapping[str, Schema] = {
    "id": text("Its id.", format="uuid"),
    "namespace": text("Whose generations it is told of."),
    "url": text("Where the messages go."),
    **WANTED,
    "enabled": flag("Whether anything is sent."),
    "created_at": moment("When it was made."),
    "disabled_at": maybe(moment("Since when nothing is sent.")),
}

SCHEMAS: Mapping[str, Schema] = {
    "Webhook": record("An address that is told when a generation ends.", ABOUT),
    "WebhookWithSecret": record(
        "A webhook and what its messages are signed with, told this once.",
        {**ABOUT, "secret": text("`whsec_` and base64.")},
    ),
    "Delivery": record(
        "A message to a webhook, and what became of it.",
        {
            "id": text("The header `webhook-id`, the same in every attempt."),
            "webhook_id": text(format="uuid"),
            "event": text("What it tells of."),
            "generation_id": maybe(text("Null for a test.")),
            "status": text(enum=[*map(str, State)]),
            "attempts": whole("How often it was sent."),
            "next_attempt_at": maybe(moment("When it is sent again.")),
            "response_status": maybe(whole("What the last attempt was answered with.")),
            "error": maybe(text("Why the last attempt failed.")),
            "created_at": moment("When it was written."),
            "delivered_at": maybe(moment("When it arrived.")),
        },
    ),
}

HOOK = json("The webhook.", ref("Webhook"), ROW)
WITH_SECRET = json("The webhook with its secret.", ref("WebhookWithSecret"), {**ROW, **SECRET})
MESSAGE = json("The message.", ref("Delivery"), DELIVERY)

OPERATIONS = (
    Operation(
        "POST", "/api/ai/webhooks", "addWebhook", TAG,
        "Have an address told when generations end.",
        {200: WITH_SECRET},
        about="Messages are signed as the Standard Webhooks specification says. The secret is in this answer and in no other.",
        body=json(
            "The address.",
            record("", {"url": text("http or https, public."), **WANTED, "namespace": maybe(text("Whose; the key's own if not given."))},
                   optional=["events", "description", "namespace"]),
            {"url": ROW["url"], "events": ROW["events"]},
        ),
        admin=True,
    ),
    Operation(
        "GET", "/api/ai/webhooks", "listWebhooks", TAG, "The webhooks of all that the key's namespace administers.",
        {
            200: json(
                "The webhooks, oldest first.",
                record("", {"count": whole("How many."), "webhooks": several(ref("Webhook"))}),
                {"count": 1, "webhooks": [ROW]},
            )
        },
        parameters=(Parameter("namespace", "query", "Of this namespace only."),), admin=True,
    ),
    Operation(
        "GET", "/api/ai/webhooks/{webhook_id}", "getWebhook", TAG, "One webhook.",
        {200: HOOK}, parameters=(WEBHOOK_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "PATCH", "/api/ai/webhooks/{webhook_id}", "changeWebhook", TAG, "Change it, turn it off or on again.",
        {200: HOOK}, parameters=(WEBHOOK_ID,),
        body=json(
            "What shall be different.",
            record("", {"url": maybe(text("Where.")), "events": maybe(WANTED["events"]), "description": maybe(text("What for.")), "enabled": maybe(flag("Whether anything is sent."))},
                   optional=["url", "events", "description", "enabled"]),
            {"enabled": True},
        ),
        errors=(404,), admin=True,
    ),
    Operation(
        "DELETE", "/api/ai/webhooks/{webhook_id}", "removeWebhook", TAG, "Forget it and its messages.",
        {
            200: json(
                "It is gone.",
                record("", {"status": text(const="success"), "webhook_id": text()}),
                {"status": "success", "webhook_id": ID},
            )
        },
        parameters=(WEBHOOK_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "POST", "/api/ai/webhooks/{webhook_id}/secret", "changeWebhookSecret", TAG, "A new secret.",
        {200: WITH_SECRET}, about="For a day messages carry two signatures, of the new and of the old one.",
        parameters=(WEBHOOK_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "POST", "/api/ai/webhooks/{webhook_id}/test", "testWebhook", TAG, "Send it a message that tells of nothing.",
        {200: MESSAGE}, parameters=(WEBHOOK_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "GET", "/api/ai/webhooks/{webhook_id}/deliveries", "listDeliveries", TAG, "The last hundred messages to it.",
        {
            200: json(
                "The messages, newest first.",
                record("", {"count": whole("How many."), "deliveries": several(ref("Delivery"))}),
                {"count": 1, "deliveries": [DELIVERY]},
            )
        },
        parameters=(WEBHOOK_ID,), errors=(404,), admin=True,
    ),
    Operation(
        "POST", "/api/ai/webhooks/{webhook_id}/deliveries/{delivery_id}/retry", "retryDelivery", TAG, "Send a message once more, now.",
        {200: MESSAGE}, parameters=(WEBHOOK_ID, DELIVERY_ID), errors=(404,), admin=True,
    ),
)  # fmt: skip
