"""What becomes of an attempt when the worker's disk takes nothing more."""

import errno

from cutroom.errors import EngineFailed

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def refused(error: Exception) -> EngineFailed | None:
    """The error to tell when it was the disk that took nothing; None for any other."""
    if not isinstance(error, OSError) or error.errno not in NO_ROOM:
        return None
    return EngineFailed(f"The worker's disk cannot be written: {error.strerror}.")
