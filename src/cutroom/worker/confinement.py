"""How the process of an engine is bound before it sees an order: by what its engine says it needs."""

import json
import logging
import resource
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self, cast

from cutroom.engine import UNTOLD, Needs
from cutroom.errors import EngineFailed
from cutroom.sandbox import Lacking, Mode, Room, bind
from cutroom.sandbox.entry import memory_there_is

FILES = 4096
"""Files that an engine may have open that uses no GPU."""
SPARED = 0.1
"""Share of the free disk that no single file may take: the database may lie there."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where one attempt may write, and what is nobody's business."""

    folder: Path
    """Its own folder; those of later orders lie beside it."""
    parts: Path
    """What is finished of its long result; those of other generations lie beside it."""
    hidden: tuple[Path, ...] = ()
    """The data folder, the storage, the database: read by no engine, but where its own work lies in them."""

    def to_text(self) -> str:
        """As `of_text` reads it."""
        told = {"folder": str(self.folder), "parts": str(self.parts)}
        return json.dumps({**told, "hidden": [str(one) for one in self.hidden]})

    @classmethod
    def of_text(cls, text: str) -> Self:
        """What `to_text` wrote."""
        told = json.loads(text)
        hidden = tuple(Path(one) for one in told["hidden"])
        return cls(Path(told["folder"]), Path(told["parts"]), hidden)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an engine says of itself before it is made."""

    needs: Needs
    resident: bool

    @classmethod
    def of(cls, engine: str, environment: Mapping[str, str]) -> Self:
        """Asked of the class `engine`, `module:Class`, which is imported for it; what is wrong with it an order tells."""
        module, _, name = engine.partition(":")
        made: Any = None
        with suppress(Exception):
            made = getattr(import_module(module), name)
        needs = UNTOLD
        if hasattr(made, "needs"):
            try:
                needs = made.needs(environment)
            except Exception:
                log.exception("the engine cannot say what it needs")
        return cls(needs, hasattr(made, "sound"))

    def to_text(self) -> str:
        """As `of_text` reads it."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """What `to_text` wrote."""
        told = json.loads(text)
        needs = told["needs"]
        for name, kind in (("ports", int), ("reads", Path), ("writes", Path)):
            needs[name] = tuple(kind(one) for one in needs[name])
        return cls(Needs(**needs), told["resident"])


def alone() -> bool:
    """Whether this process has one thread: Landlock binds the calling thread alone, and what it starts."""
    tasks = Path("/proc/self/task")
    return not tasks.is_dir() or len(list(tasks.iterdir())) == 1


def plain(path: Path) -> bool:
    """Whether a file lies there, and no link: an engine can make one to what it may not read, and we would follow it."""
    return path.is_file() and not path.is_symlink()


def take_links(folder: Path) -> None:
    """Remove what an engine left in its folder that is neither file nor folder, before others open what is there."""
    for path in list(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            path.unlink(missing_ok=True)


def confine(engine: str, wish: Wish, grounds: Grounds, environment: Mapping[str, str]) -> None:
    """Bind this process, which must be `alone`, to what the engine wishes for.

    Raises EngineFailed where CUTROOM_SANDBOX is `require` and the network stays in reach of one that needs none.
    """
    room = _room(wish, grounds, environment)
    for folder in room.writes:
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = cast("Mode", environment.get("CUTROOM_SANDBOX") or "auto")
    try:
        held = bind(room, mode if wish.needs.bound else "off")
    except Lacking as error:
        raise EngineFailed(f"The engine {engine} is not let near files: {error}") from error
    log.info("%s is bound by %s", engine, held)


def _room(wish: Wish, grounds: Grounds, environment: Mapping[str, str]) -> Room:
    needs = wish.needs
    own = (grounds.folder, grounds.parts)
    limits = {resource.RLIMIT_FSIZE: int(shutil.disk_usage(grounds.folder).free * (1 - SPARED))}
    if not needs.devices:
        memory = int(environment.get("CUTROOM_ENGINE_MEMORY") or 0) or memory_there_is()
        limits |= {resource.RLIMIT_DATA: memory, resource.RLIMIT_NOFILE: FILES}
    return Room(
        reads=needs.reads,
        # One that stays gets other orders, in folders beside the first.
        writes=(*(one.parent if wish.resident else one for one in own), *needs.writes),
        # What an engine names in the data folder, its weights say, is not hidden from it.
        hidden=grounds.hidden,
        out=needs.out,
        ports=needs.ports,
        local=needs.local,
        programs=needs.programs,
        devices=needs.devices,
        limits=limits if needs.bound else {},
    )
