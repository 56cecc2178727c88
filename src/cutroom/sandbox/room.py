"""What a process is left with once it is bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Room:
    """What a bound process may still do. Without anything named: read its libraries, and compute."""

    reads: tuple[Path, ...] = ()
    """Files, and folders with all that is in them, that it may read besides its libraries; what is not there is left out."""
    writes: tuple[Path, ...] = ()
    """Folders in which it may do as it likes."""
    hidden: tuple[Path, ...] = ()
    """What is taken out of the libraries and of `reads` where it lies within them; never out of `writes`."""
    out: bool = False
    """Whether it may speak to other machines."""
    ports: tuple[int, ...] = ()
    """TCP ports that it may reach there; empty: any."""
    local: bool = False
    """Whether its own processes may speak to each other by sockets: a loopback of its own, and Unix sockets."""
    programs: bool = False
    """Whether it may start processes."""
    devices: bool = False
    """Whether it may use GPUs, with what their drivers read."""
    limits: Mapping[int, int] = field(default_factory=dict)
    """Numbers of `resource.RLIMIT_*` -> the most."""
