"""/api/ai/keys: the keys of namespaces that the caller administers."""

import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.accounts import Key
from cutroom.api import asking, wire
from cutroom.api.bodies import an_object
from cutroom.errors import InvalidParams
from cutroom.service import Bound
from cutroom.terms import Limit, Terms, ahead, expiry, in_order, limit_of, scopes_of
from cutroom.types import Scope

BODY = 10_000
"""Bytes of JSON that a request about keys may have."""


async def every(request: Request) -> Response:
    """GET: the keys of a namespace, its own unless `namespace` names another, oldest first."""
    caller = await asking.caller(request, Scope.ADMIN)
    namespace = request.query_params.get("namespace") or caller.namespace
    caller.administer(namespace)
    found = await run_in_threadpool(asking.service(request).accounts.keys, namespace)
    return JSONResponse({"count": len(found), "keys": [described(key) for key in found]})


async def create(request: Request) -> Response:
    """POST: a new key. `secret` is told here and never again."""
    caller = await asking.caller(request, Scope.ADMIN)
    async with an_object(request, BODY) as body:
        refuse_unknown(body, "namespace", "name", "scopes", "expires", "spend_limit")
        namespace = a_text(body, "namespace") or caller.namespace
        name, terms = a_text(body, "name"), the_terms(body)
    give = asking.service(request).accounts.give_key
    secret, key = await run_in_threadpool(give, caller, namespace, name, terms)
    answer = {"secret": secret, "key": described(key)}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


async def change(request: Request) -> Response:
    """PATCH: another spend limit, or none."""
    caller = await asking.caller(request, Scope.ADMIN)
    service = asking.service(request)
    key = await run_in_threadpool(service.accounts.key, caller, request.path_params["key_id"])
    async with an_object(request, BODY) as body:
        refuse_unknown(body, "spend_limit")
        limit = a_limit(body)
    changed = await run_in_threadpool(service.spending.limit_key, key.id, limit)
    return JSONResponse({"key": described(changed)})


async def revoke(request: Request) -> Response:
    """DELETE: make a key useless; one that is revoked stays as it is."""
    caller = await asking.caller(request, Scope.ADMIN)
    accounts, key_id = asking.service(request).accounts, request.path_params["key_id"]
    key = await run_in_threadpool(accounts.key, caller, key_id)
    if not key.revoked:
        await run_in_threadpool(accounts.revoke_key, key.id)
    return JSONResponse({"status": "success", "id": key.id})


def described(key: Key, bound: Bound | None = None) -> dict[str, object]:
    """A key as JSON; with what is left of its limit where that is known."""
    return {
        "id": key.id,
        "prefix": key.prefix,
        "name": key.name,
        "namespace": key.namespace,
        "scopes": in_order(key.terms.scopes),
        "expires": key.terms.expires,
        "created": key.created,
        "last_used": key.last_used,
        "revoked": key.revoked,
        "spend_limit": bounded(bound) if bound else limited(key.terms.limit),
    }


def limited(limit: Limit | None) -> dict[str, object] | None:
    """A spend limit as JSON."""
    if limit is None:
        return None
    return {"amount": wire.dollars(limit.amount), "period": limit.period}


def bounded(bound: Bound | None) -> dict[str, object] | None:
    """A spend limit as JSON, with what is left of it."""
    if bound is None:
        return None
    return {**(limited(bound.limit) or {}), "left": wire.dollars(bound.left)}


def refuse_unknown(body: dict[str, Any], *known: str) -> None:
    """Raises InvalidParams for a field that means nothing: a slip here would give more than was meant."""
    if unknown := sorted(body.keys() - set(known)):
        raise InvalidParams(f"Unknown field: {', '.join(unknown)[:100]}; known: {', '.join(known)}")


def a_text(body: dict[str, Any], field: str) -> str:
    """A text of the body, empty where it is missing. Raises InvalidParams."""
    text = body.get(field)
    if text is not None and not isinstance(text, str):
        raise InvalidParams(f"{field} must be a string")
    return text or ""


def the_terms(body: dict[str, Any]) -> Terms:
    """The terms that a body asks for. Raises InvalidParams."""
    scopes, expires = body.get("scopes"), body.get("expires")
    if scopes is None:
        raise InvalidParams("Field required: scopes")
    if not is_words(scopes):
        raise InvalidParams("scopes must be a list of strings")
    return Terms(
        scopes_of(scopes),
        None if expires is None else an_expiry(expires),
        a_limit(body) if "spend_limit" in body else None,
    )


def is_words(value: object) -> bool:
    """Whether a value is a text or a list of texts."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(word, str) for word in value)
    )


def an_expiry(value: object) -> int:
    """Unix seconds of an expiry, which may be given as such. Raises InvalidParams."""
    now = int(time.time())
    if isinstance(value, str):
        return expiry(value, now)
    if isinstance(value, int) and not isinstance(value, bool):
        return ahead(value, now)
    raise InvalidParams("expires must be unix seconds, or a string such as 30d or 2027-01-31")


def a_limit(body: dict[str, Any]) -> Limit | None:
    """`spend_limit` of a body: null, "5/month", or an amount and a period. Raises InvalidParams."""
    if "spend_limit" not in body:
        raise InvalidParams("Field required: spend_limit")
    match body["spend_limit"]:
        case None:
            return None
        case str(text):
            return limit_of(text)
        case {"amount": str() | int() | float() as amount, "period": str(period), **rest} if (
            not rest
        ):
            return limit_of(f"{amount}/{period}")
    raise InvalidParams('spend_limit must be {"amount": "5.00", "period": "month"}, or null')
