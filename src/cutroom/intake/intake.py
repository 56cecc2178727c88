"""A generation's URLs made into checked local files: the Edit that an engine sees."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from cutroom import fragment, urls
from cutroom.errors import Forbidden, InvalidMedia, InvalidParams, NotFound
from cutroom.fragment import Fragment
from cutroom.intake import data_uri, limits, sink
from cutroom.intake.fetch import Fetcher
from cutroom.intake.fetch_map import FetchMap
from cutroom.intake.probe import Probe
from cutroom.media import sniff
from cutroom.params import Params
from cutroom.settings import Settings
from cutroom.types import Clip, Edit, Element, Generation, Limits, Model
from cutroom.urls import OwnFile

MOST_STRETCH = 2_000_000_000
"""Bytes of a stretch that was cut out of a clip: half a minute of 4K."""


class Reader(Protocol):
    """How files of this installation are read."""

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        """The file's bytes. Raises NotFound for a generation that may not see it, and for none."""


@dataclass(slots=True)
class Visit:
    """One edit on its way in."""

    generation: Generation
    folder: Path
    alive: Callable[[], None]
    origins: tuple[str, ...]
    limits: Limits
    most_video: int
    """Bytes."""
    most_image: int
    images: dict[str, Path] = field(default_factory=dict)
    """What has been brought in: several parameters may name one URL."""
    notes: list[str] = field(default_factory=list)
    """What the caller should know of it: sentences."""


class Intake:
    """Brings in what a request names: uploads of ours, mapped folders, data: URIs, public URLs."""

    def __init__(self, settings: Settings, read: Reader, *, fetcher: Fetcher | None = None) -> None:
        self._settings = settings
        self._read = read
        self._map = FetchMap(settings.fetch_map)
        self._fetcher = fetcher or Fetcher(settings)
        self._probe = Probe(settings)

    def edit(
        self,
        generation: Generation,
        model: Model,
        params: Params,
        folder: Path,
        alive: Callable[[], None],
        *,
        origins: Iterable[str] = (),
    ) -> Edit:
        """The edit, its files in `folder` and checked against the model's limits.

        `alive` is called often and raises to stop. `origins` are bases by which this installation
        is known besides its settings, e.g. that of the request. Raises InvalidMedia or
        InvalidParams with the name of the parameter at fault, and what `alive` raises.
        """
        given = params.sources()
        visit = self._visit(generation, model, folder, alive, origins)
        video = self._video(given.video, visit) if given.video else None
        images = tuple(
            self._image(url, visit, f"input_image {number}")
            for number, url in enumerate(given.images, 1)
        )
        elements = tuple(
            Element(
                self._image(element.frontal_image_url, visit, f"elements {number}"),
                tuple(
                    self._image(url, visit, f"elements {number}")
                    for url in element.reference_image_urls
                ),
            )
            for number, element in enumerate(given.elements, 1)
        )
        start, tail = (
            self._image(url, visit, name) if url else None
            for url, name in (
                (given.start_image, "start_image_url"),
                (given.tail_image, "tail_image_url"),
            )
        )
        return Edit(
            id=generation.id,
            model=model.id,
            kind=params.kind,
            prompt=params.prompt,
            video=video,
            images=images,
            elements=elements,
            start_image=start,
            tail_image=tail,
            keep_audio=params.keeps_audio,
            seed=generation.seed,
            params=params.options(),
            encoding=self._settings.encoding,
            notes=tuple(visit.notes),
        )

    def _visit(
        self,
        generation: Generation,
        model: Model,
        folder: Path,
        alive: Callable[[], None],
        origins: Iterable[str],
    ) -> Visit:
        safety = self._settings.max_upload_bytes
        lifted = self._settings.relax_limits
        held = Limits() if lifted else model.limits
        return Visit(
            generation,
            folder,
            alive,
            origins=(*self._origins(), *origins),
            limits=held,
            most_video=safety if held.max_video_bytes is None else held.max_video_bytes,
            most_image=safety if held.max_image_bytes is None else held.max_image_bytes,
        )

    def _origins(self) -> Iterator[str]:
        """The bases under which this installation surely answers."""
        if self._settings.public_url:
            yield self._settings.public_url
        for host in {self._settings.host, "127.0.0.1", "localhost", "[::1]"} - {"0.0.0.0", "::"}:  # noqa: S104 - not bound here
            yield f"http://{host}:{self._settings.port}"

    def _video(self, url: str, visit: Visit) -> Clip:
        path = visit.folder / "video"
        with named("input_video"):
            url, stretch = fragment.split(url)
            self._bring(url, path, visit.most_video, visit)
            sniff.video(path)
            clip = self._probe.video(path, visit.alive)
            if stretch is None:
                limits.check_video(clip, visit.limits)
                return clip
            return self._cut(clip, stretch, visit)

    def _cut(self, clip: Clip, stretch: Fragment, visit: Visit) -> Clip:
        """The stretch in the place of the clip; its length, by what was asked for, is held against the limits."""
        stretch = stretch.within(clip.duration)
        limits.check_length(stretch.seconds or Fraction(), visit.limits, "The stretch of the video")
        limits.check_size(clip, visit.limits)
        cut = visit.folder / "stretch"
        self._probe.excerpt(clip.path, stretch, cut, MOST_STRETCH, visit.alive)
        whole = clip.path.replace(visit.folder / "whole")
        cut.replace(clip.path)
        visit.notes.append(stretch.told())
        found = self._probe.video(clip.path, visit.alive)
        # What one could see through is black now, and the caller shall still be told.
        return replace(found, alpha=clip.alpha, cut_from=whole)

    def _image(self, url: str, visit: Visit, name: str) -> Path:
        if url not in visit.images:
            path = visit.folder / f"image-{len(visit.images) + 1}"
            with named(name):
                self._bring(url, path, visit.most_image, visit)
                sniff.image(path)
                limits.check_image(self._probe.image(path, visit.alive), visit.limits)
            visit.images[url] = path
        return visit.images[url]

    def _bring(self, url: str, out: Path, most: int, visit: Visit) -> None:
        """Put what the URL names into the file `out`. Raises InvalidMedia, InvalidParams."""
        visit.alive()
        urls.check(url)
        if url[:5].lower() == "data:":
            content = data_uri.decode(url)
            sink.save([content], out, most, len(content), visit.alive)
        elif (found := self._map.find(url)) is not None:
            with found.open("rb") as file:
                chunks = iter(lambda: file.read(sink.CHUNK), b"")
                sink.save(chunks, out, most, found.stat().st_size, visit.alive)
        elif (own := urls.own_file(url, visit.origins)) is not None:
            sink.save(self._own(own, url, visit), out, most, None, visit.alive)
        else:
            self._fetcher.fetch(url, out, most, visit.alive)

    def _own(self, file: OwnFile, url: str, visit: Visit) -> Iterator[bytes]:
        """The bytes of a file of ours, missing ones reported as another server would."""
        try:
            yield from self._read(visit.generation, file)
        except NotFound:
            raise InvalidMedia(f"404 Client Error: Not Found for url: {url}") from None
        except Forbidden:
            raise InvalidMedia(f"403 Client Error: Forbidden for url: {url}") from None


@contextmanager
def named(parameter: str) -> Iterator[None]:
    """Where something is wrong with a file, say which parameter named it."""
    try:
        yield
    except InvalidParams as error:
        raise type(error)(f"{parameter}: {error.message}") from error
