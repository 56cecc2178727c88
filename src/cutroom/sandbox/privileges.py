"""Privileges given up for good."""

from contextlib import suppress

from cutroom.sandbox import kernel

_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_KEPT = 1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH
"""Where the service is root its files may be anybody's; which of them are left is for Landlock to say."""


def give_up() -> None:
    """Gain none by starting a program, lose those there are, and leave no memory behind in a dump. Raises OSError."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # A limit of 0 keeps the kernel from writing a core, and not from piping one into a program that does.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    with suppress(OSError):  # before Linux 4.3 there were none
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    _, permitted = kernel.capabilities()
    kernel.keep_capabilities(permitted & _KEPT)
