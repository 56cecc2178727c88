"""What is due in the end, what a model is asked for instead, and the way back from one to the other."""

import math
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.scaling import middle, resized
from cutroom.engines.screen import RATE, SIZES
from cutroom.engines.still import Fit, fit, opaque
from cutroom.errors import EngineFailed, InvalidMedia
from cutroom.media.decode import Developer, Raw, raw_frames
from cutroom.media.film import film
from cutroom.media.images import load
from cutroom.media.probe import probe
from cutroom.media.sound import Block, heard
from cutroom.media.transcode import transcode
from cutroom.types import Clip, Edit, Kind

Pixels = NDArray[np.uint8]

_AREA = 1280 * 720
"""Most pixels of a frame that are asked of a model; larger results are enlarged here."""
_STEP = 16
"""Every family's sides are multiples of it."""
_SHORT = Fraction(1, 4)
"""Seconds that may be missing at the end, where models round their frames down; the last frame stands then."""
_SAME = Fraction(1, 50)
"""Share by which rates may differ and frames still be counted one for one."""
_HELD = 64
"""Decoded frames at hand: painting threads are not in step."""


@dataclass(frozen=True, slots=True)
class Due:
    """The video that whoever asked is promised."""

    size: tuple[int, int]
    """(width, height)."""
    rate: Fraction
    count: int
    """Frames."""

    @classmethod
    def of(cls, edit: Edit) -> "Due":
        """The source's size, rate and frames for an edit; a driver's for a motion; else the catalog's. Raises InvalidMedia, CannotDo."""
        if edit.video is not None:
            return cls((edit.video.width, edit.video.height), edit.video.rate, edit.video.frames)
        aspect = edit.params.get("aspect_ratio")
        still = edit.start_image if edit.kind is Kind.IMAGE else None
        size = fit(still, aspect).size if still else SIZES[aspect or "16:9"]
        return cls(size, RATE, int(edit.params.get("duration", 5)) * int(RATE))

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.count / self.rate

    @property
    def asked_size(self) -> tuple[int, int]:
        """What a model is asked for: about that shape, in multiples of 16, no larger than 720p."""
        scale = min(1.0, math.sqrt(_AREA / (self.size[0] * self.size[1])))
        width, height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in self.size)
        return width, height

    @property
    def asked_frames(self) -> int:
        """4k+1, and at least as many as are due."""
        return 4 * math.ceil((self.count - 1) / 4) + 1

    @property
    def asked_rate(self) -> int:
        """Whole frames a second."""
        return max(1, round(self.rate))


def framed(path: Path, size: tuple[int, int]) -> tuple[Pixels, Fit]:
    """The image as a frame of that size: cropped, or whole on a blurred ground where too much would be lost."""
    fitted = fit(path, None, size)
    return np.ascontiguousarray(resized(middle(fitted.picture, size), size)), fitted


def deliver(raw: Path, due: Due, edit: Edit, out: Path, tick: Tick) -> None:
    """Write what is due to `out`, with the frames of a server's result. Raises EngineFailed."""
    try:
        clip = probe(raw)
    except InvalidMedia as error:
        raise EngineFailed("The remote server's result is not a video.") from error
    if clip.duration < due.seconds - _SHORT:
        raise EngineFailed(
            f"The remote server's result lasts {float(clip.duration):.2f} s; {float(due.seconds):.2f} s were due."
        )
    result = _Result(clip, due)
    for note in result.notes():
        tick.note(note)
    if edit.kind is Kind.EDIT:
        assert edit.video is not None
        transcode(edit.video, out, lambda _, index, seconds: result.at(index, seconds), tick,
                  keep_audio=edit.keep_audio, encoding=edit.encoding)  # fmt: skip
        return
    sound = _sound(edit, clip, tick)
    film(out, due.size, due.rate, due.count, result.at, tick, encoding=edit.encoding, sound=sound)


def _sound(edit: Edit, clip: Clip, tick: Tick) -> Iterable[Block] | None:
    """The sound of the result: the driver's, the server's, or none, whatever the server put there."""
    if edit.keep_audio and edit.video is not None:
        if edit.video.audio is None:
            tick.note("The source has no sound to keep.")
            return None
        return heard(edit.video)
    if not edit.params.get("generate_audio"):
        return None
    if clip.audio is None:
        raise EngineFailed("Sound was asked for, and the remote server's result has none.")
    return heard(clip)


class _Result:
    """The result's frames, asked for roughly in their order by several threads."""

    def __init__(self, clip: Clip, due: Due) -> None:
        self._clip, self._due = clip, due
        self._same = abs(clip.rate / due.rate - 1) < _SAME
        self._lock = threading.Lock()
        self._local = threading.local()
        self._held: dict[int, Raw] = {}
        self._stream: Generator[Raw, None, None] | None = None
        self._next = 0

    def notes(self) -> Iterable[str]:
        """What of the result is not as it would be by the same model here."""
        if not self._same:
            told = f"{float(self._clip.rate):g} frames a second; {float(self._due.rate):g}"
            yield f"The remote server made {told} were due, so frames are repeated or left out."
        area = self._clip.width * self._clip.height
        if area * 1.1 < self._due.size[0] * self._due.size[1]:
            yield f"The remote server made {self._clip.width}x{self._clip.height}; the result is enlarged."

    def at(self, index: int, seconds: float) -> Pixels:
        """The frame that is due at an index, in the size that is due."""
        place = index if self._same else int(seconds * float(self._clip.rate) + 0.5)
        with self._lock:
            raw = self._raw(min(place, self._clip.frames - 1))
        develop = getattr(self._local, "develop", None)
        if develop is None:
            develop = self._local.develop = Developer(self._clip)
        return np.ascontiguousarray(resized(develop(raw), self._due.size))

    def _raw(self, place: int) -> Raw:
        if place not in self._held:
            if self._stream is None or place < self._next:
                self._stream, self._next = raw_frames(self._clip, start=place), place
            for raw in self._stream:
                self._held[raw.index] = raw
                self._next = raw.index + 1
                if raw.index >= place:
                    break
            for old in [index for index in self._held if index < place - _HELD]:
                del self._held[old]
        if place not in self._held:
            raise EngineFailed("The remote server's result ends before it should.")
        return self._held[place]


def shrunk(path: Path, size: tuple[int, int], most: int) -> bytes:
    """The whole image as a JPEG of at most `most` bytes, on white, in the shape of `size`.

    Servers stretch references to the size of the video; one that has its shape is not bent.
    """
    pixels, _ = opaque(load(path))
    height, width = pixels.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    ground = np.full((size[1], size[0], 3), 255, np.uint8)
    left, top = (size[0] - wide) // 2, (size[1] - tall) // 2
    ground[top : top + tall, left : left + wide] = resized(pixels, (wide, tall))
    for quality in (95, 90, 80, 65, 50):
        _, coded = cv2.imencode(".jpg", ground[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(coded) <= most:
            return coded.tobytes()
    raise EngineFailed("A reference image does not go into the remote server's form.")
