"""What this process has to work with: a device, its memory, what it can compute, and the host around it."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import torch

_DRIVER = re.compile(r"\b\d{3,}\.\d+(?:\.\d+)?\b")


@dataclass(frozen=True, slots=True)
class Machine:
    """One device and its surroundings, as they were measured; a pretended one will do for tests. Memory in bytes."""

    device: str
    """As torch names it: `cuda:0` or `cpu`."""
    name: str
    card: bool
    """Whether the device is a GPU, with memory of its own."""
    memory: int
    """All memory of the device."""
    free: int
    """What of it can be had now; what torch keeps in this process for later use counts as free."""
    host_free: int
    """What the host can still give, within the limit of a container."""
    capability: tuple[int, int] = (0, 0)
    """CUDA compute capability; (0, 0) without a card."""
    bf16: bool = False
    fp8: bool = False
    """Whether matrix products in fp8 run on the device itself."""
    cards: int = 0
    """How many cards this process sees."""
    driver: str = ""
    """Release of the driver, if it says."""

    @property
    def dtype(self) -> torch.dtype:
        """What large networks compute in here."""
        return torch.bfloat16 if self.bf16 else torch.float32

    @classmethod
    def here(cls, *, cpu: bool = False) -> Self:
        """What this process finds; `cpu`: without looking for a card. The first call starts CUDA, where there is any."""
        if cpu or not torch.cuda.is_available():
            host = host_memory()
            return cls("cpu", "CPU", card=False, memory=host, free=host, host_free=host)
        index = torch.cuda.current_device()
        found = torch.cuda.get_device_properties(index)
        capability = (found.major, found.minor)
        return cls(
            device=f"cuda:{index}",
            name=found.name,
            card=True,
            memory=found.total_memory,
            free=free_memory(f"cuda:{index}"),
            host_free=host_memory(),
            capability=capability,
            bf16=torch.cuda.is_bf16_supported(including_emulation=False),
            fp8=capability >= (8, 9),
            cards=torch.cuda.device_count(),
            driver=driver(),
        )

    def measured(self) -> Self:
        """The same machine with its free memory as it is now; a pretended card stays as it is."""
        if not self.device.startswith("cuda"):
            return self if self.card else replace(self, free=host_memory(), host_free=host_memory())
        return replace(self, free=free_memory(self.device), host_free=host_memory())


def free_memory(device: str) -> int:
    """Bytes of a card that this process can still have, what torch holds unused included."""
    free, _ = torch.cuda.mem_get_info(device)
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(free + unused)


def host_memory() -> int:
    """Bytes of the host's memory that are to be had; 0 where the system does not say."""
    found = [_meminfo(), _within_limit()]
    return min((one for one in found if one is not None), default=0)


def driver() -> str:
    """Release of NVIDIA's driver, e.g. 580.65.06; empty where the system does not say."""
    with suppress(OSError):
        if found := _DRIVER.search(Path("/proc/driver/nvidia/version").read_text("ascii")):
            return found[0]
    return ""


def _meminfo() -> int | None:
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _within_limit() -> int | None:
    """What a container's limit leaves; None where there is no limit. Cached files can be let go of."""
    group = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):
        limit = int((group / "memory.max").read_text("ascii"))  # "max" is no limit
        used = int((group / "memory.current").read_text("ascii"))
        told = dict(
            line.split() for line in (group / "memory.stat").read_text("ascii").splitlines()
        )
        files = int(told.get("inactive_file", 0)) + int(told.get("active_file", 0))
        return max(limit - used + files, 0)
    return None
