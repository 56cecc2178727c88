"""The kernel's calls that Python has no words for, by ctypes. Each raises OSError."""

import ctypes
import os
import sys

LINUX = sys.platform == "linux"
NUMBERS = {"x86_64": 0, "aarch64": 1}.get(os.uname().machine if LINUX else "")
"""Which column of a table of system calls counts here; None where none does."""

PR_GET_SECCOMP = 21
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: "int | ctypes.Array[ctypes.c_char] | None") -> int:
    """What the system call of that number answers."""
    _libc.syscall.restype = ctypes.c_long
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *passed))


def prctl(option: int, *arguments: int) -> int:
    """What prctl answers."""
    passed = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_libc.prctl(option, *passed))


def unshare(flags: int) -> None:
    """Leave namespaces."""
    _checked(_libc.unshare(flags))


def capabilities() -> tuple[int, int]:
    """The privileges in force and those that could be, as sets of bits."""
    data = (ctypes.c_uint32 * 6)()
    _checked(_libc.capget(_header(), data))
    return data[0] | data[3] << 32, data[1] | data[4] << 32


def keep_capabilities(kept: int) -> None:
    """Give up all privileges but these."""
    low, high = kept & 0xFFFF_FFFF, kept >> 32
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    _checked(_libc.capset(_header(), data))


def _header() -> "ctypes.Array[ctypes.c_uint32]":
    return (ctypes.c_uint32 * 2)(0x2008_0522, 0)  # version 3, of this thread


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
