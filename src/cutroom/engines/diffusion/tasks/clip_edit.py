"""An edit of a clip: made window by window at the model's size and rate, and only its change shown in the clip."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from cutroom.engine import Share, Tick
from cutroom.engines.diffusion.family import Film, Pixels, Shot, halfway
from cutroom.engines.diffusion.fitting.carry import Neighbour, Stretch
from cutroom.engines.diffusion.fitting.change import Change, Rooms, change
from cutroom.engines.diffusion.fitting.composite import composite
from cutroom.engines.diffusion.fitting.enlarged import enlarged
from cutroom.engines.diffusion.fitting.fit import Fit
from cutroom.engines.diffusion.fitting.reel import Reel
from cutroom.engines.diffusion.fitting.windows import Seam, Window, windows
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.kept import Kept
from cutroom.engines.diffusion.tasks.referred import referred
from cutroom.engines.diffusion.tasks.windowed import windowed
from cutroom.engines.diffusion.tasks.words import words
from cutroom.engines.scaling import resized
from cutroom.engines.slots import Slots
from cutroom.errors import CannotDo, EngineFailed
from cutroom.media import timeline
from cutroom.media.decode import Developer, raw_frames
from cutroom.media.parts import Parts, digest
from cutroom.media.transcode import Paint, transcode
from cutroom.types import Clip, Edit

_READING, _MAKING, _COMPARING = 0.02, 0.9, 0.92
"""Shares of the progress at which reading, generating and comparing are done; the rest is writing."""
_NOTHING = (
    "Hardly anything is different from the source. If the change that you asked for is not there, say it in other"
    " words, or try another seed."
)
_STRETCHES = 8
"""Ways between two of the model's frames that are remembered while threads paint along them."""


