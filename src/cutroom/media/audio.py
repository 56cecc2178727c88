"""A clip's sound, carried over into a new MP4: packet by packet where MP4 holds its codec."""

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer

from cutroom.media.container import opened
from cutroom.media.sound import BITS_A_CHANNEL, LAYOUTS, LEAD

if TYPE_CHECKING:
    from av.packet import Packet

COPIED = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp2", "mp3", "opus"})
"""Codecs that MP4 holds: their packets go over bit for bit. All others become AAC."""

_AAC_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000})
_NAMED = frozenset({*LAYOUTS.values(), "5.1(side)", "5.0(side)", "quad"})
"""Layouts that AAC can say."""
_AAC_FRAME = 1024
"""Samples that AAC codes at once."""
_RUN_UP = Fraction(1, 5)
"""Seconds of sound after which any decoder has found its way."""
_NOTICEABLE = Fraction(1, 20)
"""Seconds of sound before the first frame below which it is priming, not content."""


class _Track(Protocol):
    """One audio stream on its way."""

    def packets(self, packet: "Packet[AudioStream]") -> list["Packet[AudioStream]"]:
        """What a packet of the source becomes."""

    def rest(self) -> list["Packet[AudioStream]"]:
        """What is left when the source has ended."""

    def run_up(self, lasts: Fraction) -> Fraction:
        """Seconds of sound before a stretch that it needs, of packets as long as that one."""


class Sound:
    """A context manager over all audio streams of a clip; adds as many to `output`."""

    def __init__(
        self,
        path: Path,
        start: Fraction,
        output: OutputContainer,
        stretch: tuple[Fraction, Fraction] | None = None,
    ) -> None:
        """`start`: seconds on the clip's clock at which its picture starts.

        `stretch`: only what is heard from when to when, in seconds of picture, as sound that starts with it.
        """
        self._path = path
        self._start = start + (stretch[0] if stretch else 0)
        self._length = stretch[1] - stretch[0] if stretch else None
        self._output = output
        self._resources = ExitStack()
        self._tracks: dict[int, _Track] = {}
        self._ahead: Packet[AudioStream] | None = None
        self.lead = Fraction(0)
        """Seconds by which the sound starts before the picture does."""

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._source = opening.enter_context(opened(self._path))
            streams = [s for s in self._source.streams.audio if s.codec_context is not None]
            begins = [
                s.start_time * (s.time_base or 1) for s in streams if s.start_time is not None
            ]
            early = self._start - min(begins, default=self._start)
            self.lead = early if early > _NOTICEABLE and self._length is None else Fraction(0)
            for stream in streams:
                self._tracks[stream.index] = self._track(stream)
            self._packets = self._source.demux(tuple(streams)) if streams else iter(())
            self._resources = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._resources.__exit__(kind, error, trace)

    def until(self, time: Fraction) -> Iterator["Packet[AudioStream]"]:
        """Packets due up to a little after `time` seconds of picture."""
        yield from self._packets_until(time + LEAD)

    def end(self, duration: Fraction) -> Iterator["Packet[AudioStream]"]:
        """All the rest, however long the picture was: sound that is kept is never cut."""
        del duration
        yield from self._packets_until(None)
        for track in self._tracks.values():
            yield from track.rest()

    def _packets_until(self, time: Fraction | None) -> Iterator["Packet[AudioStream]"]:
        while (packet := self._next()) is not None:
            if time is not None and self._due(packet) > time:
                self._ahead = packet
                return
            yield from self._tracks[packet.stream_index].packets(packet)

    def _next(self) -> "Packet[AudioStream] | None":
        packet, self._ahead = self._ahead, None
        while packet is None:
            packet = next(self._packets, None)
            if packet is None:
                return None
            if not self._heard(packet):
                packet = None
        return packet

    def _heard(self, packet: "Packet[AudioStream]") -> bool:
        """Whether it is heard, within the stretch if one is wanted, or needed to decode what is."""
        if packet.size == 0 or (packet.dts is None and packet.pts is None):
            return False
        if self._length is None:
            return True
        due, lasts = self._due(packet), (packet.duration or 0) * packet.time_base
        return (
            due + lasts + self._tracks[packet.stream_index].run_up(lasts) > 0 and due < self._length
        )

    def _due(self, packet: "Packet[AudioStream]") -> Fraction:
        at = packet.dts if packet.dts is not None else packet.pts
        return (at or 0) * packet.time_base - self._start

    def _track(self, stream: AudioStream) -> _Track:
        shift = self.lead - self._start
        if self._length is not None:
            if _short(stream):
                return _Copied(stream, self._output, shift)
            return _Recoded(stream, self._output, shift, self._length)
        if stream.codec_context.codec.canonical_name in COPIED:
            return _Copied(stream, self._output, shift)
        return _Recoded(stream, self._output, shift)


