"""What a process that opens strangers' files gets to know of this installation, and what it may not see."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cutroom.settings import SECRETS, STORES, Settings

KEYS = {
    "cutroom.engines.classical.": "CUTROOM_PLANNER_KEY",
    "cutroom.engines.diffusion.": "CUTROOM_ENHANCER_KEY",
    "cutroom.engines.remote.": "CUTROOM_REMOTE_KEY",
}
"""How the name of an engine begins -> the one key that it asks others with."""
OF_THE_SERVICE = re.compile(rf"{'|'.join(STORES)}|OTEL_|PG[A-Z]")
"""How variables begin that stores, databases and collectors of traces are reached with."""
SECRET = re.compile(r"SECRET|TOKEN|PASSW|CREDENTIAL|AUTH|_DSN|KEY$", re.IGNORECASE)
"""What a secret's name looks like. Engines of others may want one of their own; ours want none."""


def inherited(settings: Settings, engines: tuple[str, ...]) -> dict[str, str]:
    """The environment for a process of these engines, each `module:Class`: settings and the rest, less what is secret."""
    keys = {KEYS[ours] for one in engines for ours in KEYS if one.startswith(ours)}
    ours_alone = all(one.startswith("cutroom.") for one in engines)
    found = {
        name: told
        for name, told in os.environ.items()
        if not OF_THE_SERVICE.match(name) and not (ours_alone and SECRET.search(name))
    }
    told = {**found, **settings.environment()}
    return {name: value for name, value in told.items() if name not in SECRETS or name in keys}


def private(settings: Settings) -> tuple[Path, ...]:
    """The files and folders that no such process may read, but where its own work lies in them."""
    places = [settings.data_dir.absolute()]
    if settings.database.startswith("sqlite:///"):
        told = settings.database.removeprefix("sqlite:///").partition("?")[0]
        file = Path(told).absolute()
        places += [file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")]
    if settings.storage.startswith("file://"):
        places.append(Path(unquote(urlsplit(settings.storage).path)))
    if settings.c2pa_key:
        places.append(Path(settings.c2pa_key).absolute())
    return tuple(places)
