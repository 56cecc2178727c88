"""Files that came with a request: looked at, kept in the namespace that the video will be in, and taken back if need be."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from cutroom.api import asking, uploads
from cutroom.api.v1.asked import Reference
from cutroom.errors import CutroomError, InvalidMedia
from cutroom.media import sniff
from cutroom.types import Caller

REPOSITORY = "references"
"""Where in a namespace they lie."""
SUFFIX = {"JPEG": ".jpg", "matroska": ".mkv", "mov": ".mp4", "mpegts": ".ts"}
"""Where it is not the format's own name; `mov` is what FFmpeg calls all of MP4's family."""


@dataclass(slots=True)
class Kept:
    """What came with one request."""

    references: list[tuple[str, Reference]] = field(default_factory=list)
    """The field of the form, and the file as a URL of ours."""
    hashes: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    wanted: bool = False
    """Whether a generation will read them."""


@asynccontextmanager
async def keeping(
    request: Request, caller: Caller, namespace: str, files: list[tuple[str, UploadFile]]
) -> AsyncGenerator[Kept, None]:
    """The files, kept; they are removed at the end of the block unless it says that they are wanted.

    Nothing but their first bytes is looked at here: whoever reads them takes them for hostile.
    Raises InvalidMedia for what is neither a video nor an image.
    """
    kept = Kept()
    kinds = [await a_kind(name, part) for name, part in files]
    try:
        for (name, part), kind in zip(files, kinds, strict=True):
            suffix = SUFFIX.get(kind.format, f".{kind.format.lower()}")
            path = f"{uuid.uuid4()}{suffix}"
            key = f"{namespace}/{REPOSITORY}/{path}"
            stored = await uploads.keep(request, caller, key, uploads.pieces(part))
            kept.keys.append(key)
            kept.hashes.append(stored.hash)
            base = asking.base_url(request)
            url = f"{base}/api/repos/{namespace}/{REPOSITORY}/file/main/{path}"
            kept.references.append((name, Reference(url, kind.kind)))
        yield kept
    finally:
        if not kept.wanted:
            for key in kept.keys:
                with suppress(CutroomError):
                    await run_in_threadpool(asking.service(request).files.delete, caller, key)


async def a_kind(name: str, part: UploadFile) -> sniff.Sniffed:
    """What a file is, by its first bytes. Raises InvalidMedia."""
    head = await part.read(sniff.HEAD)
    await part.seek(0)
    if not head:
        raise InvalidMedia(f"{name}: The file is empty (0 bytes).")
    try:
        return sniff.sniff_head(head)
    except InvalidMedia as error:
        raise InvalidMedia(f"{name}: {error.message}") from None