def clip_edit(edit: Edit, crew: Crew, out: Path, tick: Tick, *, only_the_change: bool) -> None:
    """Write the edited clip to `out`: the size, rate, frames, duration and, with `keep_audio`, sound of its source.

    `only_the_change`: whether what the model did not change is the source's own. Frames lie on disk beside
    `out` meanwhile; finished windows in `edit.parts`, for another attempt. What the tick raises leaves no
    file. Raises CannotDo before anything is made, InvalidMedia, and what making raises.
    """
    cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
    clip = _clip(edit)
    task = _Task(edit, clip, crew, Fit.of(clip, crew.recipe), words(edit, crew.recipe))
    for note in task.words.notes:
        tick.note(note)
    width, height = task.fit.size
    shape, half = (height, width, 3), (height // 2, width // 2)
    with ExitStack() as open_files:

        def reel(shape: tuple[int, ...]) -> Reel:
            return open_files.enter_context(Reel(out.parent, len(task.fit.sources), shape))

        both = _Reels(reel(shape), reel(shape))
        task.read(both.given, Share(tick, 0, _READING))
        kept = task.make(both, Share(tick, _READING, _MAKING))
        found = None
        if only_the_change:
            rooms = Rooms(reel(half), reel(half))
            found = change(both.given, both.made, rooms, Share(tick, _MAKING, _COMPARING))
        task.tell(tick, found)
        transcode(
            clip, out, task.paint(both, found), Share(tick, _COMPARING, 1),
            keep_audio=edit.keep_audio, encoding=edit.encoding, parts=_parts(edit, kept, found),
        )  # fmt: skip


class _Reels(NamedTuple):
    """Frames at the model's size."""

    given: Reel
    """The clip's that the model sees."""
    made: Reel
    """What it made of them."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done."""

    edit: Edit
    clip: Clip
    crew: Crew
    fit: Fit
    words: Slots

    def read(self, given: Reel, tick: Tick) -> None:
        """The clip's frames that the model sees, at its size."""
        places: dict[int, list[int]] = {}
        for place, source in enumerate(self.fit.sources):
            places.setdefault(source, []).append(place)
        develop = Developer(self.clip)
        with closing(raw_frames(self.clip)) as decoded:
            for raw in decoded:
                if own := places.get(raw.index):
                    seen = resized(develop(raw), self.fit.size)
                    for place in own:
                        given[place] = seen
                tick(raw.index / self.clip.frames)

    def make(self, both: _Reels, tick: Tick) -> Kept:
        """All of the model's frames; the store of the windows they come from. Raises what making raises."""
        overlap = self.crew.recipe.overlap

        def work(most: int) -> Kept:
            kept = Kept(self.edit.parts, self._made_of(most, overlap))
            self._windows(windows(len(both.given), most, overlap), both, kept, tick)
            return kept

        return windowed(self.crew.recipe.window, work, tick)

    def _windows(self, spans: Sequence[Window], both: _Reels, kept: Kept, tick: Tick) -> None:
        seam, ready = Seam(spans), 0
        images = tuple(referred(exhibit.path, self.fit.size) for exhibit in self.words.exhibits)
        for n, span in enumerate(spans):
            stretch = Share(tick, n / len(spans), (n + 1) / len(spans))
            film = kept.film(span)
            if film is None:
                shot = Shot(
                    self.words.prompt,
                    span.frames,
                    *self.fit.size,
                    self.edit.seed,
                    video=np.stack([both.given[at] for at in range(*span)]),
                    images=images,
                    start=span.start,
                )
                film = _checked(self.crew.make(shot, stretch), shot)
                kept.keep(span, film)
            for frame in seam.add(film):
                both.made[ready] = frame
                ready += 1
            tick.show(partial(halfway, film))
            stretch(1.0)

    def _made_of(self, most: int, overlap: int) -> Mapping[str, object]:
        """All that the pixels of the windows depend on."""
        if self.edit.parts is None:
            return {}
        return {
            "clip": digest(self.clip.path),
            "prompt": self.words.prompt,
            "images": [digest(exhibit.path) for exhibit in self.words.exhibits],
            "seed": self.edit.seed,
            "recipe": asdict(self.crew.recipe),
            "fit": asdict(self.fit),
            "window": (most, overlap),
        }

    def tell(self, tick: Tick, found: Change | None) -> None:
        """Note how the model worked, and how much of the picture is the clip's own."""
        (width, height), clip = self.fit.size, self.clip
        rate = round(float(self.fit.rate), 2)
        worked = f"The model worked at {width}x{height} and {rate:g} frames a second"
        larger = clip.width * clip.height > width * height
        enlarging = f"; what it made is enlarged to {clip.width}x{clip.height}" if larger else ""
        between = "; the frames between follow the source's motion" if self.fit.carries else ""
        tick.note(f"{worked}{enlarging}{between}.")
        if found is not None and found.nothing:
            tick.note(_NOTHING)
        elif found is not None and found.whole:
            tick.note("The change is one of the whole picture, so all of it is the model's.")
        elif found is not None:
            tick.note(f"{100 * found.kept:.0f} % of the picture is the source's own, untouched.")

    def paint(self, both: _Reels, found: Change | None) -> Paint:
        """The painter of the clip's frames."""
        fit, local = self.fit, found if found is not None and not found.whole else None
        times = tuple(timeline.of(self.clip.path).times())

        @lru_cache(_STRETCHES)
        def stretch(before: int, after: int) -> Stretch:
            return Stretch(*(Neighbour(both.given[at], both.made[at]) for at in (before, after)))

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            before, after = fit.around(index)
            if local and not (local.mattes[before].any() or local.mattes[after].any()):
                return pixels
            here = resized(pixels, fit.size)
            if before == after:
                own = both.made[before]
            else:
                start, end = (times[fit.sources[at]] for at in (before, after))
                own = stretch(before, after)(here, float((times[index] - start) / (end - start)))
            if local is None:
                return np.asarray(np.clip(np.rint(enlarged(own, here, pixels)), 0, 255), np.uint8)
            between = before != after
            matte = local.between(before, after, here, own) if between else local.mattes[before]
            return composite(pixels, here, local.shade(own), matte)

        return paint


def _clip(edit: Edit) -> Clip:
    if edit.video is None:
        raise CannotDo("There is no video to edit.")
    return edit.video


def _checked(film: Film, shot: Shot) -> Film:
    due = (shot.frames, shot.height, shot.width, 3)
    if film.shape != due or film.dtype != np.uint8:
        raise EngineFailed(f"The model made {film.dtype} {film.shape}; {due} was due.")
    return film


def _parts(edit: Edit, kept: Kept, found: Change | None) -> Parts | None:
    """Where finished segments of the result are kept."""
    if edit.parts is None:
        return None
    told = {
        "windows": kept.key,
        "only the change": str(found is not None),
        "encoding": str(edit.encoding),
    }
    return Parts(edit.parts / "picture", lambda: told)
