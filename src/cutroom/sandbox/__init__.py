"""What a process that opens strangers' files is bound by, so that a decoder that was taken over can do little.

`enter` binds the process that calls it, for good, by layers of the kernel that are each left out where the kernel
lacks them: limits, privileges, network (a namespace), landlock (files) and seccomp (system calls). Linux has them
all; elsewhere there are limits alone. Only the standard library is used, and little of it: a child that probes a
file loads this first.
"""

from cutroom.sandbox.entry import LAYERS, Held, Lacking, Mode, bind, enter
from cutroom.sandbox.room import Room

__all__ = ["LAYERS", "Held", "Lacking", "Mode", "Room", "bind", "enter"]
