"""Binding the process that asks for it."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from cutroom.sandbox import kernel, landlock, limits, namespace, privileges, seccomp
from cutroom.sandbox.places import rules
from cutroom.sandbox.room import Room

LAYERS = ("limits", "privileges", "network", "landlock", "seccomp")
"""In the order in which they are told."""
Mode: TypeAlias = Literal["auto", "require", "off"]
"""What CUTROOM_SANDBOX may be."""


@dataclass(frozen=True, slots=True)
class Held:
    """By what a process is bound."""

    active: tuple[str, ...]
    missing: tuple[str, ...]
    """Each with the reason."""
    offline: bool
    """Whether the network is out of reach."""

    def __str__(self) -> str:
        without = f"; without {', '.join(self.missing)}" if self.missing else ""
        return (", ".join(self.active) or "nothing") + without


class Lacking(OSError):  # noqa: N818 - says what is the matter
    """This system does not have it."""


def enter(room: Room, layers: Collection[str] = LAYERS) -> Held:
    """Bind this process and all that it starts to the room, for good, by those layers that there are.

    Call it while there is one thread, and before a byte of a stranger is read: Landlock and the namespace bind the
    calling thread alone.
    """
    steps: dict[str, Callable[[], str]] = {
        # In an order in which none keeps another from being made.
        "network": lambda: _leave_network(room, layers),
        "limits": lambda: _limit(room),
        "privileges": _give_up,
        "landlock": lambda: _restrict_files(room),
        "seccomp": lambda: _restrict_calls(room),
    }
    active: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name, step in steps.items():
        if name in layers:
            try:
                if told := step():
                    active[name] = told
            except OSError as error:
                missing[name] = f"{name} ({error.strerror or error})"
    closed = "network" in active or ("seccomp" in active and not room.local)
    return Held(
        tuple(active[name] for name in LAYERS if name in active),
        tuple(missing[name] for name in LAYERS if name in missing),
        offline=closed and not room.out,
    )


def bind(room: Room, mode: Mode) -> Held:
    """`enter`, as the setting CUTROOM_SANDBOX has it; `off` leaves limits alone.

    Raises Lacking for `require` where the network stays in reach of a process that has no business there.
    """
    held = enter(room, ("limits",) if mode == "off" else LAYERS)
    if mode == "require" and not held.offline and not room.out:
        raise Lacking(f"The network stays in reach: {held}.")
    return held


def _leave_network(room: Room, layers: Collection[str]) -> str:
    if room.out:
        return ""
    if not kernel.LINUX:
        raise Lacking("only Linux has namespaces")
    if not room.local and "seccomp" in layers and seccomp.available() and os.geteuid() != 0:
        return ""  # no sockets at all: not worth the privileges that a user namespace brings
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - names alone
        raise Lacking("there are threads already")
    namespace.leave_network(loopback=room.local)
    return "network namespace"


def _limit(room: Room) -> str:
    limits.limit(room.limits)
    return "limits"


def _give_up() -> str:
    if not kernel.LINUX:
        raise Lacking("only Linux lets them be given up")
    privileges.give_up()
    return "no privileges"


def _restrict_files(room: Room) -> str:
    has = landlock.version()
    if has < landlock.OLDEST:
        raise Lacking("Linux 5.19 or later has it, if it is switched on")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - names alone
        raise Lacking("there are threads already")
    if room.devices and room.local and os.geteuid() == 0:
        raise Lacking("processes on several GPUs write below /proc, which is too much for root")
    anywhere = room.local or (room.out and not room.ports)
    ports = None if anywhere else room.ports
    landlock.restrict(rules(room), ports=ports, listens=room.local)
    return f"landlock {has}"


def _restrict_calls(room: Room) -> str:
    if not seccomp.available():
        raise Lacking("this kernel or processor is not known to have it")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    speaks = room.local or room.out
    sockets = [seccomp.AF_INET, seccomp.AF_INET6] if speaks else []
    if room.local or room.devices:  # CUDA makes one, and connects it to nobody
        sockets.append(seccomp.AF_UNIX)
    seccomp.restrict(sockets=sockets, connects=speaks, programs=room.programs)
    return "seccomp"


def memory_there_is() -> int:
    """Bytes of memory that this machine has, or this container may take."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        told = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(told)) if told.isdigit() else total
