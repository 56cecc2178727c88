"""What models accept: a class of parameters for each kind, and bodies of requests read as one of them."""

from cutroom.params.parts import Params
from cutroom.params.reading import (
    CLASSES,
    num_generations,
    parse,
    priority,
    seconds_asked,
    seconds_at_most,
)

__all__ = [
    "CLASSES",
    "Params",
    "num_generations",
    "parse",
    "priority",
    "seconds_asked",
    "seconds_at_most",
]
