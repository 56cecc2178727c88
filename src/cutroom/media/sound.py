"""Sound as samples: blocks of float32, (samples, channels), full scale -1..1, at 48 kHz.

Sound that is to stay as it was is not decoded at all: see `audio`.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Self, TypeAlias

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from numpy.typing import NDArray

from cutroom.media import timeline
from cutroom.media.container import opened
from cutroom.types import Clip

if TYPE_CHECKING:
    from av.packet import Packet

Block: TypeAlias = NDArray[np.float32]
"""(samples, channels); all blocks of a sound have as many channels."""

RATE = 48_000
"""Samples a second."""
LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What a number of channels most likely is, where nothing tells more."""
BITS_A_CHANNEL = 96_000
"""What AAC needs to be heard as no loss."""
LEAD = Fraction(1, 2)
"""Seconds by which sound is written ahead of the picture."""

_TAIL = RATE // 4
"""Samples of nothing that push out the last windows of all of atempo's stages."""
_EARLY = 512
"""Samples by which a stage of atempo takes its windows too late, measured with clicks: a quarter of one."""
_FRAME = 1024
"""Samples that AAC codes at once."""
_DRIFT = RATE // 20
"""Samples by which a file's own times may be off before silence fills the gap."""


class Pcm:
    """Blocks coded as AAC into an MP4, beside its picture and exactly as long.

    What is longer is cut, what is shorter ends in silence. Blocks are drawn as they are needed.
    """

    lead = Fraction(0)

    def __init__(self, first: Block, rest: Iterable[Block], output: OutputContainer) -> None:
        self._blocks = chain([first], rest)
        self._channels = first.shape[1]
        self._waiting = silence(0, self._channels)
        self._written = 0
        self._target = output.add_stream("aac", RATE)
        self._target.layout = LAYOUTS[self._channels]
        self._target.bit_rate = BITS_A_CHANNEL * self._channels

    @classmethod
    def of(cls, blocks: Iterable[Block], output: OutputContainer) -> Self | None:
        """The blocks as a new track of `output`; no track where there is no block."""
        blocks = iter(blocks)
        first = next(blocks, None)
        return None if first is None else cls(first, blocks, output)

    def until(self, time: Fraction) -> Iterator["Packet[AudioStream]"]:
        """Packets due up to `time` seconds of picture, not beyond: that might be its end."""
        while Fraction(self._written + _FRAME, RATE) <= time:
            yield from self._coded(_FRAME)

    def end(self, duration: Fraction) -> Iterator["Packet[AudioStream]"]:
        """What is left of `duration` seconds in all."""
        while (left := round(duration * RATE) - self._written) > 0:
            yield from self._coded(min(left, _FRAME))
        yield from self._target.encode(None)

    def _coded(self, samples: int) -> Iterator["Packet[AudioStream]"]:
        frame = framed(self._taken(samples), self._written)
        self._written += samples
        yield from self._target.encode(frame)

    def _taken(self, samples: int) -> Block:
        while len(self._waiting) < samples:
            more = next(self._blocks, None)
            if more is None:
                more = silence(samples, self._channels)
            self._waiting = np.concatenate([self._waiting, more])
        taken, self._waiting = self._waiting[:samples], self._waiting[samples:]
        return taken


def heard(clip: Clip) -> Iterator[Block]:
    """The clip's first sound track from the first frame on, as long as its picture; nothing without one.

    Sound before the first frame is cut off, gaps and what is missing at the end are silence, and
    what cannot be decoded is too. Raises InvalidMedia.
    """
    line = timeline.of(clip.path)
    total = round(line.duration * RATE)
    done, channels = 0, 0
    for at, block in _decoded(clip, line.start):
        channels = block.shape[1]
        slip = at - done
        if done and abs(slip) <= _DRIFT:
            slip = 0
        yield from silences(min(slip, total - done), channels)
        done += min(max(slip, 0), total - done)
        told = block[max(-slip, 0) :][: total - done]
        yield from [told] if len(told) else []
        done += len(told)
        if done >= total:
            return
    if channels:
        yield from silences(total - done, channels)


