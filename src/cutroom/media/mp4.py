"""An MP4 on its way: one picture, the sound beside it, and whole or not there at all."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import av

from cutroom.errors import EngineFailed
from cutroom.media import timeline
from cutroom.media.audio import Sound
from cutroom.media.container import reason
from cutroom.media.sound import Pcm
from cutroom.types import Clip

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

    from cutroom.media.sound import Block


class Writable(Protocol):
    """A file that is open for somebody else's sake; it can be gone back in."""

    def write(self, data: bytes, /) -> int:
        """Add bytes where one is."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go elsewhere in it."""

    def tell(self) -> int:
        """Where one is."""


class Mp4:
    """A context manager over a new file beside `out`, which is put there when all went well.

    `out` may be an open file too, which is written to as it is. Whoever writes the picture adds its track to
    `container`, then calls `start`. Raises EngineFailed.
    """

    container: "OutputContainer"

    def __init__(
        self,
        out: Path | Writable,
        time_base: Fraction,
        *,
        audio_from: Clip | None = None,
        stretch: tuple[Fraction, Fraction] | None = None,
        sound: "Iterable[Block] | None" = None,
    ) -> None:
        """`time_base`: seconds of a tick of the picture's clock. `stretch`: of `audio_from`, from when to when."""
        self.time_base = time_base
        self.lead = Fraction(0)
        """Seconds from the beginning of the sound to the first frame."""
        self._out = out
        self._part = (
            out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
            if isinstance(out, Path)
            else None
        )
        self._audio_from = audio_from
        self._stretch = stretch
        self._blocks = sound
        self._sound: Sound | Pcm | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening, failing("encoded", ValueError):
            opening.callback(self._forget)
            # Edit lists count in the movie's clock; its default, 1 ms, would cut frames short.
            options = {"movie_timescale": str(_movie_clock(self.time_base))}
            target: str | Path | Writable = self._out
            if self._part is not None:
                target = f"file:{self._part.absolute()}"
                options["movflags"] = "+faststart"  # which opens the file a second time
            self.container = self._resources.enter_context(
                av.open(target, "w", format="mp4", options=options, buffer_size=1 << 18)
            )
            opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as closing, failing("written"):
            closing.callback(self._forget)
            if kind is None:
                self._resources.close()
                if self._part is not None and isinstance(self._out, Path):
                    self._part.replace(self._out)
            else:
                with suppress(Exception):
                    self._resources.close()

    def _forget(self) -> None:
        """Leave nothing that is not whole."""
        if self._part is not None:
            self._part.unlink(missing_ok=True)

    def start(self) -> None:
        """The picture has its track: add those of the sound, and begin the file."""
        if self._audio_from is not None and self._audio_from.audio is not None:
            start = timeline.of(self._audio_from.path).start
            self._sound = self._resources.enter_context(
                Sound(self._audio_from.path, start, self.container, self._stretch)
            )
            self.lead = self._sound.lead
        elif self._blocks is not None:
            self._sound = Pcm.of(self._blocks, self.container)
        self.container.start_encoding()

    def ticks(self, time: Fraction) -> int:
        """A time of the picture on the clock of its track."""
        return round((time + self.lead) / self.time_base)

    def write(self, packets: "Iterable[Packet[VideoStream]]", time: Fraction) -> None:
        """Add packets of the picture, and the sound that is due at `time`."""
        self.container.mux(list(packets))
        if self._sound is not None:
            self.container.mux(list(self._sound.until(time)))

    def end(self, packets: "Iterable[Packet[VideoStream]]", duration: Fraction) -> None:
        """Add the last packets of a picture of `duration` seconds, and the rest of the sound."""
        self.container.mux(list(packets))
        if self._sound is not None:
            self.container.mux(list(self._sound.end(duration)))


@contextmanager
def failing(what: str, *more: type[Exception]) -> Iterator[None]:
    """Errors of FFmpeg, of the disk, and `more`, as EngineFailed: the result cannot be `what`."""
    kinds: tuple[type[Exception], ...] = (av.FFmpegError, OSError, *more)
    try:
        yield
    except kinds as error:
        raise EngineFailed(f"The result cannot be {what}: {reason(error)}.") from error


def _movie_clock(time_base: Fraction) -> int:
    """Ticks a second: a multiple of the picture's, fine enough for the edges of sound as well."""
    ticks = time_base.denominator
    return ticks * max(1, -(-90_000 // ticks))
