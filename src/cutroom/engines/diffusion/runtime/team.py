"""Several processes, one a GPU, that make one shot together; and the engine's handle on them."""

import logging
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener, wait
from pathlib import Path
from threading import Thread
from typing import Self

import numpy as np

from cutroom.engine import Tick
from cutroom.engines.diffusion.family import Film, Make, Shot
from cutroom.engines.diffusion.runtime.code import CODE
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.weights.rows import Recipe

ADDRESS = "CUTROOM_TEAM_ADDRESS"
"""Variable by which a rank finds the engine's process."""
KEY = "CUTROOM_TEAM_KEY"
"""Variable of what it proves itself with, in hex."""
BEAT = 0.2
"""Seconds between two ticks while nothing is heard."""
PATIENCE = 120.0
"""Seconds that a team has to stop in: it does before its next pass, and decoding is none."""
MOST_ON_CPU = 2
"""Processes that a team without cards may have: enough to try it."""
_RANK = "cutroom.engines.diffusion.runtime.rank"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """One shot for a team."""

    family: str
    """`module:Class`."""
    recipe: Recipe
    folders: Mapping[str, Path]
    shot: Shot


class Team:
    """A process for each GPU, started when first needed and kept with the weights they loaded.

    They are torchrun's, and end with this process. When one of them dies the shot fails and all of them are
    thrown away; the next shot gets new ones.
    """

    def __init__(self, ranks: int) -> None:
        """`ranks`: how many GPUs; their numbers are those that CUDA shows."""
        self.ranks = ranks
        self._torchrun: subprocess.Popen[bytes] | None = None
        self._lines: list[Connection] = []

    @classmethod
    def of(cls, gpus: int, cards: int) -> Self | None:
        """The team that CUTROOM_DIFFUSION_GPUS asks for, on a machine of so many cards; None for one GPU.

        Raises EngineFailed where there are fewer cards.
        """
        ranks = gpus or cards
        if ranks > max(cards, MOST_ON_CPU if cards == 0 else 1):
            raise EngineFailed(f"CUTROOM_DIFFUSION_GPUS is {gpus}, and PyTorch finds {cards} GPUs.")
        return cls(ranks) if ranks > 1 else None

    def ask(self, family: str, recipe: Recipe, folders: Mapping[str, Path]) -> Make:
        """The `Make` for one generation; `family` is `module:Class`. Processes start and weights load with its first shot.

        It raises EngineFailed where a process fails, CannotDo, and what the tick raises.
        """

        def make(shot: Shot, tick: Tick) -> Film:
            if not self._lines or self._ended():
                self._renew(tick)
            return self._make(Order(family, recipe, folders, shot), tick)

        return make

    def close(self) -> None:
        """End all processes; those of the next `ask` are new."""
        for line in self._lines:
            line.close()  # which ends a rank
        self._lines = []
        if self._torchrun:
            self._torchrun.terminate()
            try:
                self._torchrun.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._torchrun.kill()
                self._torchrun.wait()
            self._torchrun = None

    def _renew(self, tick: Tick) -> None:
        self.close()
        try:
            self._start(tick)
        except BaseException:
            self.close()
            raise

    def _start(self, tick: Tick) -> None:
        key = secrets.token_bytes(32)
        lasting = os.environ.get(CODE)  # an edit's own folder is gone after it
        with tempfile.TemporaryDirectory(prefix="team", dir=lasting) as folder:
            # A socket's path may have 107 bytes, and that of a folder alone can have more.
            address = os.path.relpath(Path(folder, "socket"))
            listener = Listener(address, backlog=self.ranks, authkey=key)
            waiting = Thread(target=self._gather, args=(listener,), daemon=True)
            waiting.start()
            environment = {name: told for name, told in os.environ.items() if name != "TMPDIR"}
            environment |= {"TMPDIR": lasting} if lasting else {}
            self._torchrun = subprocess.Popen(  # noqa: S603  our own module
                [
                    sys.executable, "-m", "torch.distributed.run", "--standalone",
                    "--nproc-per-node", str(self.ranks), "--max-restarts", "0", "-m", _RANK,
                ],
                stdin=subprocess.DEVNULL,
                stdout=2,  # the engine's stdout is not for words
                env={**environment, ADDRESS: address, KEY: key.hex()},
            )  # fmt: skip
            try:
                while waiting.is_alive():
                    tick(0.0)
                    if self._ended():
                        raise EngineFailed(f"The processes for {self.ranks} GPUs did not start.")
                    waiting.join(BEAT)
            finally:
                listener.close()

    def _gather(self, listener: Listener) -> None:
        came: dict[int, Connection] = {}
        with suppress(OSError):  # closed: nobody waits for them any more
            while len(came) < self.ranks:
                line = listener.accept()
                came[line.recv()] = line
            self._lines = [came[rank] for rank in range(self.ranks)]

    def _ended(self) -> bool:
        return self._torchrun is None or self._torchrun.poll() is not None

    def _make(self, order: Order, tick: Tick) -> Film:
        heard = _Heard(self._lines[0], tick)
        try:
            for line in self._lines:
                line.send(order)
            while heard.film is None:
                said = wait(self._lines, BEAT)
                for line in self._lines:
                    if line in said:
                        heard.take(line)
                heard.beat()
        except (Cancelled, CannotDo):
            raise  # they are sound, and wait for the next order
        except (EOFError, OSError) as error:
            self.close()
            lost = EngineFailed("One of several GPUs' processes ended in the middle.")
            raise heard.unwanted or lost from error
        except BaseException:
            self.close()
            raise
        return heard.film


class _Heard:
    """What a team says of one shot."""

    def __init__(self, first: Connection, tick: Tick) -> None:
        """`first` is whom to listen to; of the others only what ends them matters."""
        self._first, self._tick = first, tick
        self._done, self._until = 0.0, float("inf")
        self.film: Film | None = None
        self.unwanted: Exception | None = None
        """What the tick raised; the team is then told to stop."""

    def take(self, line: Connection) -> None:
        """One message. Raises what a rank raised, what the tick had raised once they stopped, EOFError."""
        match line.recv():
            case ("film", shape):
                made = np.frombuffer(line.recv_bytes(), np.uint8).reshape(shape).copy()
                if self.unwanted:
                    raise self.unwanted
                self.film = made
            case ("failed", kind, told) if self._counts(line, kind):
                raise self.unwanted or kind(*told)
            case ("tick", done):
                self._done = done
            case ("note", sentence):
                self._tick.note(sentence)
            case ("detail", name, text):
                self._tick.detail(name, text)

    def beat(self) -> None:
        """Tell the tick how far they are, and them if that raises. Raises TimeoutError if they do not stop then."""
        if self.unwanted is None:
            try:
                self._tick(self._done)
            except Exception as error:  # noqa: BLE001  whatever a tick raises
                self.unwanted, self._until = error, time.monotonic() + PATIENCE
                self._first.send("stop")
        elif time.monotonic() > self._until:
            raise TimeoutError

    def _counts(self, line: Connection, kind: type[Exception]) -> bool:
        """Whether a failure is news: what all stop at, the first one tells."""
        return line is self._first or not issubclass(kind, (Cancelled, CannotDo))
