"""Which weights lie on this machine, and whether they are what was pulled."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cutroom.engine import Silent, Tick
from cutroom.errors import EngineFailed
from cutroom.weights.manifest import PULLING, Entry, Manifest, Marks, found_in, sha256_of
from cutroom.weights.rows import Recipe, WeightSet, size, weight_sets


class State(StrEnum):
    """How much of a set of weights is here."""

    WHOLE = "whole"
    PARTIAL = "partial"
    """A pull was begun and not finished."""
    DAMAGED = "damaged"
    """A file is missing, of another size, or none that was pulled."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Held:
    """The weights in a folder: those of a set lie in the folder of its id."""

    root: Path

    def folder(self, row: WeightSet) -> Path:
        """Where the files of a set lie, or would."""
        return self.root / row.id

    def places(self) -> Iterator[Path]:
        """Where bytes of weights lie: the folder, and what links in it lead to."""
        yield self.root
        for folder, folders, files in os.walk(self.root, followlinks=True):
            for name in (*folders, *files):
                if (path := Path(folder, name)).is_symlink():
                    yield path.resolve()

    def state(self, row: WeightSet) -> State:
        """How much of a set is here, by names and sizes: nothing is read."""
        folder = self.folder(row)
        try:
            manifest = Manifest.read(folder)
        except EngineFailed:
            return State.DAMAGED
        if manifest is None:
            begun = (folder / PULLING).is_dir() or any(found_in(folder))
            return State.PARTIAL if begun else State.MISSING
        wrong = manifest.id != row.id or any(_misfits(folder, manifest))
        return State.DAMAGED if wrong else State.WHOLE

    def folders(
        self,
        recipe: Recipe,
        tick: Tick | None = None,
        sets: Mapping[str, WeightSet] | None = None,
    ) -> Mapping[str, Path]:
        """The folder of each of a recipe's sets of weights by its id, once all are whole.

        Names and sizes are looked at every time; files that changed since they were last hashed are hashed again,
        and the tick is called meanwhile. Raises EngineFailed with the command that helps, and what the tick raises.
        """
        known = weight_sets() if sets is None else sets
        rows = [known[one] for one in recipe.weights]
        if absent := [row for row in rows if self.state(row) in {State.MISSING, State.PARTIAL}]:
            raise EngineFailed(self._absent(absent))
        for row in rows:
            for fault in self.faults(row, lambda _: (tick or Silent())(0.0)):
                raise EngineFailed(fault)
        return {row.id: self.folder(row) for row in rows}

    def faults(
        self, row: WeightSet, read: Callable[[int], None], *, everything: bool = False
    ) -> Iterator[str]:
        """Sentences about what is wrong with a set that was pulled; none when it is right.

        `everything`: hash every file, also those that did not change. `read` is told the bytes of every piece.
        """
        folder = self.folder(row)
        manifest = Manifest.read(folder)
        if manifest is None:
            yield f"The weights {row.id} were not pulled to the end. {_mend(row)}"
            return
        if manifest.id != row.id:
            yield (
                f"The folder {row.id} holds the weights {manifest.id}: give it that name, then fetch the others:"
                f" cutroom weights pull {row.id}"
            )
            return
        wrong = dict(_misfits(folder, manifest))
        for path, what in wrong.items():
            told = f"{path} of the weights {row.id} {what}."
            yield f"{told} {_mend(row)}" if path in manifest.files else told
        marks = Marks(folder)
        for path, entry in manifest.files.items():
            if path in wrong or (not everything and marks.holds(path, entry)):
                continue
            if sha256_of(folder / path, read) == entry.sha256:
                marks.add(path, entry)
            else:
                yield (
                    f"{path} of the weights {row.id} is not what was pulled: its SHA-256 is another."
                    f" {_mend(row)}"
                )
        marks.save()

    def _absent(self, rows: list[WeightSet]) -> str:
        some = any(self.state(row) is State.PARTIAL for row in rows)
        names = [row.id for row in rows]
        told = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        return (
            f"The weights {told} are{' only in part' if some else ' not'} on this machine (about"
            f" {size(sum(row.bytes for row in rows))}): cutroom weights pull {' '.join(names)}"
        )


def _misfits(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(path, what is wrong with it) of all that can be told without reading a file."""
    for path, entry in manifest.files.items():
        if what := _misfit(folder / path, entry):
            yield path, what
    for path in found_in(folder):
        # A loader takes what it finds: an index that somebody put beside the weights would lead it elsewhere.
        if path not in manifest.files:
            yield path, "was not pulled with them: remove it"


def _misfit(file: Path, entry: Entry) -> str:
    try:
        found = file.stat().st_size
    except OSError:
        return "is missing"
    if found == entry.bytes:
        return ""
    return f"is not what was pulled: it has {found} bytes instead of {entry.bytes}"


def _mend(row: WeightSet) -> str:
    return f"This fetches what is wrong anew: cutroom weights pull {row.id}"
