"""What a device says when it fails: too little memory, or beyond repair in this process."""

import re
import traceback

import torch

from cutroom.errors import CutroomError

_SHORT = re.compile(
    r"out of memory|can't allocate memory|STATUS_ALLOC_FAILED|not enough memory", re.IGNORECASE
)
_BROKEN = re.compile(
    r"CUDA error|CUDA driver error|CUBLAS_STATUS|CUDNN_STATUS|CUSOLVER_STATUS|NCCL error"
    r"|illegal (memory access|address|instruction)|misaligned address|device-side assert|unspecified launch failure"
    r"|device kernel image|no CUDA-capable device|ECC error",
    re.IGNORECASE,
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device or the host had too little memory: nothing is broken, and less may still fit."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and bool(_SHORT.search(str(error)))


def is_broken(error: BaseException) -> bool:
    """Whether the device can no more be used by this process: an error of CUDA stays with its context for ever."""
    if is_out_of_memory(error):
        return False
    if isinstance(error, torch.AcceleratorError):
        return True
    return isinstance(error, RuntimeError) and bool(_BROKEN.search(str(error)))


def let_go(error: BaseException) -> None:
    """Take from an error what it holds: the frames of its traceback, whose tensors would live as long as it does.

    Where it came from stays with it as text.
    """
    if not isinstance(error, CutroomError) and not hasattr(error, "__notes__"):
        error.add_note("".join(traceback.format_tb(error.__traceback__)))
    one: BaseException | None = error
    while one is not None:
        # Not only the variables of frames: their functions, too, hold what they were called with.
        traceback.clear_frames(one.__traceback__)
        one.__traceback__ = None
        following = one.__cause__ or one.__context__
        one.__cause__ = one.__context__ = None
        one = following
