"""The nouns: frozen dataclasses, no I/O. `docs/glossary.md` says what each word means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from cutroom.errors import Forbidden

SHOTS = 6
"""Most shots that a request may tell one by one."""
PLAYGROUND = "playground"
"""The repository that results lie in unless a request names another."""


class Status(StrEnum):
    """Where a generation is in its life; the API's own words."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing can follow."""
        return self in {Status.SUCCEEDED, Status.FAILED, Status.CANCELLED}


class Scope(StrEnum):
    """What a key may do; none of them holds another."""

    READ = "read"
    """Look at what is there."""
    WRITE = "write"
    """Ask for generations, plan, cancel, retry, upload: what makes or spends."""
    ADMIN = "admin"
    """Keys, members, limits and webhooks of the namespaces that the caller owns."""


class Kind(StrEnum):
    """The kinds of video work; a model is of one kind, and each kind has one class of parameters."""

    EDIT = "video-to-video-edit"
    REFERENCE = "reference-to-video"
    IMAGE = "image-to-video"
    TEXT = "text-to-video"
    MOTION = "motion-control"
    OMNI = "omni"
    """Several of them; which one, the parameters of a request tell. No edit is of this kind."""


@dataclass(frozen=True, slots=True)
class Colour:
    """How a clip's numbers mean colours, in FFmpeg's names; `unspecified` where it does not say."""

    matrix: str = "unspecified"
    primaries: str = "unspecified"
    transfer: str = "unspecified"
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file and what its container says.

    `width` and `height` are pixels as shown: after rotation, before any pixel aspect is applied.
    """

    path: Path
    width: int
    height: int
    rate: Fraction
    """Frames per second, as the container declares it; not to be trusted for the times of a VFR clip."""
    frames: int
    """Frames a player would show, counted."""
    duration: Fraction
    """Seconds of picture."""
    container: str = "mp4"
    """FFmpeg's demuxer name, the first of its comma list."""
    codec: str = "h264"
    pixel_format: str = "yuv420p"
    bits: int = 8
    """Bits a sample."""
    rotation: int = 0
    """Degrees counter-clockwise that a player turns the stored frame: 0, 90, 180 or 270."""
    audio: str | None = None
    """The codec of the first audio stream, None without sound."""
    bytes: int = 0
    colour: Colour = field(default_factory=Colour)
    pixel_aspect: Fraction = Fraction(1)
    alpha: bool = False
    """Whether one sees through part of the first frame."""
    cut_from: Path | None = None
    """The file that this is a stretch of, cut out for this edit."""


@dataclass(frozen=True, slots=True)
class Element:
    """A character or object: a frontal image and up to three more angles, as checked local files."""

    frontal: Path
    angles: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a result is encoded."""

    codec: str = "h264"
    """h264, av1 or vp9."""
    preset: str = "veryfast"
    crf: int = 18
    segment: int = 500
    """Frames that are coded by themselves where a result has at least two times as many."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A generation made local: prompt, clips and references as files on disk. All an engine sees."""

    id: str
    model: str
    kind: Kind
    prompt: str
    video: Clip | None = None
    images: tuple[Path, ...] = ()
    """`@Image1` is images[0]."""
    elements: tuple[Element, ...] = ()
    """`@Element1` is elements[0]."""
    start_image: Path | None = None
    tail_image: Path | None = None
    keep_audio: bool = False
    seed: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    """The remaining checked parameters of the model: duration, aspect_ratio, multi_prompt, ..."""
    encoding: Encoding = field(default_factory=Encoding)
    parts: Path | None = None
    """Where an engine may keep what is finished of a long result, for another attempt at the same edit.

    Whoever gives the folder removes it in the end; it need not be there yet. None: nothing is kept.
    """
    notes: tuple[str, ...] = ()
    """What the caller is told besides what the engine notes: sentences, e.g. that the clip was cut."""

    def said(self) -> tuple[str, ...]:
        """What the caller wrote, whole and line by line: a log does not repeat it."""
        found = [self.prompt]
        waiting: list[object] = [self.params]
        while waiting:
            match waiting.pop():
                case Mapping() as some:
                    found += (v for k, v in some.items() if "prompt" in k and isinstance(v, str))
                    waiting += some.values()
                case list() | tuple() as several:
                    waiting += several
        return spoken(*found)


