"""The diffusion engine: makes videos by open weights on this machine's GPU, and keeps them loaded."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from cutroom.chat import Endpoint
from cutroom.engine import Needs, Once, Tick
from cutroom.engines.diffusion.enhancer import enhanced
from cutroom.engines.diffusion.family import Family, Film, Make, Shot
from cutroom.engines.diffusion.knobs import Knobs
from cutroom.engines.diffusion.runtime.code import CODE, keep_code
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.preview import planned
from cutroom.engines.diffusion.tasks.takes import between, framing, needs_framed
from cutroom.errors import EngineFailed, InvalidParams
from cutroom.types import Edit, Kind
from cutroom.weights import extra
from cutroom.weights.choice import choose
from cutroom.weights.held import Held
from cutroom.weights.rows import Profile, Recipe

FAMILIES: Mapping[str, str] = {
    "animate": "cutroom.engines.diffusion.families.animate:Animate",
    "bernini": "cutroom.engines.diffusion.families.bernini:Bernini",
    "vace": "cutroom.engines.diffusion.families.vace:Vace",
    "wan": "cutroom.engines.diffusion.families.wan:Wan",
}
"""What runs the weights of a recipe, imported when it is asked for."""


class Diffusion:
    """Edits clips and makes films by open weights. It stays between edits, with the weights of the last one."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # a row's options are TOML values
        """Take no options; a row that gives some is mistaken."""
        if options:
            raise InvalidParams(f"The diffusion engine has no options: {', '.join(options)}.")
        self._loaded: _Loaded | None = None

    @staticmethod
    def needs(environment: Mapping[str, str]) -> Needs:
        """Weights, a place for compiled code, compilers, the GPU; the way to a prompt enhancer where one is set."""
        knobs, enhancer = Knobs.of(environment), Endpoint.of(environment, "ENHANCER")
        many = knobs.gpus != 1  # then they meet on sockets
        own_recipes = environment.get("CUTROOM_RECIPES", "").strip()
        return Needs(
            out=enhancer is not None,
            ports=(enhancer.port,) if enhancer and not many else (),
            local=many,
            programs=True,
            devices=knobs.device != "cpu",
            reads=(*Held(knobs.weights).places(), *([Path(own_recipes)] if own_recipes else [])),
            writes=(Path(environment.get(CODE) or knobs.compiled),),
        )

    @property
    def sound(self) -> bool:
        """Whether it may be given another edit; not after an error of the GPU."""
        return self._loaded is None or self._loaded.sound

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """Which weights would make it in the profile that is set, and what they would be told.

        Raises CannotDo as `edit` would, as far as that does not depend on this machine.
        """
        knobs = Knobs.of(os.environ)
        recipe = choose(edit, profile=knobs.profile or Profile.DEFAULT, accepted=knobs.accepted)
        return planned(edit, recipe)

    def edit(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the video to `out`; an edited clip has the size, frames, rate and duration of its source.

        Raises CannotDo for what the weights cannot do, EngineFailed with the command that helps where weights or
        packages are missing, and where memory does not suffice. After some failures it is not `sound`.
        """
        tick = Once(tick)  # what is true of every window is said of the film
        loaded = self._load()
        work = _Work(loaded, tick)
        crews = work.crews(edit)  # before anybody is asked for anything: it may be refused
        tick.note(f"Made by open weights: {', '.join(work.names)}.")
        edit = enhanced(edit, os.environ, tick)
        if edit.kind is Kind.EDIT:
            from cutroom.engines.diffusion.tasks.clip_edit import clip_edit  # noqa: PLC0415  torch-free, but large

            only = loaded.knobs.only_the_change
            clip_edit(edit, crews[0], out, tick, only_the_change=only)
        elif edit.kind is Kind.MOTION:
            from cutroom.engines.diffusion.tasks.motion import motion  # noqa: PLC0415  as above

            motion(edit, crews[0], out, tick)
        else:
            from cutroom.engines.diffusion.tasks.films import write  # noqa: PLC0415  as above

            write(edit, crews[0], out, tick, framed=crews[1] if len(crews) > 1 else None)

    def _load(self) -> "_Loaded":
        """What stays. Raises EngineFailed without the packages of the extra, or without a GPU."""
        if self._loaded is None:
            if lacking := extra.missing():
                raise EngineFailed(
                    f"The diffusion engine needs {', '.join(lacking)}, which this installation lacks: {extra.HOW}"
                )
            os.environ.setdefault("TQDM_DISABLE", "1")  # bars that nobody sees would fill the log
            os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")  # their hints are for programmers
            os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched but by `weights pull`
            knobs = Knobs.of(os.environ)
            # Before diffusers is loaded: torch would settle for the folder of this edit, which goes with it.
            keep_code(knobs.compiled)
            self._loaded = _Loaded(knobs)
        return self._loaded


class _Loaded:
    """The machine, and the weights that are loaded: in this process, or in a team of one for each GPU."""

    def __init__(self, knobs: Knobs) -> None:
        from cutroom.engines.diffusion.runtime.machine import Machine  # noqa: PLC0415  torch
        from cutroom.engines.diffusion.runtime.residents import Residents  # noqa: PLC0415  torch
        from cutroom.engines.diffusion.runtime.team import Team  # noqa: PLC0415  torch

        self.knobs = knobs
        self.machine = Machine.here(cpu=knobs.device == "cpu")
        """As it was found, with the memory that was free before this process took any."""
        if not self.machine.card and knobs.device != "cpu":
            raise EngineFailed(
                "The diffusion engine needs a GPU, and PyTorch finds none on this machine. The classical engine"
                " needs none: CUTROOM_ENGINE=classical. CUTROOM_DIFFUSION_DEVICE=cpu tries it all the same: days."
            )
        self._residents = Residents(self.machine, knobs)
        self._team = Team.of(knobs.gpus, self.machine.cards)

    @property
    def sound(self) -> bool:
        """Whether this process can go on."""
        return self._residents.sound

    def make(self, recipe: Recipe, folders: Mapping[str, Path]) -> Make:
        """What makes shots by a recipe; its weights are loaded with the first."""
        name = FAMILIES[recipe.family]

        def build() -> Family:
            module, _, attribute = name.partition(":")
            family = getattr(import_module(module), attribute)(recipe, folders, self.machine)
            return cast("Family", family)

        if self._team:
            return self._team.ask(name, recipe, folders)

        def make(shot: Shot, tick: Tick) -> Film:
            return self._residents.ask(recipe, build, tick)(shot, tick)

        return make


class _Work:
    """Who makes one edit: recipes by what it has, with weights that are checked before anything begins."""

    def __init__(self, loaded: _Loaded, tick: Tick) -> None:
        self._loaded, self._tick = loaded, tick
        self._held = Held(loaded.knobs.weights)
        self.names: list[str] = []
        """The sets of weights that take part."""

    def crews(self, edit: Edit) -> tuple[Crew, ...]:
        """One, or two where a film goes on from given frames. Raises CannotDo, EngineFailed."""
        if edit.kind in {Kind.EDIT, Kind.MOTION}:
            return (self._crew(self._recipe(edit)),)
        recipe = self._recipe(between(edit))
        if not needs_framed(edit, recipe):
            return (self._crew(recipe),)
        return self._crew(recipe), self._crew(self._recipe(framing(edit)))

    def _recipe(self, edit: Edit) -> Recipe:
        knobs, machine = self._loaded.knobs, self._loaded.machine
        # Somebody else who had the card when this process began may be gone; what is less now is our own doing.
        free = max(machine.free, machine.measured().free) if machine.card else None
        return choose(edit, profile=knobs.profile, free=free, accepted=knobs.accepted)

    def _crew(self, recipe: Recipe) -> Crew:
        folders = self._held.folders(recipe, self._tick)
        self.names += (name for name in recipe.weights if name not in self.names)
        return Crew(recipe, self._loaded.make(recipe, folders))
