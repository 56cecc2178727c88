"""A real server that speaks `/v1/videos` as SGLang 0.5.23 or vLLM-Omni 0.30.0 does, and draws what it is asked for."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cutroom.engine import Silent
from cutroom.media.film import film
from cutroom.types import Encoding

SGLANG = {
    "id": "Wan-AI/Wan2.2-TI2V-5B",
    "owned_by": "sglang",
    "task_type": "TI2V",
    "supported_task_types": ["TI2V"],
}
VLLM = {"id": "Wan-AI/Wan2.2-I2V-A14B-Diffusers", "owned_by": "vllm"}


@dataclass
class Videos:
    """What it serves, what it was asked, and how it is to behave."""

    folder: Path
    card: dict[str, Any] = field(default_factory=lambda: dict(SGLANG))
    progress: list[int] = field(default_factory=lambda: [0, 40, 80])
    """What a video's looks are told before it is done; vLLM-Omni says 0 whatever stands here."""
    scale: float = 0.1
    """Of the size that is asked for: drawing is not what is tested."""
    changes: dict[str, Any] = field(default_factory=dict)
    """What the drawn film has instead of what was asked for."""
    failure: Callable[[], Response] | None = None
    """What a look is answered with once the video would be done."""
    content: Callable[[Request], Response] | None = None
    """What is sent instead of the film."""
    on_post: Callable[[int], Response | None] = lambda _: None
    """What the n-th request for a video is answered with instead."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, tuple[str, str, bytes]]] = field(default_factory=list)
    several: list[list[bytes]] = field(default_factory=list)
    """Files under one name."""
    heard: list[tuple[str, str, float]] = field(default_factory=list)
    """Method, path and moment of every request."""
    keys: set[str] = field(default_factory=set)
    looks: dict[str, int] = field(default_factory=dict)
    url: str = ""

    @property
    def vllm(self) -> bool:
        return self.card["owned_by"] != "sglang"

    def app(self) -> Starlette:
        routes = [
            Route("/v1/models", self.models),
            Route("/v1/videos", self.create, methods=["POST"]),
            Route("/v1/videos/{id}", self.one, methods=["GET", "DELETE"]),
            Route("/v1/videos/{id}/content", self.download),
        ]
        return Starlette(routes=routes)

    def note(self, request: Request) -> None:
        self.heard.append((request.method, request.url.path, time.monotonic()))
        self.keys.add(request.headers.get("authorization", ""))

    async def models(self, request: Request) -> Response:
        self.note(request)
        return JSONResponse({"object": "list", "data": [self.card]})

    async def create(self, request: Request) -> Response:
        self.note(request)
        multipart = "multipart/form-data" in request.headers["content-type"]
        if multipart or self.vllm:
            async with request.form() as form:
                files = {
                    name: (part.filename, part.content_type, await part.read())
                    for name, part in form.multi_items()
                    if isinstance(part, UploadFile) and name != "input_references"
                }
                self.several += (
                    [several]
                    if (several := [await one.read() for one in form.getlist("input_references")])
                    else []
                )
                fields = {k: v for k, v in form.multi_items() if not isinstance(v, UploadFile)}
        else:
            files, fields = {}, await request.json()
        self.asked.append(fields)
        self.files.append(files)
        if told := self.on_post(len(self.asked)):
            return told
        if "prompt" not in fields:
            return JSONResponse({"detail": "prompt is required"}, 400)
        if self.vllm and fields.get("model", self.card["id"]) != self.card["id"]:
            return JSONResponse({"detail": "Model mismatch"}, 400)
        name = f"video-{len(self.asked)}"
        self.looks[name] = 0
        return JSONResponse(self.row(name, "queued", 0))

    async def one(self, request: Request) -> Response:
        self.note(request)
        name = request.path_params["id"]
        if name not in self.looks:
            return JSONResponse({"detail": "Video not found"}, 404)
        if request.method == "DELETE":
            del self.looks[name]
            deleted = {"id": name, "deleted": True, "object": "video.deleted"}
            return JSONResponse(deleted if self.vllm else self.row(name, "deleted", 0))
        look, self.looks[name] = self.looks[name], self.looks[name] + 1
        if look < len(self.progress):
            shown = 0 if self.vllm else self.progress[look]
            return JSONResponse(self.row(name, "in_progress", shown))
        return self.failure() if self.failure else JSONResponse(self.row(name, "completed", 100))

    async def download(self, request: Request) -> Response:
        self.note(request)
        if self.content:
            return self.content(request)
        number = int(request.path_params["id"].split("-")[1])
        return Response(self.drawn(self.asked[number - 1]).read_bytes(), media_type="video/mp4")

    def row(self, name: str, status: str, progress: int, **more: Any) -> dict[str, Any]:
        return {"id": name, "object": "video", "model": self.card["id"], "status": status, "progress": progress, **more}  # fmt: skip

    def drawn(self, fields: dict[str, Any]) -> Path:
        """Frame i has the grey 20 + 4 i."""
        told = {**fields, **self.changes}
        size = [max(16, round(int(side) * self.scale / 2) * 2) for side in told["size"].split("x")]
        out = self.folder / "drawn.mp4"

        def paint(index: int, _: float) -> Any:
            return np.full((size[1], size[0], 3), min(255, 20 + 4 * index), np.uint8)

        frames, rate = int(told["num_frames"]), Fraction(str(told["fps"]))
        sound = told.get("sound")
        film(
            out,
            tuple(size),
            rate,
            frames,
            paint,
            Silent(),
            encoding=Encoding(),
            sound=sound and sound(),
        )
        return out

    def failed(self, status: int = 200, **error: Any) -> Callable[[], Response]:
        return lambda: JSONResponse(self.row("video-1", "failed", 0, error=error), status)


@contextmanager
def serving(videos: Videos) -> Iterator[Videos]:
    """The server, for as long as the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(videos.app(), log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    videos.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield videos
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)
        listener.close()


def data(fields: dict[str, Any]) -> list[dict[str, str]]:
    """The list of images in vLLM-Omni's field."""
    return json.loads(fields["image_reference"])
