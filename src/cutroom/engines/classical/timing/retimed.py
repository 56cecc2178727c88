"""The ops of time as a pass of their own over a clip, with the sound that goes along."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cutroom.engine import Tick
from cutroom.engines.classical.op import Timed
from cutroom.errors import CannotDo
from cutroom.media.course import Course
from cutroom.media.parts import Parts
from cutroom.media.retime import retime
from cutroom.media.sound import Block, heard
from cutroom.media.tween import Between
from cutroom.types import Clip, Encoding

_LONGER = 8
"""Times as long as the clip that a result may be, and a minute on top."""


def retimed(
    ops: Sequence[Timed],
    clip: Clip,
    out: Path,
    tick: Tick,
    *,
    keep_audio: bool,
    encoding: Encoding,
    parts: Parts | None = None,
) -> None:
    """Write the clip to `out` as the ops have it, one after the other. Raises CannotDo."""
    course = Course.of(clip)
    before = []
    for op in ops:
        before.append(course)
        course = op.course(course)
    if course.duration > _LONGER * clip.duration + 60:
        raise CannotDo(
            f"The result would be {float(course.duration):.0f} s long: more than {_LONGER} times the clip."
        )
    sound = _sound(ops, before, clip) if keep_audio else None
    if sound is not None and clip.audio is not None:
        tick.note("The sound follows the picture: its length is the result's.")
    retime(clip, out, course, Between, tick, encoding=encoding, sound=sound, parts=parts)


def lossless(encoding: Encoding) -> Encoding:
    """How a clip is laid down that is only read once more."""
    finest = 0 if encoding.codec == "h264" else 4
    return replace(encoding, preset="ultrafast", crf=finest)


def _sound(ops: Sequence[Timed], before: Sequence[Course], clip: Clip) -> Iterator[Block]:
    blocks = heard(clip)
    for op, course in zip(ops, before, strict=True):
        blocks = op.sound(blocks, course)
    return blocks