def paced(blocks: Iterable[Block], speed: Fraction) -> Iterator[Block]:
    """The sound `speed` times as fast at unchanged pitch: FFmpeg's atempo, its times put right to about 10 ms.

    As long as it should be, to the sample.
    """
    graph: Graph | None = None
    given, told, channels = 0, 0, 0
    for block in blocks:
        if graph is None:
            graph, channels = _stretcher(LAYOUTS[block.shape[1]], speed), block.shape[1]
            given = _early(speed)
            graph.push(framed(silence(given, channels), 0))
        graph.push(framed(block, given))
        given += len(block)
        for part in _pulled(graph):
            yield part
            told += len(part)
    if graph is None:
        return
    graph.push(framed(silence(_TAIL, channels), given))  # else atempo keeps its last window
    graph.push(None)
    left = round((given - _early(speed)) / speed) - told
    for part in chain(_pulled(graph), silences(max(left, 0), channels)):
        yield from [part[:left]] if left > 0 else []
        left -= len(part)


def silence(samples: int, channels: int) -> Block:
    """A block of nothing."""
    return np.zeros((samples, channels), np.float32)


def silences(samples: int, channels: int) -> Iterator[Block]:
    """So many samples of nothing, in small blocks."""
    for start in range(0, samples, RATE):
        yield silence(min(RATE, samples - start), channels)


def framed(block: Block, at: int) -> AudioFrame:
    """The block as a frame for FFmpeg, `at` samples from the start."""
    planar = np.ascontiguousarray(block.T)
    frame = AudioFrame.from_ndarray(planar, format="fltp", layout=LAYOUTS[block.shape[1]])
    frame.sample_rate = RATE
    frame.pts = at
    frame.time_base = Fraction(1, RATE)
    return frame


def _stretcher(layout: str, speed: Fraction) -> Graph:
    graph = Graph()
    time_base = Fraction(1, RATE)
    chained = [
        graph.add_abuffer(sample_rate=RATE, format="fltp", layout=layout, time_base=time_base),
        *(graph.add("atempo", str(float(step))) for step in _steps(speed)),
        graph.add("aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts={layout}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chained).configure()
    return graph


def _steps(speed: Fraction) -> list[Fraction]:
    """Factors of the speed between 1/2 and 2: beyond 2 atempo leaves sound out instead of blending."""
    steps = []
    while not Fraction(1, 2) <= speed <= 2:
        steps.append(Fraction(2) if speed > 1 else Fraction(1, 2))
        speed /= steps[-1]
    return [*steps, speed]


def _early(speed: Fraction) -> int:
    """Samples of the input by which the result would come early."""
    steps, early = _steps(speed), Fraction(0)
    for step in reversed(steps):
        early = _EARLY + early * step
    return round(early)


def _pulled(graph: Graph) -> Iterator[Block]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield _block(frame)


def _block(frame: AudioFrame) -> Block:
    return np.ascontiguousarray(frame.to_ndarray().T, np.float32)


def _decoded(clip: Clip, start: Fraction) -> Iterator[tuple[int, Block]]:
    """(samples from the picture's start, block) of what decodes, by the file's own times."""
    with opened(clip.path) as container:
        stream = next((s for s in container.streams.audio if s.codec_context is not None), None)
        if stream is None:
            return
        layout = LAYOUTS.get(stream.layout.nb_channels, "stereo")
        resampler, shape = AudioResampler("fltp", layout, RATE), None
        for frame in _frames(container, stream):
            if shape not in {None, _shape(frame)}:
                resampler = AudioResampler("fltp", layout, RATE)
            shape = _shape(frame)
            for even in resampler.resample(frame):
                if even.pts is None or even.time_base is None:
                    continue
                yield round((even.pts * even.time_base - start) * RATE), _block(even)


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in container.demux(stream):
        try:
            yield from stream.decode(packet if packet.size else None)
        except av.error.InvalidDataError:
            continue
