"""Which files a process reads that has a room: its libraries, what they ask of the system, and what was given to it."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cutroom.sandbox import landlock
from cutroom.sandbox.room import Room

LIBRARIES = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/sbin",
    "/opt",
    "/nix/store",
    "/run/opengl-driver",
)
SYSTEM = (
    *(f"/etc/{name}" for name in (
        "alternatives", "fonts", "group", "host.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
        "mime.types", "nsswitch.conf", "os-release", "passwd", "protocols", "resolv.conf", "services", "timezone",
    )),
    "/proc/self", "/proc/cpuinfo", "/proc/filesystems", "/proc/meminfo", "/proc/stat", "/proc/sys/vm", "/proc/version",
    "/sys/devices/system", "/sys/fs/cgroup", "/dev/random", "/dev/urandom", "/dev/zero",
)  # fmt: skip
"""What of the system libraries look at; nothing in it is anybody's secret."""
CERTIFICATES = ("/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies")
OF_DRIVERS = (
    "/proc",
    "/sys",
    "/etc/OpenCL",
    "/etc/vulkan",
    "/etc/glvnd",
    "/etc/nvidia",
    "/etc/cuda",
)
"""What drivers of GPUs read, and the compilers that make code for them."""
DEVICES = ("nvidia", "dri", "kfd", "shm")
"""How names in /dev begin that computing on a GPU takes; shared memory among them."""
SECRETS = ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssl/private", "/etc/ssh",
           "/run/secrets", "/root/.ssh")  # fmt: skip
OF_HOME = (
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".pgpass",
    ".config/gcloud",
)
"""What is nobody's business but its owner's, hidden from whoever reads more than was named above."""


def rules(room: Room) -> Iterator[tuple[str, int]]:
    """The paths that the room leaves, with what may be done to each and to all below it."""
    runs = landlock.READ | (landlock.EXECUTE if room.programs else 0)
    hidden = [os.path.realpath(path) for path in room.hidden]
    for place in dict.fromkeys((*LIBRARIES, *_of_python())):
        yield from ((path, runs) for path in _all_but(place, hidden))
    yield from ((path, landlock.READ) for place in SYSTEM for path in _all_but(place, hidden))
    if room.out or room.devices or room.reads:
        hidden += map(os.path.realpath, _secrets())
    for place in (*(CERTIFICATES if room.out else ()), *(OF_DRIVERS if room.devices else ())):
        yield from ((path, landlock.READ) for path in _all_but(place, hidden))
    for given in room.reads:
        yield from ((path, runs) for path in _all_but(os.fspath(given), hidden))
    yield "/dev/null", landlock.WRITE
    if room.devices:
        yield (
            "/proc/self",
            landlock.WRITE,
        )  # CUDA gives its threads names there, and fails if it cannot
        if room.local:
            yield "/proc", landlock.WRITE  # so it does in processes of which nobody knows yet
        for entry in os.scandir("/dev"):
            if entry.name.startswith(DEVICES):
                yield entry.path, landlock.DEVICE | landlock.WRITE
    for given in room.writes:
        yield os.fspath(given), landlock.WRITE | runs


def _of_python() -> Iterator[str]:
    """Where Python and its packages lie."""
    yield from (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    yield from (place for place in sys.path if place.startswith(os.sep))


def _secrets() -> Iterator[str]:
    yield from SECRETS
    with suppress(RuntimeError):  # not every user of a container has a home
        yield from (str(Path.home() / name) for name in OF_HOME)


def _all_but(place: str, hidden: list[str]) -> Iterator[str]:
    """The place, or what is in it less what is hidden; what comes into it later is then hidden too.

    What hides a folder around it does not hide a place that is named: weights may lie in the data folder.
    """
    place = os.path.realpath(place)
    if place in hidden:
        return
    if not any(one.startswith(place.rstrip(os.sep) + os.sep) for one in hidden):
        yield place
        return
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if not entry.is_symlink():  # what it points to is told under its own name
                yield from _all_but(entry.path, hidden)
