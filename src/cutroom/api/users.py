"""/api/users/me: who the key's holder is, and how they stand."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, keys, namespaces, wire
from cutroom.service import Service
from cutroom.types import Caller


async def me(request: Request) -> Response:
    """GET: the caller's namespace and key, what there is to spend, and where else they may act."""
    caller = await asking.caller(request)
    user = await run_in_threadpool(described, asking.service(request), caller)
    return JSONResponse({"user": user, "status": "success", "status_message": "resource_found"})


def described(service: Service, caller: Caller) -> dict[str, object]:
    """The caller as JSON."""
    key = service.accounts.own_key(caller)
    others = sorted(caller.namespaces - {caller.namespace})
    return {
        "username": caller.namespace,
        "id": wire.user_id(caller.namespace),
        **namespaces.money(service.spending.standing(caller, caller.namespace)),
        "organisations": [{"name": name, "role": caller.role(name)} for name in others],
        "key": key and keys.described(key, service.spending.key_bound(key)),
    }
