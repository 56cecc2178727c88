"""PUT of files: a form with `file` fields as the hosted API documents it, or the file as the body."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from anyio import to_thread
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, files
from cutroom.api.arrival import announced, arriving
from cutroom.api.errors import TooLarge
from cutroom.errors import Forbidden, InvalidParams
from cutroom.types import Caller

CHUNK = 1 << 20
FORM = 1 << 20
"""Bytes that a form may have beside its files."""
MOST_FILES = 20
"""Files of one form."""
CHARSETS = {b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1"}
MOST_FIELDS = 20
"""Texts of one form; each may have a megabyte."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was kept; `path` is within its repository, `hash` is SHA-256."""

    path: str
    size: int
    hash: str


async def write(request: Request) -> Response:
    """PUT: keep the body, or each `file` of a form, in the caller's namespace."""
    caller = await asking.caller(request)
    key = files.key_of(request)
    if key.partition("/")[0] not in caller.namespaces:
        raise Forbidden("Your key may not write in that namespace.")
    limit = limit_of(request)
    async with request.app.state.uploads:
        if not is_form(request):
            body = arriving(request, limit, too_large(limit))
            stored = await keep(request, caller, key, body)
            return JSONResponse(described(request, [stored], {}))
        async with a_form(request, limit) as form:
            kept = await keep_all(request, caller, key, form)
            texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return JSONResponse(described(request, kept, texts))


def limit_of(request: Request) -> int:
    """Bytes that an upload may have. Raises TooLarge for one that says it has more."""
    limit = asking.settings(request).max_upload_bytes
    if (size := announced(request)) > limit + FORM:
        raise TooLarge(f"{too_large(limit)}; this one has {size}")
    return limit


def too_large(limit: int) -> str:
    """The sentence for an upload of more than `limit` bytes."""
    return f"The upload is larger than {limit} bytes"


def is_form(request: Request) -> bool:
    """Whether the body is a form. Raises InvalidParams for one that is not in UTF-8.

    Python knows encodings that take minutes for a megabyte, and that raise what nobody expects.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        return False
    if options.get(b"charset", b"utf-8").lower() not in CHARSETS:
        raise InvalidParams("The form cannot be read: its charset is not UTF-8")
    return True


@asynccontextmanager
async def a_form(request: Request, limit: int) -> AsyncGenerator[FormData, None]:
    """The form, its files spooled to disk until the end of the block. Raises InvalidParams, TooLarge."""
    body = arriving(request, limit + FORM, too_large(limit))
    parser = MultiPartParser(request.headers, body, max_files=MOST_FILES, max_fields=MOST_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise InvalidParams(f"The form cannot be read: {error.message}") from None
    except KeyError:
        raise InvalidParams("The form cannot be read: it names no boundary") from None
    try:
        yield form
    finally:
        await form.close()


async def keep_all(request: Request, caller: Caller, key: str, form: FormData) -> list[Stored]:
    """Keep a form's one file as `key`, or its several files in the folder `key`."""
    given = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
    if not given:
        raise InvalidParams("Field required: file")
    if len(given) == 1 and not key.endswith("/"):
        return [await keep(request, caller, key, pieces(given[0]))]
    return [
        await keep(request, caller, f"{key.rstrip('/')}/{name_of(part)}", pieces(part))
        for part in given
    ]


def name_of(part: UploadFile) -> str:
    """The file's own name, less any folders it came with. Raises InvalidParams."""
    name = PurePosixPath((part.filename or "").replace("\\", "/")).name
    if not name:
        raise InvalidParams("Every file of a form needs a filename")
    return name


async def pieces(part: UploadFile) -> AsyncIterator[bytes]:
    """A form's file in pieces."""
    while piece := await part.read(CHUNK):
        yield piece


async def keep(request: Request, caller: Caller, key: str, chunks: AsyncIterator[bytes]) -> Stored:
    """Store what the chunks come to, whole or not at all; memory does not grow with it."""
    loop = asyncio.get_running_loop()
    digest = hashlib.sha256()

    async def following() -> bytes:
        return await anext(chunks, b"")

    def taken() -> Iterator[bytes]:
        # The storage pulls from a thread of its own; each piece is fetched on the event loop.
        while piece := asyncio.run_coroutine_threadsafe(following(), loop).result():
            digest.update(piece)
            yield piece

    put = asking.service(request).files.put
    size = await to_thread.run_sync(
        put, caller, key, taken(), limiter=request.app.state.upload_threads
    )
    return Stored(key.split("/", 2)[2], size, digest.hexdigest())


def described(
    request: Request, stored: Sequence[Stored], texts: Mapping[str, str]
) -> dict[str, object]:
    """The documented answer; there are no commits here, so the id only names this upload."""
    told = [{"path": one.path, "size": one.size, "hash": one.hash} for one in stored]
    namespace = request.path_params["namespace"]
    return {
        "commit": {
            "id": uuid.uuid4().hex,
            "message": texts.get("message", ""),
            "author": {"name": texts.get("name", namespace), "email": texts.get("email", "")},
            "timestamp": datetime.now(UTC).isoformat(),
        },
        "file": told[0],
        "files": told,
    }
