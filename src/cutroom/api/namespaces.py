"""/api/ai/namespaces/{namespace}: what it has, what it may spend, and who acts for it."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.accounts import MEMBER, ROLES
from cutroom.api import asking, keys, wire
from cutroom.api.bodies import an_object
from cutroom.errors import InvalidParams
from cutroom.service import Standing
from cutroom.types import Caller, Scope


async def one(request: Request) -> Response:
    """GET: how a namespace stands that the caller may act for."""
    return await answer(request, await asking.caller(request))


async def change(request: Request) -> Response:
    """PATCH: another spend limit, or none."""
    caller = await administrator(request)
    async with an_object(request, keys.BODY) as body:
        keys.refuse_unknown(body, "spend_limit")
        limit = keys.a_limit(body)
    limit_namespace = asking.service(request).spending.limit_namespace
    await run_in_threadpool(limit_namespace, request.path_params["namespace"], limit)
    return await answer(request, caller)


async def members(request: Request) -> Response:
    """GET: who acts for it besides itself."""
    caller, name = await asking.caller(request), request.path_params["namespace"]
    caller.look_into(name)
    found = await run_in_threadpool(asking.service(request).accounts.members, name)
    told = [{"username": one.name, "role": one.role} for one in found]
    return JSONResponse({"count": len(told), "members": told})


async def admit(request: Request) -> Response:
    """PUT: a namespace becomes a member, or a member gets another role."""
    await administrator(request)
    name, member = request.path_params["namespace"], request.path_params["member"]
    async with an_object(request, keys.BODY) as body:
        keys.refuse_unknown(body, "role")
        role = body.get("role", MEMBER)
    if role not in ROLES:
        raise InvalidParams(f"role must be one of {', '.join(ROLES)}")
    join = asking.service(request).accounts.join
    await run_in_threadpool(partial(join, name, member, role))
    return JSONResponse({"member": {"username": member, "role": role}})


async def dismiss(request: Request) -> Response:
    """DELETE: a member acts for it no more."""
    await administrator(request)
    name, member = request.path_params["namespace"], request.path_params["member"]
    await run_in_threadpool(asking.service(request).accounts.dismiss, name, member)
    return JSONResponse({"status": "success", "username": member})


async def administrator(request: Request) -> Caller:
    """Who asks, if they may administer the namespace of the path."""
    caller = await asking.caller(request, Scope.ADMIN)
    caller.administer(request.path_params["namespace"])
    return caller


async def answer(request: Request, caller: Caller) -> Response:
    """The namespace of the path as JSON."""
    name = request.path_params["namespace"]
    standing = await run_in_threadpool(asking.service(request).spending.standing, caller, name)
    found = {"name": name, "id": wire.user_id(name), "role": caller.role(name), **money(standing)}
    return JSONResponse({"namespace": found})


def money(standing: Standing) -> dict[str, object]:
    """What a namespace has, in dollars as decimal strings."""
    balance = standing.balance
    return {
        "balance": wire.dollars(balance.total),
        "held": wire.dollars(balance.held),
        "free": wire.dollars(balance.free),
        "spend_limit": keys.bounded(standing.bound),
    }
