"""The playground as its build left it: the page at `/`, and the hashed files that it loads."""

import gzip
import hashlib
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from cutroom.api.pages import front
from cutroom.api.validators import listed, matches
from cutroom.errors import NotFound

FOLDER = Path(__file__).with_name("playground")
"""Where the build of `web/` puts it; git knows nothing of it, the wheel has it."""
INDEX = "index.html"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What the page may load and do: nothing inline, nothing of another origin."""
UNUSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
    "microphone", "midi", "payment", "usb",
)  # fmt: skip
"""What the page asks of no browser."""
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
}
ASSET_HEADERS = {
    # A file's name holds a hash of what is in it, so under that name it never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
WORTHWHILE = 0.9
"""A file that gzip makes no smaller than this share of itself is sent as it is."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    content: bytes
    packed: bytes | None
    """The same in gzip, None where that saves nothing."""
    media_type: str
    digest: str

    @classmethod
    def read(cls, path: Path) -> "Asset":
        """The file that lies there."""
        content = path.read_bytes()
        packed = gzip.compress(content, mtime=0)
        return cls(
            content,
            packed if len(packed) < WORTHWHILE * len(content) else None,
            TYPES.get(path.suffix, "application/octet-stream"),
            hashlib.sha256(content).hexdigest()[:32],
        )


class Site:
    """The files of a folder in memory, read again whenever the folder was built anew.

    They are some hundred kB. While a build is under way and there is no page, the one of before stays.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._seen: Mapping[Path, tuple[int, int]] = {}
        self._files: Mapping[str, Asset] = {}
        self._reading = threading.Lock()

    def find(self, path: str) -> Asset | None:
        """A file by its path in the folder, such as `assets/index-1a2b.js`; None if it is not there."""
        with self._reading:
            with suppress(FileNotFoundError):  # not built, or a build is under way
                self._look()
            return self._files.get(path)

    def _look(self) -> None:
        """Read the files anew if one of them is not what it was. Raises FileNotFoundError without a page."""
        paths = [
            self._folder / INDEX,
            *(one for one in self._folder.glob("assets/*") if one.is_file()),
        ]
        seen = {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}
        if seen != self._seen:
            self._files = {
                path.relative_to(self._folder).as_posix(): Asset.read(path) for path in paths
            }
            self._seen = seen


async def page(request: Request) -> Response:
    """GET /: the playground; where it is not built, how to build it and how to make the first call."""
    found = await run_in_threadpool(of(request).find, INDEX)
    return front(request) if found is None else answer(request, found, PAGE_HEADERS)


async def asset(request: Request) -> Response:
    """GET /assets/...: a file that the page loads. Raises NotFound."""
    name = request.path_params["name"]
    found = await run_in_threadpool(of(request).find, f"assets/{name}")
    if found is None:
        raise NotFound
    return answer(request, found, ASSET_HEADERS)


def answer(request: Request, found: Asset, headers: Mapping[str, str]) -> Response:
    """The file, packed for who takes it so, or that it did not change."""
    packed = found.packed if takes_gzip(request.headers) else None
    tag = f'"{found.digest}{"" if packed is None else "-gzip"}"'
    told = {"Content-Type": found.media_type, "ETag": tag, "Vary": "Accept-Encoding", **headers}
    given = listed(request.headers, "if-none-match")
    if given is not None and matches(given, tag, weakly=True):
        return Response(status_code=304, headers=told)
    if packed is not None:
        told["Content-Encoding"] = "gzip"
    return Response(found.content if packed is None else packed, headers=told)


def takes_gzip(headers: Headers) -> bool:
    """Whether an answer may be packed; who does not name gzip gets none."""
    for coding in headers.get("accept-encoding", "").split(","):
        name, _, quality = coding.partition(";")
        if name.strip().lower() in {"gzip", "x-gzip"}:
            return re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality, re.IGNORECASE) is None
    return False


def of(request: Request) -> Site:
    """The site that the app was made with."""
    return cast("Site", request.app.state.site)
