"""Helps with a long result of another worker's generation: makes some of its segments, and no more."""

import logging
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from cutroom.catalog import Catalog
from cutroom.errors import Cancelled, Unreachable
from cutroom.settings import Settings
from cutroom.types import Edit, Generation, Model
from cutroom.worker.engine_process import Died
from cutroom.worker.messages import Failed, Order
from cutroom.worker.seat import Seat
from cutroom.worker.sharing import Sharing

log = logging.getLogger(__name__)

BringIn = Callable[[Generation, Model, Path, Callable[[], None]], Edit]
"""(generation, model, folder, alive) -> its edit, the files in `folder`; `alive` raises to stop."""


@dataclass(frozen=True, slots=True)
class Helper:
    """What a worker does for the generations of others. Nothing of it is billed, and none of it is an outcome."""

    settings: Settings
    catalog: Catalog
    seat: Seat
    bring_in: BringIn
    stopping: Event

    def help(self, sharing: Sharing, folder: Path) -> None:
        """Make segments as long as there are any, in `folder`, which goes in the end. Never raises.

        Where this goes wrong, all that is not begun is left to the generation's own worker: it gets it
        done, or fails for the same reason, once and with its sentence.
        """
        failed = False
        try:
            if (generation := sharing.due()) is not None:
                folder.mkdir(parents=True)
                failed = not self._made(generation, sharing, folder)
        except (Cancelled, Unreachable):
            log.info("helps no more")
        except Exception:
            log.exception("could not help")
            failed = True
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            sharing.leave(failed=failed)

    def _made(self, generation: Generation, sharing: Sharing, folder: Path) -> bool:
        """Whether what was to be made could be made. Raises Cancelled."""
        model = self.catalog.model(generation.model)
        asked = 0.0

        def wanted(_done: float = 0.0) -> bool:
            nonlocal asked
            asked = time.monotonic()
            return not self.stopping.is_set() and sharing.wanted()

        def alive() -> None:  # called for every chunk of a file
            if time.monotonic() >= asked + self.settings.poll_interval and not wanted():
                raise Cancelled

        with closing(sharing), self.seat.engine(model, folder, sharing.folder) as engine:
            edit = self.bring_in(generation, model, folder, alive)
            edit = replace(edit, parts=sharing.folder)
            engine.begin(Order(edit, model, str(folder / "out.mp4"), helps=True))
            deadline = time.monotonic() + self.settings.engine_timeout
            try:
                report = engine.wait(wanted, self.settings.poll_interval, deadline, sharing=sharing)
            except Died as death:
                log.warning("a helper's engine is gone: %s", death)
                return False
        if isinstance(report.end, Failed):
            log.warning("a helper's engine failed: %s", report.end.error_kind)
        return not isinstance(report.end, Failed)
