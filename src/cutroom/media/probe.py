"""What a video file really holds: counted and decoded, not only declared."""

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from cutroom.errors import InvalidMedia
from cutroom.media import colour, orientation, timeline
from cutroom.media.container import check_size, decoder, opened, picture
from cutroom.media.decode import has_alpha
from cutroom.types import Clip


def probe(path: Path) -> Clip:
    """The clip in the file. Counts its frames and decodes the first; changes nothing.

    Raises InvalidMedia, saying what is wrong, for a file that is no video, has no picture, shows no
    frame, is too large, or cannot be decoded.
    """
    line = timeline.of(path)
    with opened(path) as container:
        stream = picture(container)
        frame = first_frame(container, stream)
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


def first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    """The first frame that decodes. Raises InvalidMedia when none does."""
    name = stream.codec_context.codec.canonical_name
    decodes = decoder(stream)
    for packet in container.demux(stream):
        try:
            frames = decodes.decode(packet if packet.size else None)
        except (av.error.DecoderNotFoundError, av.error.PatchWelcomeError) as error:
            raise InvalidMedia(f"Videos coded as {name} cannot be decoded here.") from error
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            check_size(frame.width, frame.height)
            return frame
    raise InvalidMedia(f"None of the video's frames can be decoded ({name}).")


def _sound(container: InputContainer) -> str | None:
    """The codec of the first audio stream."""
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream.codec_context.codec.canonical_name
    return None
