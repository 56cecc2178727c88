"""/api/repos/{namespace}/{repo}/dir/...: what is in the folders of a repository."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, filters
from cutroom.api.files import BRANCH
from cutroom.errors import InvalidParams, NotFound
from cutroom.service.repositories import Folder
from cutroom.storage import File, content_type

PAGE, LARGEST_PAGE = 100, 1000
"""Entries of a page unless the query says otherwise, and at most."""
ORDERS = ("name", "date")
DIRECTORY = {
    "is_dir": True,
    "size": None,
    "data_type": "dir",
    "mime_type": "inode/directory",
    "extension": "",
    "last_modified": None,
}
"""What is told of every folder in a folder: what is below it nobody has looked at."""


async def read(request: Request) -> Response:
    """GET: a page of the folders and files in a folder of the caller's namespaces."""
    caller = await asking.caller(request)
    parts = request.path_params
    if parts["branch"] != BRANCH:
        raise NotFound(f"There is one branch, {BRANCH}.")
    path = parts.get("folder", "").strip("/")
    number = filters.a_number(request, "page", 1, filters.LAST_PAGE)
    size = filters.a_number(request, "page_size", PAGE, LARGEST_PAGE)
    order, backwards = an_order(request), bool(filters.a_flag(request, "reverse"))
    find = asking.service(request).repositories.folder

    def answer() -> Response:
        found = find(caller, parts["namespace"], parts["repo"], path)
        told = entries(found, path, order, backwards=backwards)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_found",
                "entries": told[(number - 1) * size : number * size],
                "resource": {"path": path, "version": BRANCH},
                "page_number": number,
                "page_size": size,
                "total_entries": len(told),
                "total_pages": -(-len(told) // size),
            }
        )

    return await run_in_threadpool(answer)


def an_order(request: Request) -> str:
    """What the files are sorted by. Raises InvalidParams."""
    order = request.query_params.get("sort_by") or "name"
    if order not in ORDERS:
        raise InvalidParams(f"sort_by must be one of {', '.join(ORDERS)}")
    return order


def entries(folder: Folder, path: str, order: str, *, backwards: bool) -> Sequence[dict[str, Any]]:
    """What is in a folder, folders first; folders by name, for they have no date of their own."""
    folders = sorted(folder.folders, reverse=backwards and order == "name")
    files = sorted(folder.files, key=lambda one: one.key)
    if order == "date":
        files.sort(key=lambda one: one.modified)
    if backwards:
        files.reverse()
    return [entry(path, name, DIRECTORY) for name in folders] + [
        entry(path, PurePosixPath(one.key).name, described(one)) for one in files
    ]


def entry(path: str, name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a folder as JSON."""
    place = f"{path}/{name}" if path else name
    return {"filename": name, **about, "resource": {"path": place, "version": BRANCH}}


def described(file: File) -> dict[str, Any]:
    """What is told of a file."""
    kind = content_type(file.key)
    sort = kind.partition("/")[0]
    return {
        "is_dir": False,
        "size": file.bytes,
        "data_type": sort if sort in {"video", "image"} else "binary",
        "mime_type": kind,
        "extension": PurePosixPath(file.key).suffix.removeprefix("."),
        "last_modified": file.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
