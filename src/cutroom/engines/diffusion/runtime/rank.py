"""One process of a team: `torchrun ... -m cutroom.engines.diffusion.runtime.rank`. `team` starts it and speaks with it."""

import logging
import os
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from multiprocessing.connection import Client
from queue import Queue
from threading import Event, Lock, Thread
from typing import Any, NoReturn

import torch
import torch.distributed as dist

from cutroom.engine import Seen
from cutroom.engines.diffusion.family import Family, Film, SmallerWindow
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.faults import is_out_of_memory
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.memory import at_the_end
from cutroom.engines.diffusion.runtime.residents import Residents
from cutroom.engines.diffusion.runtime.step import InStep
from cutroom.engines.diffusion.runtime.team import ADDRESS, KEY, Order
from cutroom.errors import Cancelled, CannotDo, CutroomError, EngineFailed

log = logging.getLogger("cutroom.engines.diffusion.runtime.rank")


class Line:
    """To the engine's process; without it there is nothing to live for."""

    def __init__(self, rank: int) -> None:
        self.leads = rank == 0
        """Whether this rank is the one that is listened to."""
        self.stop = Event()
        """Set when the shot in hand is no longer wanted."""
        self._orders: Queue[Order] = Queue()
        self._order: Order | None = None
        self._sending = Lock()
        self._line = Client(os.environ[ADDRESS], authkey=bytes.fromhex(os.environ[KEY]))
        self._line.send(rank)
        Thread(target=self._listen, daemon=True).start()

    def tell(self, *message: object) -> None:
        """Say something to the engine's process."""
        with self._sending:
            self._line.send(message)

    def show(self, film: Film) -> None:
        """Hand a film over."""
        with self._sending:
            self._line.send(("film", film.shape))
            self._line.send_bytes(film.tobytes())

    def fail(self, error: CutroomError) -> None:
        """Say what went wrong with a shot."""
        more = (error.frames,) if isinstance(error, SmallerWindow) else ()
        self.tell("failed", type(error), (error.message, *more))

    def take(self) -> Order:
        """The next order, once there is one."""
        self._order = self._orders.get()
        return self._order

    def die(self, error: BaseException) -> NoReturn:
        """End this process, and by it the team: the others wait for what will not come."""
        log.error("rank %s ends", os.environ["RANK"], exc_info=error)
        self.fail(in_words(error, self._order))
        os._exit(70)

    def _listen(self) -> None:
        try:
            while True:
                match self._line.recv():
                    case Order() as order:
                        self.stop.clear()
                        self._orders.put(order)
                    case _:
                        self.stop.set()
        except (EOFError, OSError):
            os._exit(0)


class Told:
    """A tick that never raises: all ranks stop together, before a pass."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __call__(self, done: float) -> None:
        """Pass it on."""
        self._tell("tick", done)

    def note(self, sentence: str) -> None:
        """Pass it on."""
        self._tell("note", sentence)

    def detail(self, name: str, text: str) -> None:
        """Pass it on."""
        self._tell("detail", name, text)

    def show(self, frame: Seen) -> None:
        """Keep it: who leads the team shows what it made."""

    def _tell(self, *message: Any) -> None:  # noqa: ANN401  what can be sent
        if self._line.leads:
            self._line.tell(*message)


def main() -> None:
    """Carry out orders for ever."""
    logging.basicConfig(level=os.environ.get("CUTROOM_LOG_LEVEL", "info").upper())
    line = Line(int(os.environ["RANK"]))
    told = Knobs.of(os.environ)
    on_cpu = told.device == "cpu"
    card = torch.cuda.is_available() and not on_cpu
    if card:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    # A shot may be ordered tomorrow. What hangs meanwhile is ended by the worker, which knows how long is too long.
    dist.init_process_group("cpu:gloo,cuda:nccl" if card else "gloo", timeout=timedelta(days=30))
    # A cache decides by what a rank has of a frame, and the ranks might decide differently.
    knobs = replace(told, cache="", gpus=dist.get_world_size())
    machine = Machine.here(cpu=on_cpu)
    residents = Residents(machine, knobs)
    line.tell("ready")
    while True:
        order = line.take()
        try:
            film = carry_out(order, line, residents, machine)
        except (Cancelled, CannotDo) as error:
            line.fail(error)
        except BaseException as error:  # noqa: BLE001  see `die`
            line.die(error)
        else:
            if line.leads:
                line.show(film)


def carry_out(order: Order, line: Line, residents: Residents, machine: Machine) -> Film:
    """The frames of one shot."""
    tick = Told(line)

    def build() -> Family:
        module, _, name = order.family.partition(":")
        family = getattr(import_module(module), name)(order.recipe, order.folders, machine)
        device = torch.device(machine.device)
        return InStep(family, order.recipe, device, stop=line.stop.is_set, die=line.die)

    return residents.ask(order.recipe, build, tick)(order.shot, tick)


def in_words(error: BaseException, order: Order | None) -> CutroomError:
    """What a caller can be told. Where memory ran out, shorter windows are asked for: there is no ladder for several."""
    if isinstance(error, CutroomError):
        return error
    if order and is_out_of_memory(error):
        return at_the_end(order.shot, order.recipe, Machine.here())
    first = (str(error).strip().splitlines() or [""])[0]
    return EngineFailed(f"One of several GPUs failed: {type(error).__name__}: {first}".rstrip(": "))


if __name__ == "__main__":
    main()
