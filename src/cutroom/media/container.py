"""Opening a video file so that nothing but that file can be read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import av
from av.codec.codec import UnknownCodecError
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from cutroom.errors import InvalidMedia
from cutroom.media import sniff

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

MAX_SIDE = 8192
"""Pixels, the longest side of a picture that is decoded."""
MAX_PIXELS = 36_000_000
"""Pixels of the largest picture that is decoded: 8K UHD is 33 million."""

_OPTIONS = {
    "protocol_whitelist": "none",  # a playlist or data reference finds no protocol to open with
    "max_streams": "64",
}


def _refuse(url: str, flags: int, options: Mapping[str, str]) -> NoReturn:
    """The answer to a demuxer that wants to open another file."""
    raise PermissionError(f"{url!r} is outside the file ({flags}, {dict(options)})")


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file, demuxed by the one demuxer its first bytes call for. Raises InvalidMedia.

    The demuxer is handed an open file, no protocol, and a refusal for any further file it asks for.
    """
    demuxer = sniff.video(path)
    try:
        with (
            path.open("rb") as file,
            av.open(
                file,
                "r",
                format=demuxer,
                container_options=_OPTIONS,
                buffer_size=1 << 18,
                io_open=_refuse,
                metadata_errors="replace",
            ) as container,
        ):
            yield container
    except (av.FFmpegError, OSError) as error:
        raise InvalidMedia(
            f"The video is damaged or not a real {demuxer} file: {reason(error)}."
        ) from error


def reason(error: BaseException) -> str:
    """FFmpeg's words for what went wrong, without numbers and paths."""
    return getattr(error, "strerror", None) or type(error).__name__


def picture(container: InputContainer) -> VideoStream:
    """The video stream that a browser would play: the first enabled one. Raises InvalidMedia."""
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)
    ]
    if not streams:
        heard = "only sound" if container.streams.audio else "nothing to see"
        raise InvalidMedia(f"The file has no video stream: it holds {heard}.")
    chosen = next((s for s in streams if s.disposition & Disposition.default), streams[0])
    if chosen.codec_context is None:
        raise InvalidMedia("The codec of the video is not known here.")
    check_size(chosen.codec_context.width, chosen.codec_context.height)
    return chosen


def decoder(stream: VideoStream) -> "VideoCodecContext":
    """What decodes the stream's packets: its own decoder, or libvpx where there is an alpha channel.

    WebM keeps that beside the picture's data, and FFmpeg's own VP8 and VP9 decoders pass it over.
    """
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.codec.canonical_name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return stream.codec_context
    try:
        return cast("VideoCodecContext", CodecContext.create(name, "r"))
    except UnknownCodecError:
        return stream.codec_context


def check_size(width: int, height: int) -> None:
    """Raise InvalidMedia for a picture of no size, or one too large to decode."""
    if width < 1 or height < 1:
        raise InvalidMedia(f"The video's picture has no size ({width}x{height}).")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise InvalidMedia(
            f"The video's picture is too large: {width}x{height}; "
            f"at most {MAX_SIDE} pixels a side and {MAX_PIXELS:,} in all."
        )