def spoken(*texts: str) -> tuple[str, ...]:
    """The texts whole and line by line, less what is too short to give anything away."""
    lines = (line for text in texts for line in (text, *text.splitlines()))
    return tuple(line for line in lines if len(line.strip()) > 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model takes. None: not limited."""

    min_seconds: float | None = None
    max_seconds: float | None = None
    min_side: int | None = None
    """Pixels, each side of the input video."""
    max_side: int | None = None
    max_video_bytes: int | None = None
    max_image_bytes: int | None = None
    min_image_side: int | None = None
    max_images: int | None = None
    """Images and elements together."""
    min_images: int = 0
    """Fewest of them."""
    durations: tuple[int, ...] = ()
    """Whole seconds of output that may be asked for, where the input does not decide it."""


@dataclass(frozen=True, slots=True)
class Model:
    """A row of the catalog that a caller can name."""

    id: str
    kind: Kind
    engine: str
    """`package.module:Class`."""
    price: int
    """Micro-dollars a second of output."""
    display_name: str
    description: str
    summary: str
    pool: str = "cpu"
    """The queue whose workers can run it."""
    limits: Limits = field(default_factory=Limits)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keywords for the engine's __init__."""
    released_at: str | None = None
    without: tuple[str, ...] = ()
    """Parameters of its kind that this model does not know; they are ignored."""
    sizes: Mapping[str, str] = field(default_factory=dict)
    """aspect_ratio -> WIDTHxHEIGHT of the results, where its engine makes them of known sizes."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One requested video as its row tells it. Times are unix seconds, money is micro-dollars."""

    id: str
    namespace: str
    """Who owns the result and pays."""
    user: str
    """The namespace of the key that asked."""
    model: str
    params: Mapping[str, Any]
    """The request as it was sent, less `model` and `num_generations`; long data: URIs cut short."""
    status: Status
    progress: float
    """0..1, never decreasing within an attempt."""
    enqueued_at: int
    started_at: int | None = None
    completed_at: int | None = None
    error_kind: str | None = None
    error_message: str | None = None
    result_key: str | None = None
    """Where the result lies in storage; set only when succeeded."""
    seconds: float | None = None
    """Length of the result."""
    price: int = 0
    """Micro-dollars a second of result, as it was when the request was accepted."""
    hold: int = 0
    cost: int | None = None
    attempts: int = 0
    seed: int = 0
    notes: tuple[str, ...] = ()
    """What the caller should know about the result: sentences."""
    details: Mapping[str, str] = field(default_factory=dict)
    """Texts that the engine keeps beside the result, by name: `enhanced_prompt`."""
    origin: str = ""
    """The base URL under which it was asked for, by the request's own word; may be empty."""
    key_id: str | None = None
    """The key it was asked for with, if there was one."""
    repo: str = PLAYGROUND
    """Where in its namespace the result lies, or will."""
    folder: str | None = None
    """The folder there, without slashes at its ends."""
    retried_from: str | None = None
    """The id of the generation that this is another try of."""
    seq: int = 1
    """The order of arrival, larger than that of all before."""
    batch: str | None = None
    """The same for all that one request asked for; None for those of old."""
    pool: str = ""
    """The queue whose workers can carry it out."""
    expected: float | None = None
    """Seconds of work that its namespace was charged for on the pool's clock when it was admitted; None before."""
    deleted_at: int | None = None
    """Since when its result is gone at its owner's wish; the row stays, for the books."""
    trace: str | None = None
    """The traceparent of its request: what a worker does for it belongs to the same trace."""

    def key(self, attempt: int) -> str:
        """Where in storage the result of an attempt goes; no two attempts share one."""
        places = (self.namespace, self.repo, self.folder, self.id, f"{attempt}.mp4")
        return "/".join(place for place in places if place)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the namespace of a key and all namespaces it may act for."""

    namespace: str
    namespaces: frozenset[str]
    owned: frozenset[str]
    """Those of them that it may administer: its own, and organisations of which it is an owner."""
    scopes: frozenset[Scope]
    key_id: str = ""
    """Empty where no key is needed: on the command line, and with `auth` off."""
    expires: int | None = None
    """Unix seconds from which its key is good no more."""
    session_id: str = ""
    """The session whose cookie it came with; empty where it came with a key itself."""

    def require(self, scope: Scope) -> None:
        """Raises Forbidden unless the caller has that scope."""
        if scope not in self.scopes:
            has = " ".join(one for one in Scope if one in self.scopes)
            raise Forbidden(f"This needs a key with the scope {scope}; yours has {has or 'none'}.")

    def role(self, namespace: str) -> str:
        """What the caller is in a namespace that it may act for."""
        return "owner" if namespace in self.owned else "member"

    def look_into(self, namespace: str) -> None:
        """Raises Forbidden unless the caller may act for that namespace."""
        if namespace not in self.namespaces:
            raise Forbidden("Your key may not look into that namespace.")

    def administer(self, namespace: str) -> None:
        """Raises Forbidden unless the caller may administer that namespace."""
        self.require(Scope.ADMIN)
        if namespace not in self.owned:
            raise Forbidden("Your key may not administer that namespace.")
