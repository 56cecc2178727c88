"""Weights that did not come from the hub: files that somebody put into the folder of a set, taken as they are."""

import time
from collections.abc import Callable

from cutroom.errors import InvalidParams, NotFound
from cutroom.weights.held import Held
from cutroom.weights.hub import wanted
from cutroom.weights.manifest import Entry, Manifest, Marks, found_in, sha256_of
from cutroom.weights.rows import WeightSet


def adopt(held: Held, row: WeightSet, read: Callable[[int], None]) -> Manifest:
    """Write down what lies in the folder of a set, so that it counts as whole; nothing can be compared with a hub.

    `read` is told the bytes of every piece that is hashed. Raises NotFound for an empty folder, InvalidParams
    for files of a kind that is never used, and for a set that was pulled.
    """
    folder = held.folder(row)
    before = Manifest.read(folder)
    if before and before.revision:
        raise InvalidParams(
            f"The weights {row.id} were pulled from {before.repo}: cutroom weights verify {row.id} looks at them."
        )
    paths = sorted(found_in(folder))
    if not paths:
        raise NotFound(f"There is nothing in {folder} to adopt as the weights {row.id}.")
    if strange := [path for path in paths if not wanted(row, path)]:
        raise InvalidParams(
            f"{', '.join(strange)}: the weights {row.id} are made of {', '.join(row.files)}, and of safetensors, JSON and"
            " text only. Take away what is none of it."
        )
    marks, files = Marks(folder), {}
    for path in paths:
        place = folder / path
        files[path] = Entry(place.stat().st_size, sha256_of(place, read))
        marks.add(path, files[path])
    made = Manifest(row.id, row.repo, "", files, row.licence, pulled=int(time.time()))
    made.write(folder)
    marks.save()
    return made
