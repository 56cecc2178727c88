"""Secrets, looked for wherever they might have been left: logs, the database's files, the data folder."""

import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cutroom.assault.ground import WORD, Ground
from cutroom.assault.verdict import Verdict, judged, skipped
from cutroom.settings import Settings

NAME = "leftovers"
PIECE = 1 << 20
OWN = ("secret", "secrets-before")
"""Files of the data folder that are secrets."""
CALLERS = ("files", "weights")
"""Folders of it that hold what callers and hubs put there."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """Everything that was used on the way, looked for in what it left behind."""
    if ground.settings is None:
        yield skipped(NAME, "data folder", "the attacks run from another machine")
    else:
        yield _folder(ground, ground.settings)
        yield _modes(ground.settings)
    if not ground.logs:
        yield skipped(NAME, "logs", "no log was named (--log FILE)")
        return
    needles = {**used(ground), **kept(ground.settings), WORD: "a prompt"}
    through = [f"{log}: {what}" for log in ground.logs for what in found(log, needles)]
    lines = sum(log.stat().st_size > 0 for log in ground.logs)
    yield judged(NAME, "logs", lines * len(needles), through, "secrets and prompts, looked for")


def used(ground: Ground) -> dict[str, str]:
    """Secret -> what it is, of this run."""
    keys = {ground.owner.key: "a key", ground.stranger.key: "a key"}
    return {**dict.fromkeys(ground.secrets, "a session, a signature or a secret"), **keys}


def kept(settings: Settings | None) -> dict[str, str]:
    """Secret -> what it is, of the installation."""
    if settings is None:
        return {}
    told = dict.fromkeys(settings.secrets(), "a secret of the settings")
    for name in OWN:
        path = settings.data_dir / name
        if path.exists():
            words = path.read_text(encoding="utf-8").split()
            told |= {word: "the signing secret" for word in words if len(word) > 20}
    return told


def found(path: Path, needles: Mapping[str, str]) -> Iterable[str]:
    """What of the needles a file holds; it is read in pieces that overlap."""
    raw = {needle.encode(): what for needle, what in needles.items()}
    longest, told, tail = max(map(len, raw)), set(), b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            tail += piece
            told |= {what for needle, what in raw.items() if needle in tail}
            tail = tail[-longest:]
    return sorted(told)


def _folder(ground: Ground, settings: Settings) -> Verdict:
    """Keys, sessions and signatures are kept as digests; webhooks' secrets are needed as they are."""
    needles = {**used(ground), **kept(settings)}
    hooks = {needle for needle in needles if needle.startswith("whsec_")}
    through, tried = [], 0
    for path in sorted(settings.data_dir.rglob("*")):
        inside = path.relative_to(settings.data_dir).parts[0]
        if inside in {*OWN, *CALLERS} or path in ground.logs or not path.is_file():
            continue
        tried += 1
        looked = {
            needle: what
            for needle, what in needles.items()
            if not (needle in hooks and path.name.startswith("cutroom.db"))
        }
        through += [f"{path}: {what}" for what in found(path, looked)]
    return judged(NAME, "data folder", tried, through, "files, searched for secrets")


def _modes(settings: Settings) -> Verdict:
    """Other accounts of this machine read neither secrets nor anybody's videos."""
    through, tried = [], 0
    open_to_all = settings.data_dir.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    for path in sorted(settings.data_dir.glob("*")):
        secret = path.name in OWN or path.name.startswith("cutroom.db")
        if not secret and path.name != "files":
            continue
        tried += 1
        mode = path.stat().st_mode
        others = stat.S_IRWXG | stat.S_IRWXO if secret else stat.S_IROTH | stat.S_IXOTH
        if mode & others and (secret or open_to_all & (stat.S_IROTH | stat.S_IXOTH)):
            through.append(f"{path} is {stat.filemode(mode)}: chmod 700 {settings.data_dir}")
    return judged(
        NAME, "modes", tried, through, "files that other accounts of the machine might read"
    )
