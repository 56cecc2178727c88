"""Exit codes: part of the command line's contract, so scripts may rely on them."""

from enum import IntEnum

from cutroom.errors import (
    AlreadyExists,
    Busy,
    Cancelled,
    CannotDo,
    CutroomError,
    Forbidden,
    InsufficientCredits,
    InvalidParams,
    NotFound,
    Unauthenticated,
    Unreachable,
)


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CANNOT_DO = 3
    BAD_INPUT = 4
    UNREACHABLE = 5
    STOPPED = 130

    @property
    def meaning(self) -> str:
        """A line for the help page."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.OK: "done",
    Exit.FAILED: "it went wrong on the way",
    Exit.USAGE: "the command line is not right",
    Exit.CANNOT_DO: "the engine cannot carry out that instruction",
    Exit.BAD_INPUT: "a file, a parameter or a name is not right",
    Exit.UNREACHABLE: "server, database or storage cannot be reached",
    Exit.STOPPED: "stopped by Ctrl-C",
}

_EXITS: dict[type[CutroomError], Exit] = {
    CannotDo: Exit.CANNOT_DO,
    InvalidParams: Exit.BAD_INPUT,
    NotFound: Exit.BAD_INPUT,
    AlreadyExists: Exit.BAD_INPUT,
    Forbidden: Exit.BAD_INPUT,
    Unauthenticated: Exit.BAD_INPUT,
    InsufficientCredits: Exit.BAD_INPUT,
    Busy: Exit.UNREACHABLE,
    Unreachable: Exit.UNREACHABLE,
    Cancelled: Exit.STOPPED,
}


def exit_of(error: CutroomError) -> Exit:
    """The exit code of an error: that of its nearest class that has one, else 1."""
    return next((_EXITS[kind] for kind in type(error).__mro__ if kind in _EXITS), Exit.FAILED)
