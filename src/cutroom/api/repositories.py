"""/api/repos: folders of files that have a name. They need not be made before files are put in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking
from cutroom.api.bodies import an_object
from cutroom.errors import InvalidParams
from cutroom.repositories import Repository


async def create(request: Request) -> Response:
    """POST: make a repository. Both bodies that clients of the hosted API send are understood."""
    caller = await asking.caller(request)
    async with an_object(request, asking.settings(request).max_body_bytes) as body:
        refuse_unkept(body)
        name = a_text(body, "name")
        namespace = a_text(body, "namespace", caller.namespace)
        description = a_text(body, "description", "")
    made = await run_in_threadpool(
        asking.service(request).repositories.create, caller, namespace, name, description
    )
    told = described(made)
    answer = {"status": "success", "status_message": "resource_created", "repository": told}
    return JSONResponse(answer | told)  # the documented sample reads the names beside `repository`


async def every(request: Request) -> Response:
    """GET: the repositories of one of the caller's namespaces, by name."""
    caller = await asking.caller(request)
    every = asking.service(request).repositories.all
    found = await run_in_threadpool(every, caller, request.path_params["namespace"])
    answer = {"status": "success", "status_message": "resource_found"}
    return JSONResponse(answer | {"repositories": [described(repository) for repository in found]})


async def one(request: Request) -> Response:
    """GET: one repository of the caller's namespaces."""
    caller = await asking.caller(request)
    path = request.path_params
    found = await run_in_threadpool(
        asking.service(request).repositories.get, caller, path["namespace"], path["repo"]
    )
    answer = {"status": "success", "status_message": "resource_found"}
    return JSONResponse(answer | {"repository": described(found)})


def described(repository: Repository) -> dict[str, object]:
    """A repository as JSON; what nobody made has neither id nor time."""
    created = repository.created
    moment = None if created is None else datetime.fromtimestamp(created, UTC)
    return {
        "id": repository.id,
        "namespace": repository.namespace,
        "name": repository.name,
        "description": repository.description,
        "visibility": "private",
        "created_at": moment and moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def refuse_unkept(body: Mapping[str, Any]) -> None:
    """Raises InvalidParams for what would be lost, or would not be as it was asked for."""
    if body.get("visibility", "private") not in ("private", None) or body.get("is_public"):
        raise InvalidParams(
            "visibility must be 'private': files are for their namespace, and for whoever has a "
            "signed URL."
        )
    if body.get("files"):
        raise InvalidParams("files: a repository is made empty; put files into it afterwards.")


def a_text(body: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A string of the body. Raises InvalidParams."""
    value = body.get(name)
    if value is None:
        if default is None:
            raise InvalidParams(f"Field required: {name}")
        return default
    if not isinstance(value, str):
        raise InvalidParams(f"{name} must be a string")
    return value
