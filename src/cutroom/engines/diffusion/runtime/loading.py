"""Networks from local folders: safetensors only, nothing fetched, nothing executed that a folder brings along."""

import json
import logging
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

import torch
from torch import nn

from cutroom.engine import Silent, Tick
from cutroom.engines.diffusion.runtime.faults import is_out_of_memory
from cutroom.engines.diffusion.runtime.machine import Machine, host_memory
from cutroom.errors import EngineFailed

BEAT = 0.25
"""Seconds between two ticks while a network loads."""
SMALL_CARD = 20 * 1024**3
"""Bytes of a card below which the VAE computes in bf16: half the memory, a little less exact."""
_LONGEST_HEADER = 100_000_000  # bytes, as the format has it

Network = TypeVar("Network", bound=nn.Module)
Thing = TypeVar("Thing")

log = logging.getLogger(__name__)
_loading = Lock()
_listener: ContextVar[Tick] = ContextVar("listener", default=Silent())  # noqa: B039  a tick of no state


class Role(StrEnum):
    """What a network is for, which says how exactly it computes."""

    DENOISE = "denoise"
    TEXT = "text"
    VAE = "vae"
    IMAGE = "image"

    def dtype(self, machine: Machine) -> torch.dtype:
        """fp32 on a CPU and for the VAE, whose errors are seen; else what the card is made for."""
        if self is Role.VAE and machine.memory >= SMALL_CARD:
            return torch.float32
        return machine.dtype


@contextmanager
def told(tick: Tick) -> Iterator[None]:
    """Whatever is loaded within calls the tick several times a second; it may raise."""
    token = _listener.set(tick)
    try:
        yield
    finally:
        _listener.reset(token)


def load(kind: type[Network], folder: Path, name: str, role: Role, machine: Machine) -> Network:
    """The network that lies in `folder/name`, on the CPU, ready to be used and not trained.

    Modules that their class keeps in fp32 stay so. Raises EngineFailed, naming the file, for weights that are
    missing, damaged or of another network, and what the tick of `told` raises.
    """
    place = folder / name
    check(place)
    _room(place, role.dtype(machine))
    # Thread: from_pretrained is one call that takes a minute for an expert, and somebody may not want to wait.
    loaded: list[Any] = []
    thread = Thread(target=_load, args=(kind, place, role.dtype(machine), loaded), daemon=True)
    thread.start()
    tick = _listener.get()
    while thread.is_alive():
        tick(0.0)
        thread.join(BEAT)
    network = loaded[0]
    if isinstance(network, BaseException):
        raise network
    tick(0.0)
    return network.eval().requires_grad_(requires_grad=False)  # type: ignore[no-any-return]


def plain(kind: type[Thing], folder: Path, name: str, **options: Any) -> Thing:  # noqa: ANN401
    """What lies in `folder/name` and has no weights: a tokenizer, a scheduler. Raises EngineFailed."""
    place = folder / name
    if not place.is_dir():
        raise EngineFailed(f"The weights are incomplete: {_shown(place)} is missing.")
    try:
        return kind.from_pretrained(place, local_files_only=True, **options)  # type: ignore[attr-defined,no-any-return]
    except Exception as error:  # noqa: BLE001  whatever a damaged file brings about
        log.warning("%s does not load: %s", place, error)
        raise EngineFailed(
            f"The weights are damaged: {_shown(place)} does not load as a {kind.__name__}."
        ) from None


def _load(kind: type[nn.Module], place: Path, dtype: torch.dtype, loaded: list[Any]) -> None:
    try:
        with _loading:  # what nobody waits for any more may still be loading
            network, found = kind.from_pretrained(
                place, local_files_only=True, use_safetensors=True, dtype=dtype,
                low_cpu_mem_usage=True, output_loading_info=True,
            )  # fmt: skip
    except Exception as error:  # noqa: BLE001  whatever a damaged file brings about
        log.warning("%s does not load: %s", place, error)
        if is_out_of_memory(error):
            loaded.append(error)
            return
        loaded.append(
            EngineFailed(
                f"The weights are damaged: {_shown(place)} does not load as a {kind.__name__}."
            )
        )
        return
    missing = [*found["missing_keys"], *found.get("mismatched_keys", [])]
    if missing:
        # They would be left random, and what they make would be passed off as a result.
        loaded.append(
            EngineFailed(
                f"The weights are incomplete: {_shown(place)} lacks {len(missing)} tensors of a "
                f"{kind.__name__}, among them {missing[0]}."
            )
        )
        return
    loaded.append(network)


def _room(place: Path, dtype: torch.dtype) -> None:
    """Raises EngineFailed where the host has too little memory for a network: the kernel would end this process."""
    numbers = sum(
        math.prod(row["shape"])
        for file in place.glob("*.safetensors")
        for name, row in _header(file).items()
        if name != "__metadata__"
    )
    needed, free = numbers * dtype.itemsize, host_memory()
    if 0 < free < needed:
        raise EngineFailed(
            f"The weights do not fit into this machine's memory: {_shown(place)} takes {needed / 1024**3:.1f} GiB, and"
            f" {free / 1024**3:.1f} GiB are free."
        )


def check(place: Path) -> None:
    """Raises EngineFailed, naming the file, unless a folder holds a network whose files are whole by their headers."""
    if not place.is_dir():
        raise EngineFailed(f"The weights are incomplete: {_shown(place)} is missing.")
    _json(place / "config.json")
    files = sorted(place.glob("*.safetensors"))
    for index in place.glob("*.safetensors.index.json"):
        shards = set(_json(index).get("weight_map", {}).values())
        for shard in sorted(shards - {file.name for file in files}):
            raise EngineFailed(f"The weights are incomplete: {_shown(place / shard)} is missing.")
    if not files:
        other = next(
            iter([*place.glob("*.bin"), *place.glob("*.pt*"), *place.glob("*.ckpt")]), None
        )
        why = f"; {other.name} is of a format that can run code when it is read" if other else ""
        raise EngineFailed(
            f"The weights are incomplete: {_shown(place)} holds no safetensors{why}."
        )
    for file in files:
        _whole(file)


def _whole(file: Path) -> None:
    """Raises EngineFailed unless a safetensors file is as long as its header says."""
    size = file.stat().st_size
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
        header = _header(file)
        end = max(row["data_offsets"][1] for name, row in header.items() if name != "__metadata__")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error):
        raise EngineFailed(
            f"The weights are damaged: {_shown(file)} is no safetensors file."
        ) from None
    if size != 8 + length + end:
        raise EngineFailed(
            f"The weights are damaged: {_shown(file)} has {size} bytes where its header tells of {8 + length + end}."
        )


def _header(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        # A length from a damaged file may be anything: what is read is cut, and is no JSON then.
        told: dict[str, Any] = json.loads(
            stream.read(min(length, _LONGEST_HEADER, file.stat().st_size))
        )
    return told


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise EngineFailed(f"The weights are incomplete: {_shown(file)} is missing.") from None
    except (OSError, ValueError):
        raise EngineFailed(
            f"The weights are damaged: {_shown(file)} is not readable as JSON."
        ) from None
    if not isinstance(found, dict):
        raise EngineFailed(f"The weights are damaged: {_shown(file)} is not readable as JSON.")
    return found


def _shown(path: Path) -> str:
    """The end of a path: which file it is, and not where on the server weights are kept."""
    return "/".join(path.parts[-3:])
