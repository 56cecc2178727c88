"""The HTTP server: uvicorn around the app, stopped in good order."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from cutroom.api.app import create_app
from cutroom.service import Service
from cutroom.settings import Settings

GRACE = 10
"""Seconds that open requests get to end once the server is told to stop."""
SWITCH = 0.0005
"""Seconds for which a thread that computes, the line of all that waits say, holds up those that answer, each time
one of them wants to go on; an answer is a dozen such times."""
KEEP_ALIVE = 75
"""Seconds an idle connection stays open; more than a proxy's usual 60."""
SILENT = 20
"""Seconds a new connection may take until its first request has a head."""
LINGER = 120
"""Seconds that the other side gets to take what was sent before its connection was closed."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that says when it listens, and returns when SIGINT or SIGTERM came."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._idle: dict[tuple[Any, Any], float] = {}
        self._closing: dict[Any, float] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then call `on_ready` with the base URL."""
        await super().startup(sockets)
        if self._on_ready is not None and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop. Once a second, hang up on who says nothing."""
        if counter % 10 == 0:
            self._hang_up(time.monotonic())
        return await super().on_tick(counter)

    def _hang_up(self, now: float) -> None:
        """Close connections between two requests; uvicorn forgets those whose request never comes.

        A closed connection waits until the rest of its answer was taken, which may be never.
        """
        resting = [
            (one, one.cycle)
            for one in self.server_state.connections
            if isinstance(one, H11Protocol) and (one.cycle is None or one.cycle.response_complete)
        ]
        # A request since the last look has a cycle of its own, and begins anew.
        self._idle = {key: self._idle.get(key, now) for key in resting}
        for (one, cycle), since in self._idle.items():
            if now - since > (SILENT if cycle is None else KEEP_ALIVE):
                one.transport.close()
        closing = [one for one in self.server_state.connections if one.transport.is_closing()]
        self._closing = {one: self._closing.get(one, now) for one in closing}
        for one, since in self._closing.items():
            if now - since > LINGER:
                one.transport.abort()

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
        http="h11",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config, on_ready)
    sys.setswitchinterval(SWITCH)
    service.begin()
    threading.Thread(target=service.upkeep.forever, name="upkeep", daemon=True).start()
    sender = service.webhooks.sender()
    sender.start()
    service.inputs.collector.start()
    try:
        server.run()
    finally:
        sender.stop()
        service.inputs.collector.stop()