def _short(stream: AudioStream) -> bool:
    """Whether a stretch may begin with any of its packets and one before, nobody hearing the difference.

    AAC needs that one to decode the next. Packets that are longer would be sound before the first frame, and
    other codecs need more of them.
    """
    context = stream.codec_context
    lasts = Fraction(context.frame_size or 0, context.sample_rate or 1)
    return context.codec.canonical_name == "aac" and 0 < 2 * lasts <= _NOTICEABLE


class _Copied:
    """Packets as they are, moved in time."""

    def __init__(self, source: AudioStream, output: OutputContainer, shift: Fraction) -> None:
        self._target = output.add_stream_from_template(source)
        self._shift = round(shift / (source.time_base or Fraction(1)))
        self._latest: int | None = None

    def packets(self, packet: "Packet[AudioStream]") -> list["Packet[AudioStream]"]:
        dts = packet.dts if packet.dts is not None else packet.pts
        assert dts is not None
        pts = packet.pts if packet.pts is not None else dts
        dts, pts = dts + self._shift, pts + self._shift
        # MP4 takes rising times only; a damaged clock must not lose the sound.
        if self._latest is not None and dts <= self._latest:
            dts = self._latest + 1
        self._latest = dts
        packet.dts, packet.pts = dts, max(pts, dts)
        packet.stream = self._target
        return [packet]

    def rest(self) -> list["Packet[AudioStream]"]:
        return []

    def run_up(self, lasts: Fraction) -> Fraction:
        return lasts


class _Recoded:
    """Sound decoded and coded again as AAC; of a stretch, what is heard in `length` seconds."""

    def __init__(
        self,
        source: AudioStream,
        output: OutputContainer,
        shift: Fraction,
        length: Fraction | None = None,
    ) -> None:
        self._source = source
        rate = source.rate if source.rate in _AAC_RATES else 48_000
        if length is not None and Fraction(2 * _AAC_FRAME, rate) > _NOTICEABLE:
            rate = 48_000
        self._target = output.add_stream("aac", rate)
        layout = LAYOUTS.get(source.layout.nb_channels, "stereo")
        if source.layout.name in _NAMED:
            layout = source.layout.name
        self._target.layout = layout
        self._target.bit_rate = BITS_A_CHANNEL * self._target.layout.nb_channels
        self._resampler = AudioResampler("fltp", layout, rate, frame_size=_AAC_FRAME)
        self._shift = round(shift * rate)
        self._length = None if length is None else round(length * rate)
        self._rate = rate
        self._next: int | None = None

    def packets(self, packet: "Packet[AudioStream]") -> list["Packet[AudioStream]"]:
        try:
            decoded = self._source.decode(packet)
        except av.error.InvalidDataError:
            return []
        return [coded for frame in decoded for coded in self._coded(frame)]

    def rest(self) -> list["Packet[AudioStream]"]:
        try:
            decoded = self._source.decode(None)
        except av.error.InvalidDataError:
            decoded = []
        coded = [packet for frame in decoded for packet in self._coded(frame)]
        if self._next is not None:
            coded.extend(self._coded(None))
        return [*coded, *self._target.encode(None)]

    def run_up(self, lasts: Fraction) -> Fraction:
        del lasts
        return _RUN_UP

    def _coded(self, frame: AudioFrame | None) -> Iterator["Packet[AudioStream]"]:
        for even in self._resampler.resample(frame):
            if self._next is None:
                begin = Fraction(even.pts or 0) * (even.time_base or Fraction(1, self._rate))
                self._next = round(begin * self._rate) + self._shift
            even.pts = self._next
            even.time_base = Fraction(1, self._rate)
            self._next += even.samples
            if self._length is None or (self._next > 0 and even.pts < self._length):
                yield from self._target.encode(even)
