"""Sets of weights from the hub onto this machine: pinned, safe kinds of files only, every hash compared, resumable."""

import fcntl
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cutroom.errors import EngineFailed
from cutroom.weights import hub
from cutroom.weights.choice import licence_sentence
from cutroom.weights.fetch import Came, Digest, begun
from cutroom.weights.fetching import LOOK, Fetching, Watch
from cutroom.weights.held import Held, State
from cutroom.weights.hub import Listing, Remote
from cutroom.weights.manifest import NAME, Entry, Manifest, Marks, clear_up, found_in
from cutroom.weights.rows import WeightSet, size

_SPARE = 1_000_000_000
"""Bytes of the disk that are left alone."""


@dataclass(slots=True)
class Plan:
    """What is still to be done for one set."""

    row: WeightSet
    listing: Listing | None = None
    """None: it is whole, and the hub was not asked."""
    missing: list[Remote] = field(default_factory=list)
    present: dict[str, Entry] = field(default_factory=dict)
    need: int = 0
    """Bytes that the disk must still take."""

    @property
    def bytes(self) -> int:
        """Of all files, as far as there is anything to do."""
        return self.listing.bytes if self.listing else 0


def pull(
    held: Held,
    rows: Sequence[WeightSet],
    watch: Watch,
    *,
    update: bool = False,
    accepted: frozenset[str] = frozenset(),
) -> list[Manifest]:
    """Bring sets of weights here, or what is missing of them; a set that is whole costs a look at its files.

    A set is fetched at the commit that its row names, or at which it was first pulled; `update` takes the newest.
    Raises EngineFailed for a licence, the disk or the hub's mistakes, NotFound, Unreachable, and what `watch` raises.
    """
    for row in rows:
        if row.restricted and row.id not in accepted:
            raise EngineFailed(licence_sentence(row))
    try:
        held.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(held.root, error) from None
    plans = [_plan(held, row, watch, update=update) for row in rows]
    _check_disk(held.root, plans)
    whole = _Whole(watch, sum(plan.bytes for plan in plans))
    made = []
    for plan in plans:
        made.append(_carry_out(held, plan, whole, update=update))
        whole.past(plan)
    return made


class _Whole:
    """A watch for one set after the other, which tells another of all of them."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch, self._total = watch, total
        self._done = self._fetched = 0

    def __call__(self, row: WeightSet, done: int, total: int, fetched: int) -> None:
        """Tell it; `total` is that of the set."""
        whole = max(self._total, self._done + total)
        self._watch(row, self._done + done, whole, self._fetched + fetched)

    def note(self, sentence: str) -> None:
        """Pass it on."""
        self._watch.note(sentence)

    def past(self, plan: Plan) -> None:
        """Count a set as done."""
        self._done += plan.bytes
        self._fetched += plan.need


def _plan(held: Held, row: WeightSet, watch: Watch, *, update: bool) -> Plan:
    folder, before = held.folder(row), _manifest(held.folder(row))
    revision = _revision(row, before, update=update)
    if before and before.revision == revision and not _faults(held, row, watch):
        return Plan(row)
    listing = hub.listing(row, revision)
    plan, marks = Plan(row, listing), Marks(folder)
    for file in listing.files:
        if entry := _here(folder / file.path, file, marks, lambda _: watch(row, 0, row.bytes, 0)):
            plan.present[file.path] = entry
        else:
            plan.missing.append(file)
    marks.save()
    plan.need = sum(file.bytes - begun(folder, file) for file in plan.missing)
    return plan


def _revision(row: WeightSet, before: Manifest | None, *, update: bool) -> str:
    """The commit to fetch; empty: the newest."""
    if update:
        return ""
    if before and (before.moved or not row.revision):
        return before.revision
    return row.revision


def _manifest(folder: Path) -> Manifest | None:
    try:
        return Manifest.read(folder)
    except EngineFailed:
        return None  # it is written anew in the end


def _faults(held: Held, row: WeightSet, watch: Watch) -> list[str]:
    return list(held.faults(row, lambda _: watch(row, 0, row.bytes, 0)))


def _here(place: Path, file: Remote, marks: Marks, read: Came) -> Entry | None:
    """The file as it lies here, if it is what the hub has; else None."""
    if not place.is_file() or place.stat().st_size != file.bytes:
        return None
    told = Entry(file.bytes, file.sha256)
    if file.sha256 and marks.holds(file.path, told):
        return told
    digest = Digest.of(place, file, read)
    if not digest.fits:
        return None
    marks.add(file.path, digest.entry)
    return digest.entry


def _check_disk(root: Path, plans: Sequence[Plan]) -> None:
    need, free = sum(plan.need for plan in plans), shutil.disk_usage(root).free
    if need and need + _SPARE > free:
        raise EngineFailed(
            f"{size(need)} are still to be fetched, and the disk of {root} has {size(free)} free. Make room, or name a"
            " folder on another disk in CUTROOM_WEIGHTS_DIR."
        )


def _carry_out(held: Held, plan: Plan, watch: Watch, *, update: bool) -> Manifest:
    row, folder = plan.row, held.folder(plan.row)
    with _alone(held.root / f".{row.id}.lock", row, watch):
        if plan.listing is not None:  # others may have been at it since
            plan = _plan(held, row, watch, update=update)
        before = _manifest(folder)
        if plan.listing is None:
            assert before is not None
            return before
        listing = plan.listing
        if before and before.revision != listing.revision:
            (folder / NAME).unlink()  # files of two commits are no set
        files = plan.present | Fetching(row, listing, plan.missing, folder, watch).run()
        for path in set(found_in(folder)) & set(before.files if before else ()) - set(files):
            (folder / path).unlink()
        moved = update or bool(before and before.moved)
        made = Manifest(
            row.id, row.repo, listing.revision, files, row.licence, moved, int(time.time())
        )
        made.write(folder)
        clear_up(folder)
    if held.state(row) is not State.WHOLE:
        raise EngineFailed(next(held.faults(row, lambda _: None)))
    return made


@contextmanager
def _alone(lock: Path, row: WeightSet, watch: Watch) -> Iterator[None]:
    """Hold the lock of a set, once no other process does. The system gives it back when we die."""
    try:
        stream = lock.open("w")
    except OSError as error:
        raise _unwritable(lock.parent, error) from None
    with stream:
        waited = False
        while not _locked(stream.fileno()):
            if not waited:
                watch.note(f"Another process is pulling {row.id}; waiting for it.")
            waited = True
            watch(row, 0, row.bytes, 0)
            time.sleep(LOOK)
        yield


def _unwritable(root: Path, error: OSError) -> EngineFailed:
    return EngineFailed(
        f"Weights cannot be put into {root}: {error.strerror}. CUTROOM_WEIGHTS_DIR names another folder."
    )


def _locked(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks. What two pulls spoil there for each other, the hashes find.
        return True
    return True
