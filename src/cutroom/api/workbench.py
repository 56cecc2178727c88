"""/api/repos/.../workbench/context: a file kept under a name of its own, to be presigned and used."""

import re
import uuid
from pathlib import PurePosixPath

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, uploads
from cutroom.errors import Forbidden, InvalidParams

FOLDER = "workbench"
"""Where files go that name no `directory`."""
LONGEST = 80
"""Letters that are kept of a file's name."""


async def add(request: Request) -> Response:
    """POST: keep the form's `file` in its `directory`, never over another; tells its `asset_path`.

    The path's last part may stand in a URL as it is, whatever the file was called.
    """
    caller = await asking.caller(request)
    path = request.path_params
    if path["namespace"] not in caller.namespaces:
        raise Forbidden("Your key may not write in that namespace.")
    limit = uploads.limit_of(request)
    if not uploads.is_form(request):
        raise InvalidParams("Send a form, multipart/form-data, with the fields file and directory.")
    async with request.app.state.uploads, uploads.a_form(request, limit) as form:
        part = the_file(form)
        name = str(uuid.uuid4())
        asset_path = f"{folder_of(form)}/{name}-{plain(part.filename or '')}"
        key = f"{path['namespace']}/{path['repo']}/{asset_path}"
        await uploads.keep(request, caller, key, uploads.pieces(part))
    return JSONResponse(
        {
            "status": "success",
            "status_message": "resource_created",
            "asset_path": asset_path,
            "uuid": name,
        }
    )


def the_file(form: FormData) -> UploadFile:
    """The form's one file. Raises InvalidParams."""
    given = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
    if len(given) != 1:
        raise InvalidParams("Field required: file" if not given else "One file at a time, please")
    return given[0]


def folder_of(form: FormData) -> str:
    """The folder that the form names, without slashes at its ends; the storage checks it."""
    given = form.get("directory")
    if given is None or given == "":
        return FOLDER
    if not isinstance(given, str):
        raise InvalidParams("directory must be a text")
    return given.strip("/")


def plain(filename: str) -> str:
    """A file's own name in letters that mean nothing in a URL; its suffix stays."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    spelt = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "file"
    return spelt[-LONGEST:]
