"""A network of one's own, with nobody else in it."""

import os
from pathlib import Path

from cutroom.sandbox import kernel

_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_IFF_UP = 1


def leave_network(*, loopback: bool) -> None:
    """Leave the network for an empty one; with a `loopback` where processes to come can meet.

    Root may do so; others enter a user namespace for it, as themselves, which some systems forbid. Raises OSError.
    """
    try:
        kernel.unshare(_CLONE_NEWNET)
    except PermissionError:
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        Path("/proc/self/setgroups").write_bytes(b"deny")
        Path("/proc/self/uid_map").write_bytes(b"%d %d 1" % (user, user))
        Path("/proc/self/gid_map").write_bytes(b"%d %d 1" % (group, group))
    if loopback:
        _raise_loopback()


def _raise_loopback() -> None:
    import fcntl  # noqa: PLC0415 - hardly anybody needs a loopback
    import socket  # noqa: PLC0415
    import struct  # noqa: PLC0415

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack("16xH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))
