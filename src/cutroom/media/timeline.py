"""When each frame of a clip is shown, as exact fractions, from packets alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from pathlib import Path
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

from av.container import InputContainer
from av.video.stream import VideoStream

from cutroom.errors import InvalidMedia
from cutroom.media.container import opened, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.packet import Packet

_ROUNDED = {"matroska", "flv"}
"""Containers whose clock is coarser than frame rates, so that they round times."""
_USUAL = tuple(
    Fraction(n) for n in (12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240)
) + tuple(Fraction(n * 1000, 1001) for n in (12, 15, 24, 30, 48, 60, 120))
_VP8_SHOWN = 0x10
_FINEST = 1_000_000
"""Ticks a second beyond which an output's clock would not be finer for any use."""


_MOST = 8
"""Timelines that are remembered."""
_KNOWN: "dict[tuple[Path, int, int], Timeline]" = {}


class Slot(NamedTuple):
    """One packet that a player turns into a frame."""

    pts: int
    duration: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The frames of a clip in the order shown; times count from the first frame."""

    pts: tuple[int, ...]
    """As in the file, in `time_base`, rising."""
    time_base: Fraction
    rate: Fraction
    """Frames a second: what the file declares if its times bear it out, else the average."""
    duration: Fraction
    """Seconds from the first frame's start to the last one's end."""
    regular: bool
    """Whether frame i is due at i / rate, and the file only rounded that."""
    timed: bool
    """Whether the file gives every frame a time, rather than an order."""

    def __len__(self) -> int:
        """Frames a player would show."""
        return len(self.pts)

    @property
    def start(self) -> Fraction:
        """Seconds on the file's own clock at which the first frame is shown."""
        return self.pts[0] * self.time_base

    def time(self, index: int) -> Fraction:
        """Seconds from the first frame to frame `index`; to the end for `len(self)`."""
        if index >= len(self.pts):
            return self.duration
        if self.regular:
            return index / self.rate
        return (self.pts[index] - self.pts[0]) * self.time_base

    @property
    def steady(self) -> bool:
        """Whether every frame i is due at exactly i / rate."""
        return all(self.time(i) == i / self.rate for i in range(len(self)))

    def times(self) -> Iterator[Fraction]:
        """All the times, the end of the last frame after them."""
        return map(self.time, range(len(self.pts) + 1))


def of(path: Path) -> Timeline:
    """The timeline of the clip's picture, remembered while the file stays as it is. Raises InvalidMedia."""
    key = _key(path)
    if key not in _KNOWN:
        with opened(path) as container:
            return passing(path, container, picture(container), lambda _: None)
    return _KNOWN[key]


def passing(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    look: "Callable[[Packet[VideoStream]], None]",
) -> Timeline:
    """As `of`, of a file that was just opened; on the way `look` gets every packet of its picture."""
    key = _key(path)
    line = read(container, stream, look)
    while len(_KNOWN) >= _MOST:
        _KNOWN.pop(next(iter(_KNOWN)), None)
    _KNOWN[key] = line
    return line


def _key(path: Path) -> tuple[Path, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise InvalidMedia("The file cannot be read.") from error
    return path, stat.st_mtime_ns, stat.st_size


def clock(times: Iterable[Fraction]) -> Fraction:
    """The coarsest time base that holds every time exactly, or a microsecond where none does."""
    ticks = 1
    for time in times:
        ticks = lcm(ticks, time.denominator)
        if ticks > _FINEST:
            return Fraction(1, _FINEST)
    return Fraction(1, ticks)


def read(
    container: InputContainer,
    stream: VideoStream,
    look: "Callable[[Packet[VideoStream]], None]",
) -> Timeline:
    """The timeline, from a pass over the packets, each of which `look` gets.

    Raises InvalidMedia when no frame is shown, or when the file ends before its last frame.
    """
    _whole(container, stream)
    slots: dict[int, int] = {}
    timed = True
    hides = stream.codec_context.name in {"vp8", "libvpx"}
    for packet in container.demux(stream):
        look(packet)
        if packet.size == 0 or packet.is_discard or (hides and not bytes(packet)[0] & _VP8_SHOWN):
            continue
        timed = timed and packet.pts is not None
        slot = _slot(packet, len(slots))
        slots[slot.pts] = slot.duration
    if not slots:
        raise InvalidMedia("The video has no frames.")
    pts = tuple(sorted(slots))
    base = stream.time_base or Fraction(1, 90_000)
    rounded = container.format.name.split(",")[0] in _ROUNDED
    rate = _rate(pts, base, stream, slack=1 if rounded else 0)
    regular = rate is not None and rounded and _within(pts, 1 / (rate * base), Fraction(1))
    end = _end(pts, slots, base, rate, stream)
    duration = len(pts) / rate if rate and regular else end * base
    return Timeline(pts, base, rate or len(pts) / duration, duration, regular, timed)


def _whole(container: InputContainer, stream: VideoStream) -> None:
    """Raises InvalidMedia when the file's own index points beyond its end: a download that broke off."""
    if container.format.name.split(",")[0] != "mov":
        return  # others build their index as they are read
    entries = stream.index_entries
    lost = sum(entry.pos + entry.size > container.size for entry in entries)
    if lost:
        raise InvalidMedia(
            f"The video is cut short: {len(entries) - lost} of its {len(entries)} frames are in the file. Send the whole file."
        )


def _slot(packet: "Packet[VideoStream]", index: int) -> Slot:
    """A packet's place: its own time, its turn to be decoded, or one after the other."""
    at = packet.pts if packet.pts is not None else packet.dts
    return Slot(index if at is None else at, packet.duration or 0)


def _rate(pts: tuple[int, ...], base: Fraction, stream: VideoStream, slack: int) -> Fraction | None:
    """The rate behind the times, if there is one.

    A declared one that is right to `slack` ticks, else a usual one that no time misses by more than
    an eighth of a frame, else a declared one or the mean under that condition.
    """
    declared = [r for r in (stream.base_rate, stream.guessed_rate, stream.average_rate) if r]
    if len(pts) == 1:
        return declared[0] if declared else None
    for rate in declared:
        if _within(pts, 1 / (rate * base), Fraction(slack)):
            return rate
    mean = (len(pts) - 1) / ((pts[-1] - pts[0]) * base)
    for rate in (*sorted(_USUAL, key=lambda usual: abs(usual - mean)), *declared, mean):
        step = 1 / (rate * base)
        if _within(pts, step, step / 8):
            return rate
    return None


def _within(pts: tuple[int, ...], step: Fraction, slack: Fraction) -> bool:
    """Whether all times lie within `slack` ticks of a steady `step`."""
    scale, stride = step.denominator, step.numerator
    room = slack * scale
    return all(abs((at - pts[0]) * scale - i * stride) <= room for i, at in enumerate(pts))


def _end(
    pts: tuple[int, ...],
    slots: dict[int, int],
    base: Fraction,
    rate: Fraction | None,
    stream: VideoStream,
) -> Fraction:
    """Ticks from the first frame's start to the last one's end."""
    last = Fraction(slots[pts[-1]])
    if last <= 0:
        usual = Fraction(median_low([b - a for a, b in pairwise(pts)])) if len(pts) > 1 else None
        last = 1 / (rate * base) if rate else usual or 1 / (10 * base)
    shown = Fraction(pts[-1] - pts[0])
    # An edit list may cut the last frame short, or let it stand a little.
    if stream.duration and shown < stream.duration <= shown + 2 * last:
        return Fraction(stream.duration)
    return shown + last
