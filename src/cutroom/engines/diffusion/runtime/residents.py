"""The family whose weights are loaded: kept from one generation to the next, until another is asked for."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import torch

from cutroom.engine import Tick
from cutroom.engines.diffusion.family import Family, Film, Make, Shot
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime import loading
from cutroom.engines.diffusion.runtime.faults import is_broken, is_out_of_memory, let_go
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.making import Broken, Home, Making, empty
from cutroom.engines.diffusion.runtime.memory import giga
from cutroom.engines.diffusion.runtime.speed import Speed
from cutroom.errors import EngineFailed
from cutroom.weights.rows import Recipe

log = logging.getLogger(__name__)


class Residents:
    """One loaded family at a time, on one machine."""

    def __init__(self, machine: Machine, knobs: Knobs) -> None:
        self._machine, self._knobs = machine, knobs
        self._home: Home | None = None
        self._key = ""
        self._rungs: dict[str, int] = {}
        self.sound = True
        """Whether this process can go on. After an error of CUDA it cannot: throw it away."""

    def ask(self, recipe: Recipe, build: Callable[[], Family], tick: Tick) -> Make:
        """The `Make` for one generation. `build` loads the family, if it is not the one that is there.

        The tick is called while weights load. Raises EngineFailed, and what the tick raises; afterwards
        another can be asked for all the same.
        """
        if not self.sound:
            raise Broken
        key = _key(recipe)
        if self._home is None or self._key != key:
            with self._guarded():
                self.evict()
                with loading.told(tick):
                    self._home = self._moved_in(recipe, build(), self._rungs.get(key, -1))
            self._key = key
        return _Kept(self, Making(self._home))

    def evict(self) -> None:
        """Let go of the family that is there: its memory is free afterwards."""
        if self._home is None:
            return
        if self._home.speed:
            self._home.speed.undo()
        if self._machine.device.startswith("cuda"):
            # A pass that was broken off may still be at work with them.
            torch.cuda.synchronize(self._machine.device)
        self._home = None
        empty(self._machine)

    def remember(self) -> None:
        """Begin on the rung where the family was left, when it is loaded again."""
        if self._home is not None:
            self._rungs[self._key] = self._home.rung

    def _moved_in(self, recipe: Recipe, family: Family, rung: int) -> Home:
        home = Home(family, recipe, self._machine, rung=rung)
        home.speed = Speed(family.parts, self._knobs, torch.device(self._machine.device))
        return home

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What goes wrong while weights load, in words, and nothing left of them."""
        try:
            yield
        except Exception as error:
            let_go(error)
            if is_broken(error):
                self.sound = False
                log.exception("the GPU failed")
                raise Broken from None
            if not is_out_of_memory(error):
                raise
            log.warning("out of memory while loading: %s", error)
        else:
            return
        empty(self._machine)
        free = giga(self._machine.measured().host_free)
        raise EngineFailed(
            f"The weights do not fit into this machine's memory: {free} are free. Those of a smaller profile need less:"
            " CUTROOM_DIFFUSION_PROFILE=small."
        )


def _key(recipe: Recipe) -> str:
    """What tells one loaded family from another: all of a recipe but which work it is chosen for."""
    told = asdict(recipe)
    for name in ("kind", "when", "profile"):
        del told[name]
    return repr(told)


class _Kept:
    """A `Make` whose lessons are kept."""

    def __init__(self, residents: Residents, making: Making) -> None:
        self._residents, self._making = residents, making

    def __call__(self, shot: Shot, tick: Tick) -> Film:
        try:
            return self._making(shot, tick)
        except Broken:
            self._residents.sound = False
            raise
        finally:
            self._residents.remember()
