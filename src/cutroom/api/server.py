"""The HTTP server: uvicorn around the app, stopped in good order."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from cutroom.api.app import create_app
from cutroom.service import Service
from cutroom.settings import Settings

GRACE = 10
"""Seconds that open requests get to end once the server is told to stop."""
KEEP_ALIVE = 75
"""Seconds an idle connection stays open; more than a proxy's usual 60."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that says when it listens, and returns when SIGINT or SIGTERM came."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then call `on_ready` with the base URL."""
        await super().startup(sockets)
        if self._on_ready is not None and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal and return; uvicorn's own would raise it again and end the process."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def run(
    service: Service, settings: Settings, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM. `on_ready` gets the base URL once connections are taken.

    Waiting calls of /api/ai/videos/generate end with 503 and Retry-After then; their generations
    go on. The signal handlers of before are put back.
    """
    config = uvicorn.Config(
        create_app(service, settings, stopping=lambda: server.should_exit),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config, on_ready)
    server.run()
