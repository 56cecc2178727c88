"""Where the one engine process of a worker sits. Most make room after each generation; a resident one stays."""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Lock
from typing import Any

from cutroom.settings import Settings
from cutroom.types import Model
from cutroom.worker.engine_process import EngineProcess

log = logging.getLogger(__name__)

Made = tuple[str, Mapping[str, Any]]
"""What an engine is made of: its class, and the options of the catalog's row."""


class Seat:
    """The engine process of a worker: at most one, whatever the generation, for there is one GPU's memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._stayed: tuple[Made, EngineProcess] | None = None
        self._closed = False
        # One thread starts them all and lives as long as the seat: the kernel counts the thread
        # that started a process as its parent, and generations come in threads of their own.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seat")

    @contextmanager
    def engine(self, model: Model, folder: Path, parts: Path) -> Iterator[EngineProcess]:
        """A process for one order for the model: the one that stayed, if it is of the same engine, or a new one.

        `folder` is the attempt's, `parts` the generation's. After the block the process stays if it waits for another order.
        """
        made = (model.engine, model.options)
        process = self._waiting(made) or self._new(model.engine, folder, parts)
        try:
            yield process
        finally:
            with self._lock:
                stays = process.waits and not self._closed
                if stays:
                    self._stayed = (made, process)
            if not stays:
                process.end()

    def close(self) -> None:
        """End the process that stayed; none stays from now on."""
        with self._lock:
            self._closed = True
            stayed, self._stayed = self._stayed, None
        if stayed is not None:
            stayed[1].end()

    def _waiting(self, made: Made) -> EngineProcess | None:
        """The process that stayed, taken from its seat; any other than what is asked for is ended."""
        with self._lock:
            stayed, self._stayed = self._stayed, None
        if stayed is None:
            return None
        its, process = stayed
        if process.waits and its == made:
            return process
        log.info("the engine %s makes room" if process.waits else "the engine %s died idle", its[0])
        process.end()
        return None

    def _new(self, engine: str, folder: Path, parts: Path) -> EngineProcess:
        starting = copy_context().run  # for the ids of its log
        return self._starter.submit(
            starting, EngineProcess, engine, self._settings, folder, parts
        ).result()
