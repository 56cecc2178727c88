"""Parts of a picture joined into one file: their packets are copied, nothing is coded again."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from av.video.stream import VideoStream

from cutroom.engine import Tick
from cutroom.errors import EngineFailed
from cutroom.media.container import opened, picture
from cutroom.media.mp4 import Mp4, failing
from cutroom.media.segments import Segment

if TYPE_CHECKING:
    from av.packet import Packet

Part: TypeAlias = tuple[Segment, Path]
"""A span of frames, and the file that holds it from time 0 on."""

_EVERY = 64
"""Packets between two ticks."""


def joined(
    parts: Sequence[Part], mp4: Mp4, times: Sequence[Fraction], tick: Tick, done: float
) -> None:
    """Write the parts one after the other into `mp4`, the sound beside them.

    `times`: seconds of every frame, and the end of the last after them. `done` is what `tick` gets.
    The file has the times that one encoder would have given it. Raises EngineFailed where the parts
    do not fit together.
    """
    with failing("joined"), opened(parts[0][1]) as first:
        model = picture(first)
        ahead = _ahead(next(first.demux(model)), mp4.time_base, times)
        with mp4:
            track = mp4.container.add_stream_from_template(model, opaque=True)
            track.time_base = mp4.time_base
            mp4.start()
            shown = [mp4.ticks(time) for time in times]
            begin = shown[0] - shown[ahead]
            decoded = [at + begin for at in shown[:ahead]] + shown
            for number, (index, packet) in enumerate(_packets(parts, model, mp4.time_base, times)):
                packet.time_base = mp4.time_base
                packet.pts, packet.dts = shown[index], decoded[number]
                packet.duration = max(shown[index + 1] - shown[index], 1)
                packet.stream = track
                mp4.write([packet], times[number])
                if number % _EVERY == 0:
                    tick(done)
            mp4.end([], times[-1])


def _ahead(head: "Packet[VideoStream]", time_base: Fraction, times: Sequence[Fraction]) -> int:
    """By how many frames decoding runs ahead of showing, as the first packet tells."""
    assert head.pts is not None
    assert head.dts is not None
    early = (head.pts - head.dts) * head.time_base
    return sum(time - times[0] < early - time_base / 2 for time in times[:-1])


def _packets(
    parts: Sequence[Part], model: VideoStream, time_base: Fraction, times: Sequence[Fraction]
) -> "Iterator[tuple[int, Packet[VideoStream]]]":
    """(frame, packet) in the order of decoding."""
    for segment, path in parts:
        begin = times[segment.start]
        places = {
            round((times[index] - begin) / time_base): index
            for index in range(segment.start, segment.stop)
        }
        with opened(path) as container:
            stream = picture(container)
            if stream.codec_context.extradata != model.codec_context.extradata:
                raise EngineFailed(f"{path.name} was coded with other parameters.")
            for packet in container.demux(stream):
                if packet.size == 0:
                    continue
                at = Fraction(packet.pts or 0) * packet.time_base
                index = places.pop(round(at / time_base), None)
                if index is None:
                    raise EngineFailed(f"{path.name} holds a frame that is not its own.")
                yield index, packet
        if places:
            raise EngineFailed(f"{path.name} lacks {len(places)} of its {segment.frames} frames.")
