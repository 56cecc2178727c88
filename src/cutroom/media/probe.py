"""What a video file really holds: counted and decoded, not only declared."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from cutroom.errors import InvalidMedia
from cutroom.media import colour, orientation, timeline
from cutroom.media.container import check_size, decoder, opened, picture
from cutroom.media.decode import has_alpha
from cutroom.types import Clip

if TYPE_CHECKING:
    from av.packet import Packet


def probe(path: Path) -> Clip:
    """The clip in the file. Counts its frames and decodes the first; changes nothing.

    Raises InvalidMedia, saying what is wrong, for a file that is no video, has no picture, shows no
    frame, is too large, or cannot be decoded.
    """
    with opened(path) as container:
        stream = picture(container)
        first = FirstFrame(stream)
        line = timeline.passing(path, container, stream, first)
        frame = first.frame()
        turn = orientation.of(frame)
        width, height = turn.size(frame.width, frame.height)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        return Clip(
            path=path,
            width=width,
            height=height,
            rate=line.rate,
            frames=len(line),
            duration=line.duration,
            container=container.format.name.split(",")[0],
            codec=stream.codec_context.codec.canonical_name,
            pixel_format=frame.format.name,
            bits=max(component.bits for component in frame.format.components),
            rotation=turn.rotation,
            audio=_sound(container),
            bytes=path.stat().st_size,
            colour=colour.described(frame),
            pixel_aspect=1 / aspect if turn.transpose else aspect,
            alpha=has_alpha(frame) and bool(frame.to_ndarray(format="rgba")[..., 3].min() < 255),
        )


class FirstFrame:
    """Gets the packets of a picture one after the other, until one of its frames decodes."""

    def __init__(self, stream: VideoStream) -> None:
        self._name = stream.codec_context.codec.canonical_name
        self._decodes = decoder(stream)
        self._frame: VideoFrame | None = None

    def __call__(self, packet: "Packet[VideoStream]") -> None:
        """Take the next packet, the empty one at the end as well. Raises InvalidMedia."""
        if self._frame is not None:
            return
        try:
            frames = self._decodes.decode(packet if packet.size else None)
        except (av.error.DecoderNotFoundError, av.error.PatchWelcomeError) as error:
            raise InvalidMedia(f"Videos coded as {self._name} cannot be decoded here.") from error
        except av.error.InvalidDataError:
            return
        for frame in frames[:1]:
            check_size(frame.width, frame.height)
            self._frame = frame

    def frame(self) -> VideoFrame:
        """The first frame that decoded. Raises InvalidMedia when none did."""
        if self._frame is None:
            raise InvalidMedia(f"None of the video's frames can be decoded ({self._name}).")
        return self._frame


def _sound(container: InputContainer) -> str | None:
    """The codec of the first audio stream."""
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream.codec_context.codec.canonical_name
    return None
