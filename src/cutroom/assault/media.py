"""Hostile files, kept and looked into by the running server: playlists, bombs, and what looks like both."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cutroom.assault.belongings import file_of
from cutroom.assault.ground import Answer, Ground
from cutroom.assault.listener import listening
from cutroom.assault.lures import bombs, lures, polyglots
from cutroom.assault.paths import SPOILS
from cutroom.assault.verdict import Verdict, judged

NAME = "media"
SECONDS = 45.0
"""That one file may take, another one before it included."""
LARGEST = 20_000_000
"""Bytes of a file that is tried."""
RAW = ("/tmp/", "/etc/", "av.error", "Errno", "PIL.", "cutroom.media")  # noqa: S108 - looked for, not written
"""What no sentence for a caller may hold."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """Every file as a thumbnail is asked of it: that is where the server opens files of strangers."""
    with listening() as listener:
        made = lures(listener.port)
        through = list(_looked(ground, made, taken=False))
        if listener.visits:
            through.append("what a file names was asked for")
    yield judged(NAME, "playlists", len(made), through, "files that name others")
    for guard, files in (("bombs", bombs()), ("polyglots", polyglots())):
        through = list(_looked(ground, files, taken=True))
        yield judged(NAME, guard, len(files), through, f"{guard}, looked into")


def folder(ground: Ground, files: Sequence[Path]) -> Iterator[Verdict]:
    """The same with hostile files that somebody collected."""
    small = {path.name: path.read_bytes() for path in files if path.stat().st_size <= LARGEST}
    through = list(_looked(ground, small, taken=True))
    yield judged(NAME, "collected files", len(small), through, "files, looked into")


def _looked(ground: Ground, files: Mapping[str, bytes], *, taken: bool) -> Iterator[str]:
    """What went wrong with each of the files; whether one may be `taken` for a video or an image."""
    for name, content in files.items():
        address = file_of(ground.owner.namespace, f"lure-{name}")
        kept = ground.ask("PUT", address, by=ground.owner, body=content)
        if kept.status != 200:
            yield f"{name} could not be kept: {kept.status}"
            continue
        began = time.monotonic()
        answer = ground.ask("GET", f"{address}?thumbnail=true", by=ground.owner)
        took = time.monotonic() - began
        ground.ask("DELETE", address, by=ground.owner)
        if answer.status not in ({200, 400} if taken else {400}):
            yield f"{name}: {answer.status} {answer.text[:120]}"
        elif found := told_too_much(answer):
            yield f"{name}: the answer tells {found}"
        elif took > SECONDS:
            yield f"{name} took {took:.0f} s"
    if ground.ask("GET", "/livez").status != 200:
        yield "the server is gone"


def told_too_much(answer: Answer) -> str:
    """What a refusal tells that is no business of a caller's."""
    if answer.status == 200:
        return "" if answer.body.startswith(b"\xff\xd8\xff") else "something that is no JPEG"
    words = [word for word in RAW if word in answer.text]
    return next(iter([*words, *(repr(word) for word in SPOILS if word in answer.body)]), "")
