"""What there is to know of a still image before an engine sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """The size of an image, in pixels as shown."""

    width: int
    height: int
