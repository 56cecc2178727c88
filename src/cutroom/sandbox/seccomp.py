"""A filter of system calls: what is denied answers `Operation not permitted`, so that errors stay words.

It is a program for the kernel's classic BPF machine, which sees the number of a call, the processor it is meant for and
its arguments, and cannot follow pointers. https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cutroom.sandbox import kernel, syscalls

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
"""Families of sockets, by Linux' numbers: to import `socket` takes longer than all of this."""
_SET_MODE_FILTER, _GET_ACTION_AVAILABLE = 1, 2
_EVERY_THREAD = 1
_ERROR, _ALLOW = 0x0005_0000, 0x7FFF_0000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16
_PROCESSORS = (0xC000_003E, 0xC000_00B7)
_X32 = 0x4000_0000
"""Set in the numbers of a second set of calls on x86_64, which nothing of ours uses."""
_THREAD = 0x0001_0000
_NAMESPACES = 0x7E02_0000
_TYPE_INTO_TERMINAL = (0x5412, 0x541C)

_Step: TypeAlias = tuple[int, int, int, int]


def available() -> bool:
    """Whether the kernel has it, and we know this processor's numbers."""
    if kernel.NUMBERS is None:
        return False
    try:
        action = ctypes.create_string_buffer(struct.pack("I", _ERROR), 4)
        kernel.syscall(syscalls.SECCOMP[kernel.NUMBERS], _GET_ACTION_AVAILABLE, 0, action)
    except OSError:
        return False
    return True


def restrict(*, sockets: Iterable[int], connects: bool, programs: bool) -> None:
    """Deny what `program` denies, to every thread there is. Needs PR_SET_NO_NEW_PRIVS. Raises OSError."""
    assert kernel.NUMBERS is not None
    steps = list(
        program(kernel.NUMBERS, os.getpid(), sockets, connects=connects, programs=programs)
    )
    filters = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    told = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(filters))
    number = syscalls.SECCOMP[kernel.NUMBERS]
    failed = kernel.syscall(
        number, _SET_MODE_FILTER, _EVERY_THREAD, ctypes.create_string_buffer(told, len(told))
    )
    if failed:
        raise OSError(errno.EBUSY, f"thread {failed} cannot be bound")


def program(
    column: int, pid: int, sockets: Iterable[int], *, connects: bool, programs: bool
) -> Iterator[_Step]:
    """The filter for a process `pid` that may make `sockets` of these families, connect them, and start programs."""
    yield _LOAD, 0, 0, _PROCESSOR
    yield _EQUAL, 1, 0, _PROCESSORS[column]
    yield _denied()
    yield _LOAD, 0, 0, _NUMBER
    if column == 0:
        yield _AT_LEAST, 0, 1, _X32
        yield _denied()
    everywhere = syscalls.DENIED if programs else {**syscalls.DENIED, **syscalls.OF_PROGRAMS}
    if not connects:
        yield from _when(syscalls.CONNECT[column], [_denied()])
    for numbers in everywhere.values():
        yield from _when(numbers[column], [_denied()])
    yield from _when(syscalls.CLONE3[column], [_denied(errno.ENOSYS)])  # then libc asks CLONE
    yield from _when(syscalls.CLONE[column], _clones(programs=programs))
    yield from _when(syscalls.SOCKET[column], _only(0, sockets))
    yield from _when(syscalls.SOCKETPAIR[column], _only(0, [AF_UNIX]))
    yield from _when(syscalls.PRLIMIT[column], _only(0, [0, pid]))
    yield from _when(syscalls.IOCTL[column], _none_of(1, _TYPE_INTO_TERMINAL))
    if not programs:
        for numbers in syscalls.TO_ITSELF.values():
            yield from _when(numbers[column], _only(0, [pid]))
    yield _RETURN, 0, 0, _ALLOW


def _when(number: int | None, steps: list[_Step]) -> Iterator[_Step]:
    """The steps, which must end in a return, for one call; others go past them."""
    if number is not None:
        yield _EQUAL, 0, len(steps), number
        yield from steps


def _only(argument: int, allowed: Iterable[int]) -> list[_Step]:
    """Denied but with one of these as an argument, of 32 bits."""
    steps = [_argument(argument)]
    for value in allowed:
        steps += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [*steps, _denied()]


def _none_of(argument: int, denied: Iterable[int]) -> list[_Step]:
    steps = [_argument(argument)]
    for value in denied:
        steps += [(_EQUAL, 0, 1, value), _denied()]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _clones(*, programs: bool) -> list[_Step]:
    """Threads, or processes as well; no namespaces."""
    steps = [_argument(0), (_ANY_BIT, 0, 1, _NAMESPACES), _denied()]
    if not programs:
        steps += [(_ANY_BIT, 1, 0, _THREAD), _denied()]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _argument(number: int) -> _Step:
    return _LOAD, 0, 0, _ARGUMENTS + 8 * number  # the lower half: both processors are little-endian


def _denied(error: int = errno.EPERM) -> _Step:
    return _RETURN, 0, 0, _ERROR | error
