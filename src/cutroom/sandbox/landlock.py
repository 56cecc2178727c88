"""Landlock: which files a process may read and write, and which TCP ports it may reach.

https://docs.kernel.org/userspace-api/landlock.html. It binds the calling thread and all that it starts, so it has to
come before any other thread. The numbers of its calls are the same on every processor.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from cutroom.sandbox import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_RULE_PATH, _RULE_PORT = 1, 2

EXECUTE = 1 << 0
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _TRUNCATE, _IOCTL_DEVICE = 1 << 6, 1 << 11, 1 << 14, 1 << 15
READ = _READ_FILE | _READ_DIR
WRITE = READ | (1 << 15) - 1 & ~(EXECUTE | _MAKE_CHAR | _MAKE_BLOCK)
"""To make, write, move and remove files and folders."""
DEVICE = _READ_FILE | _WRITE_FILE | _READ_DIR | _IOCTL_DEVICE
_OF_FILES = EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_BIND, _CONNECT = 1 << 0, 1 << 1
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

OLDEST = 2
"""The first version under which a file can be moved between folders (Linux 5.19)."""
_FILES_HANDLED = {2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_WITH_PORTS, _WITH_SCOPES = 4, 6


def version() -> int:
    """The version that the kernel has; 0 where it has none, or has it switched off."""
    if not kernel.LINUX:
        return 0
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(
    rules: Iterable[tuple[str, int]], *, ports: Iterable[int] | None, listens: bool
) -> None:
    """Leave the files that `rules` name, with those rights below each, and the TCP `ports` (None: all).

    Needs version OLDEST, and PR_SET_NO_NEW_PRIVS. Paths that are not there are left out. Raises OSError.
    """
    has = version()
    files = _FILES_HANDLED[min(has, max(_FILES_HANDLED))]
    net = (0 if ports is None else _CONNECT) | (0 if listens else _BIND)
    attributes = struct.pack(
        "QQQ",
        files,
        net if has >= _WITH_PORTS else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if has >= _WITH_SCOPES else 0,
    )[: 24 if has >= _WITH_SCOPES else 16 if has >= _WITH_PORTS else 8]
    ruleset = kernel.syscall(_CREATE_RULESET, _buffer(attributes), len(attributes), 0)
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & files)
        for port in (ports or ()) if has >= _WITH_PORTS else ():
            told = struct.pack("QQ", _CONNECT, port)
            kernel.syscall(_ADD_RULE, ruleset, _RULE_PORT, _buffer(told), 0)
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(place):  # noqa: PTH112 - of what was opened, not of the name
            rights &= _OF_FILES
        told = struct.pack("=Qi", rights, place)
        kernel.syscall(_ADD_RULE, ruleset, _RULE_PATH, _buffer(told), 0)
    finally:
        os.close(place)


def _buffer(told: bytes) -> "ctypes.Array[ctypes.c_char]":
    return ctypes.create_string_buffer(told, len(told))
