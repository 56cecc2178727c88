"""A generation's URLs made into checked local files: the Edit that an engine sees."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from cutroom import fragment
from cutroom.errors import InvalidParams
from cutroom.fragment import Fragment
from cutroom.intake import limits, sink
from cutroom.intake.bring import Bring, Wanted
from cutroom.intake.probe import Probe
from cutroom.media import sniff
from cutroom.params import Params
from cutroom.settings import Settings
from cutroom.types import Clip, Edit, Element, Generation, Limits, Model

MOST_STRETCH = 2_000_000_000
"""Bytes of a stretch that was cut out of a clip: half a minute of 4K."""


Kept = Callable[[str], Iterator[bytes] | None]
"""The bytes of a URL that were copied into our storage when the request was accepted; None where they were not."""


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
    kept: Kept
    images: dict[str, Path] = field(default_factory=dict)
    """What has been brought in: several parameters may name one URL."""
    notes: list[str] = field(default_factory=list)
    """What the caller should know of it: sentences."""


class Intake:
    """Brings in what a request names: uploads of ours, mapped folders, data: URIs, public URLs."""

    def __init__(self, settings: Settings, bring: Bring) -> None:
        self._settings = settings
        self._bytes = bring
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
        kept: Kept = lambda _: None,
    ) -> Edit:
        """The edit, its files in `folder` and checked against the model's limits.

        What is `kept` of a URL is taken in the place of what the URL would lead to now.
        `alive` is called often and raises to stop. `origins` are bases by which this installation
        is known besides its settings, e.g. that of the request. Raises InvalidMedia or
        InvalidParams with the name of the parameter at fault, and what `alive` raises.
        """
        given = params.sources()
        visit = self._visit(generation, model, folder, alive, origins=tuple(origins), kept=kept)
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
        *,
        origins: tuple[str, ...],
        kept: Kept,
    ) -> Visit:
        return Visit(
            generation,
            folder,
            alive,
            origins,
            limits=Limits() if self._settings.relax_limits else model.limits,
            most_video=most_bytes(self._settings, model, video=True),
            most_image=most_bytes(self._settings, model, video=False),
            kept=kept,
        )

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
        if (chunks := visit.kept(url)) is not None:
            sink.save(chunks, out, most, None, visit.alive)
            return
        self._bytes(Wanted(visit.generation, url, most, visit.origins), out, visit.alive)


def most_bytes(settings: Settings, model: Model, *, video: bool) -> int:
    """Bytes that a video or an image for this model may have."""
    limit = model.limits.max_video_bytes if video else model.limits.max_image_bytes
    return settings.max_upload_bytes if limit is None or settings.relax_limits else limit


@contextmanager
def named(parameter: str) -> Iterator[None]:
    """Where something is wrong with a file, say which parameter named it."""
    try:
        yield
    except InvalidParams as error:
        raise type(error)(f"{parameter}: {error.message}") from error
