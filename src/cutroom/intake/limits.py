"""The limits of a model, held against what came in."""

from fractions import Fraction

from cutroom.errors import InvalidMedia
from cutroom.intake.picture import Picture
from cutroom.types import Clip, Limits


def check_video(clip: Clip, limits: Limits) -> None:
    """Let a clip within the limits pass. Raises InvalidMedia with the limit and the actual value."""
    check_length(clip.duration, limits)
    check_size(clip, limits)


def check_length(duration: Fraction, limits: Limits, what: str = "The video") -> None:
    """Let a length in seconds pass that is within the limits. Raises InvalidMedia as above."""
    seconds = float(duration)
    if not (limits.min_seconds or 0) <= seconds <= (limits.max_seconds or float("inf")):
        raise InvalidMedia(
            f"{what} is {_seconds(seconds, limits)} s long; "
            f"{_range(limits.min_seconds, limits.max_seconds)} s are taken."
        )


def check_size(clip: Clip, limits: Limits) -> None:
    """Let a clip pass whose picture is within the limits. Raises InvalidMedia as above."""
    sides = clip.width, clip.height
    if min(sides) < (limits.min_side or 0) or max(sides) > (limits.max_side or float("inf")):
        raise InvalidMedia(
            f"The video is {clip.width}x{clip.height} pixels; "
            f"{_range(limits.min_side, limits.max_side)} pixels are taken on each side."
        )


def check_image(picture: Picture, limits: Limits) -> None:
    """Let a picture within the limits pass. Raises InvalidMedia with the limit and the value."""
    if min(picture.width, picture.height) < (limits.min_image_side or 0):
        raise InvalidMedia(
            f"The image is {picture.width}x{picture.height} pixels; "
            f"{_range(limits.min_image_side, None)} pixels are taken on each side."
        )


def _range(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least:g}"
    return f"at most {most:g}" if least is None else f"{least:g} to {most:g}"


def _seconds(seconds: float, limits: Limits) -> str:
    """The length to as many digits as it takes to see that it is beyond the limit."""
    bounds = limits.min_seconds, limits.max_seconds
    for digits in (1, 2, 3, 4):
        if round(seconds, digits) not in bounds:
            return f"{seconds:.{digits}f}"
    return f"{seconds}"
