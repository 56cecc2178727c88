"""A loaded family at work: watched, placed by the ladder, repeatable, and sound whatever happens."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import torch

from cutroom.engine import Once, Tick
from cutroom.engines.diffusion.family import Family, Film, Shot
from cutroom.engines.diffusion.runtime import memory
from cutroom.engines.diffusion.runtime.faults import is_broken, is_out_of_memory, let_go
from cutroom.engines.diffusion.runtime.machine import Machine
from cutroom.engines.diffusion.runtime.memory import LADDER, Needs
from cutroom.engines.diffusion.runtime.placing import Placing
from cutroom.engines.diffusion.runtime.speed import Speed
from cutroom.engines.diffusion.runtime.watch import Pace, Watch, tiles, watching
from cutroom.errors import EngineFailed
from cutroom.weights.rows import Recipe

log = logging.getLogger(__name__)


class Broken(EngineFailed):
    """The GPU failed, and this process cannot use it any more."""


class Home:
    """A loaded family and what is known of it: where its networks are, its pace, its rung."""

    def __init__(
        self,
        family: Family,
        recipe: Recipe,
        machine: Machine,
        *,
        speed: Speed | None = None,
        rung: int = -1,
    ) -> None:
        """`rung` is where it was the last time; -1: to be found out by the free memory."""
        self.family, self.recipe, self.machine, self.speed = family, recipe, machine, speed
        self.rung = rung
        self.placing = Placing(family.parts, machine)
        self.pace = Pace()
        # Before weights are narrowed: what is computed with them takes no less for it.
        self._work = Needs.of(family.parts, recipe).work

    def first_rung(self) -> None:
        """Choose where to begin. Raises EngineFailed where there is too little memory for the recipe."""
        if self.rung < 0:
            needs = replace(Needs.of(self.family.parts, self.recipe), work=self._work)
            self.rung = memory.first(needs, self.recipe, self.machine.measured())
            log.info("on rung %s of the ladder", LADDER[self.rung].name)

    def step_down(self) -> bool:
        """To the next rung; false when there is none."""
        lower = memory.below(self.rung, self.machine)
        if lower is None:
            return False
        log.warning("out of memory on rung %s, now %s", LADDER[self.rung].name, LADDER[lower].name)
        self.rung = lower
        return True


class Making:
    """A `Make`. Frames depend on the shot, the weights and the machine alone."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stepped = False

    def __call__(self, shot: Shot, tick: Tick) -> Film:
        """The shot's frames; where memory runs out, made again from the same noise with less of it.

        Raises what the tick raises, CannotDo, SmallerWindow at the ladder's end, Broken, EngineFailed.
        """
        forward = _Forward(tick)
        try:
            film = self._down_the_ladder(shot, forward)
        except Exception as error:
            if not is_broken(error):
                raise
            log.exception("the GPU failed")
            # Nothing more can be done with it, not even to let go of what it holds.
            raise Broken(f"The GPU failed: {_first_line(error)}") from None
        forward(1.0)
        return film

    def _down_the_ladder(self, shot: Shot, tick: Tick) -> Film:
        home = self._home
        home.first_rung()
        while (film := self._try(shot, tick)) is None:
            empty(home.machine)
            if not home.step_down():
                raise memory.at_the_end(shot, home.recipe, home.machine)
            self._stepped = True
        return film

    def _try(self, shot: Shot, tick: Tick) -> Film | None:
        """The frames, or None when there was too little memory. Nothing of the try is left on the card."""
        placing = self._home.placing
        try:
            return self._made(shot, tick)
        except Exception as error:
            # What it holds on the card would stay there as long as somebody holds the error.
            let_go(error)
            if is_broken(error):
                raise
            placing.mend()
            if not is_out_of_memory(error):
                raise
            log.info("out of memory: %s", _first_line(error))
            return None
        finally:
            placing.rest()

    def _made(self, shot: Shot, tick: Tick) -> Film:
        home = self._home
        rung = LADDER[home.rung]
        home.placing.settle(rung, lambda: tick(0.0))
        # Of what is given up a caller hears in the generation that it failed, and where it may be seen in frames.
        if rung.sentence and (self._stepped or (rung.tiles and home.machine.card)):
            tick.note(rung.sentence)
        parts = home.family.parts
        watch = Watch(
            tick, shot, home.family.forwards(shot), home.pace,
            tiles=tiles(parts.vae, shot), device=home.machine.device,
        )  # fmt: skip
        # no_grad and not inference_mode: the weights are moved within, and must stay tensors for all uses.
        with repeatable(shot.seed, home.machine), torch.no_grad(), watching(parts, watch):
            with home.speed.running(tick.note) if home.speed else nullcontext():
                film = home.family.make(shot)
            watch.end()
        return film


class _Forward(Once):
    """A tick that never goes back, where a shot is made again."""

    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)
        self._most = 0.0

    def __call__(self, done: float) -> None:
        self._most = max(self._most, done)
        super().__call__(self._most)


@contextmanager
def repeatable(seed: int, machine: Machine) -> Iterator[None]:
    """Within, the same work gives the same bits; nothing of it is left for others.

    cuDNN may choose only among algorithms that add in a fixed order, and does not try which is fastest: that
    concerns the convolutions of the VAE and of patches, not attention or the matrix products, which are
    repeatable as they are. Random numbers nobody gave a generator to come from the seed.
    """
    cards = [machine.device] if machine.device.startswith("cuda") else []
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        with torch.random.fork_rng(devices=cards):
            torch.manual_seed(seed)
            yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before


def empty(machine: Machine) -> None:
    """Give back to the card what torch keeps of it unused."""
    gc.collect()
    if machine.device.startswith("cuda"):
        torch.cuda.synchronize(machine.device)
        torch.cuda.empty_cache()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()
