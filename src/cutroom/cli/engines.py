"""What `cutroom doctor` finds of engines: who does the models' work, and the GPU and weights that it takes."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from cutroom.catalog import ENGINES, Catalog
from cutroom.cli.finding import Finding, Mark
from cutroom.cli.show import bytes_size
from cutroom.cli.weights import kinds_of
from cutroom.settings import Settings
from cutroom.types import Model
from cutroom.weights import extra
from cutroom.weights.choice import needed, profile_for
from cutroom.weights.held import Held, State
from cutroom.weights.rows import Profile

_NAMES = {spec: name for name, spec in ENGINES.items()}
_DIFFUSION = ENGINES["diffusion"]
_SECONDS = 120
"""That the process may take which looks for a GPU; to load torch from a cold disk takes a while."""


def engines(settings: Settings) -> Iterator[Finding]:
    """Engines, GPU and weights."""
    models = Catalog.load(settings).models
    yield _chosen(models)
    works_for = [model for model in models if model.engine == _DIFFUSION]
    machine = {} if extra.missing() else _machine()
    yield gpu(machine, settings, needed=bool(works_for))
    if works_for:
        yield _weights(works_for, _profile(machine, settings), settings)
    if any(model.engine == ENGINES["remote"] for model in models):
        yield remote(settings)


def _chosen(models: Sequence[Model]) -> Finding:
    """Which engine does which models' work, the rarer ones by name."""
    by_engine: dict[str, list[str]] = {}
    for model in models:
        by_engine.setdefault(model.engine, []).append(model.id)
    *rarer, (common, theirs) = sorted(by_engine.items(), key=lambda one: len(one[1]))
    told = [f"{_NAMES.get(engine, engine)} for {', '.join(ids)}" for engine, ids in rarer]
    rest = "for the others" if rarer else f"for all {len(theirs)} models"
    says = "; ".join([*told, f"{_NAMES.get(common, common)} {rest}"])
    absent = [engine for engine in by_engine if not _found(engine.partition(":")[0])]
    if absent:
        return Finding(Mark.BAD, "engines", f"{says}; not found: {', '.join(absent)}")
    return Finding(Mark.OK, "engines", says)


def remote(settings: Settings) -> Finding:
    """Which server works for us; it is not asked anything."""
    if not settings.remote_url:
        says = "the remote engine has no server to ask: CUTROOM_REMOTE_URL names it"
        return Finding(Mark.BAD, "remote", says)
    key = "with a key" if settings.remote_key.get_secret_value() else "without a key"
    says = f"{settings.remote_url}, as {settings.remote_protocol}, {key}"
    return Finding(Mark.OK, "remote", says)


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except Exception:  # noqa: BLE001 - what a package may raise when it is imported
        return False


def _machine() -> Mapping[str, Any]:
    """What a process finds that loads torch, which is too much for this one; `error` where it fails."""
    command = [sys.executable, "-m", "cutroom.engines.diffusion.runtime"]
    try:
        told = subprocess.run(  # noqa: S603 - our own module
            command, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        found: Mapping[str, Any] = json.loads(told.stdout.splitlines()[-1])
    except subprocess.CalledProcessError as error:
        return {"error": (error.stderr.strip().splitlines() or ["it died"])[-1]}
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)}
    return found


def gpu(machine: Mapping[str, Any], settings: Settings, *, needed: bool) -> Finding:
    """What a machine comes to, empty where torch is not installed. `needed`: whether an engine works with it."""
    if not machine:
        if needed:
            says = f"the packages of the diffusion engine are missing: {extra.HOW}"
            return Finding(Mark.BAD, "gpu", says)
        return Finding(
            Mark.OK, "gpu", f"none is used, for the packages it takes are not there; {_NO_NEED}"
        )
    if error := machine.get("error"):
        return Finding(Mark.BAD if needed else Mark.WARN, "gpu", f"torch does not work: {error}")
    torch = f"torch {machine['torch']}"
    if not machine["card"]:
        if needed:
            says = f"none that {torch} can use, and the diffusion engine needs one"
            return Finding(Mark.WARN, "gpu", says)
        return Finding(Mark.OK, "gpu", f"none that {torch} can use; {_NO_NEED}")
    return _card(machine, settings, needed=needed)


def _card(machine: Mapping[str, Any], settings: Settings, *, needed: bool) -> Finding:
    several = f"{machine['cards']} cards, the first: " if machine["cards"] > 1 else ""
    facts = [
        f"{several}{machine['name']}",
        f"{bytes_size(machine['memory'])}, {bytes_size(machine['free'])} of it free",
        f"driver {machine['driver'] or 'unknown'}",
        f"torch {machine['torch']}",
        f"profile {_profile(machine, settings)}",
    ]
    says = ", ".join(facts)
    if needed and settings.workers > 1:
        each = f"{settings.workers} workers (CUTROOM_WORKERS) would each load the weights onto it"
        return Finding(Mark.WARN, "gpu", f"{says}; {each}")
    return Finding(Mark.OK, "gpu", says)


_NO_NEED = "the classical engine needs none"


def _profile(machine: Mapping[str, Any], settings: Settings) -> Profile:
    if settings.diffusion_profile:
        return Profile(settings.diffusion_profile)
    return profile_for(machine["free"] if machine.get("card") else None)


def _weights(models: Sequence[Model], profile: Profile, settings: Settings) -> Finding:
    """What is missing of what these models take in this profile, and how it is fetched."""
    held = Held(settings.weights)
    kinds = {kind for model in models for kind in kinds_of(model)}
    rows = needed(profile, kinds, frozenset(settings.accept_licence))
    missing = [row for row in rows if held.state(row) != State.WHOLE]
    if not missing:
        return Finding(Mark.OK, "weights", f"all that the profile {profile} needs, in {held.root}")
    size = bytes_size(sum(row.bytes for row in missing))
    command = f"cutroom weights pull {' '.join(row.id for row in missing)}"
    return Finding(Mark.WARN, "weights", f"{size} are missing for the profile {profile}: {command}")
