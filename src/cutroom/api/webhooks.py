"""/api/ai/webhooks: addresses that are told when a generation ends, and what became of the messages."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking
from cutroom.api.bodies import an_object
from cutroom.deliveries import Delivery
from cutroom.errors import InvalidParams
from cutroom.service.webhooks import Webhooks
from cutroom.types import Caller, Scope
from cutroom.webhooks import Webhook

BODY = 65_536
"""Bytes of a request about a webhook."""


async def add(request: Request) -> Response:
    """POST: a new webhook; its secret is in this answer and in no other."""
    caller, webhooks = await administrator(request)
    async with an_object(request, BODY) as body:
        url = a_text(body, "url")
        if not url:
            raise InvalidParams("Field required: url")
        namespace, names = a_text(body, "namespace"), the_names(body)
        description = a_text(body, "description") or ""
    made, secret = await run_in_threadpool(
        webhooks.add, caller, namespace, url, names or (), description
    )
    return JSONResponse(row(made) | {"secret": secret})


async def every(request: Request) -> Response:
    """GET: the webhooks of what the caller administers, or of one namespace of it."""
    caller, webhooks = await administrator(request)
    namespace = request.query_params.get("namespace") or None
    found = await run_in_threadpool(webhooks.list, caller, namespace)
    return JSONResponse({"count": len(found), "webhooks": [row(one) for one in found]})


async def one(request: Request) -> Response:
    """GET: one webhook."""
    caller, webhooks = await administrator(request)
    return JSONResponse(row(await run_in_threadpool(webhooks.get, caller, named(request))))


async def change(request: Request) -> Response:
    """PATCH: another url, other events, another description; `enabled`."""
    caller, webhooks = await administrator(request)
    async with an_object(request, BODY) as body:
        enabled = body.get("enabled")
        if not isinstance(enabled, bool | None):
            raise InvalidParams("enabled must be true or false")
        wanted = partial(
            webhooks.change,
            caller,
            named(request),
            url=a_text(body, "url"),
            names=the_names(body),
            description=a_text(body, "description"),
            enabled=enabled,
        )
    return JSONResponse(row(await run_in_threadpool(wanted)))


async def remove(request: Request) -> Response:
    """DELETE: forget it."""
    caller, webhooks = await administrator(request)
    await run_in_threadpool(webhooks.remove, caller, named(request))
    return JSONResponse({"status": "success", "webhook_id": named(request)})


async def change_secret(request: Request) -> Response:
    """POST: a new secret; the one of before signs beside it for a day."""
    caller, webhooks = await administrator(request)
    found, secret = await run_in_threadpool(webhooks.change_secret, caller, named(request))
    return JSONResponse(row(found) | {"secret": secret})


async def test(request: Request) -> Response:
    """POST: send it a message that tells of nothing."""
    caller, webhooks = await administrator(request)
    return JSONResponse(delivery(await run_in_threadpool(webhooks.test, caller, named(request))))


async def deliveries(request: Request) -> Response:
    """GET: the last hundred messages, newest first."""
    caller, webhooks = await administrator(request)
    found = await run_in_threadpool(webhooks.deliveries, caller, named(request))
    return JSONResponse({"count": len(found), "deliveries": [delivery(one) for one in found]})


async def retry(request: Request) -> Response:
    """POST: send a message once more, whatever became of it."""
    caller, webhooks = await administrator(request)
    delivery_id = request.path_params["delivery_id"]
    again = await run_in_threadpool(webhooks.retry, caller, named(request), delivery_id)
    return JSONResponse(delivery(again))


async def administrator(request: Request) -> tuple[Caller, Webhooks]:
    """Who asks, with the scope that webhooks need, and what is asked."""
    caller = await asking.caller(request, Scope.ADMIN)
    return caller, asking.service(request).webhooks


def named(request: Request) -> str:
    """The id of the webhook in the address."""
    return str(request.path_params["webhook_id"])


def a_text(body: Mapping[str, Any], name: str) -> str | None:
    """A text of the body, None where it says nothing. Raises InvalidParams."""
    value = body.get(name)
    if not isinstance(value, str | None):
        raise InvalidParams(f"{name} must be a string")
    return value


def the_names(body: Mapping[str, Any]) -> list[str] | None:
    """The names of events in the body, None where it says nothing. Raises InvalidParams."""
    value = body.get("events")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InvalidParams("events must be a list of names")
    return value


def row(webhook: Webhook) -> dict[str, object]:
    """A webhook as JSON, without its secret."""
    return {
        "id": webhook.id,
        "namespace": webhook.namespace,
        "url": webhook.url,
        "events": list(webhook.events),
        "description": webhook.description,
        "enabled": webhook.disabled is None,
        "created_at": webhook.created,
        "disabled_at": webhook.disabled,
    }


def delivery(message: Delivery) -> dict[str, object]:
    """What became of a message, as JSON."""
    return {
        "id": message.id,
        "webhook_id": message.webhook,
        "event": message.name,
        "generation_id": message.generation or None,
        "status": message.state.value,
        "attempts": message.attempts,
        "next_attempt_at": None if message.next_at is None else int(message.next_at),
        "response_status": message.response_status,
        "error": message.error,
        "created_at": message.created,
        "delivered_at": message.delivered_at,
    }
