"""Motion control: the character of an image moves as whoever is seen in a video, in the image's own place."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np

from cutroom.engine import Share, Tick
from cutroom.engines import still
from cutroom.engines.diffusion.family import Pixels, Shot, halfway
from cutroom.engines.diffusion.fitting.fit import Fit, bucket
from cutroom.engines.diffusion.fitting.reel import Frames, Reel
from cutroom.engines.diffusion.fitting.windows import Seam, Window, chain
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.windowed import windowed
from cutroom.engines.diffusion.tasks.words import words
from cutroom.engines.scaling import middle, scaled
from cutroom.errors import CannotDo
from cutroom.media import timeline
from cutroom.media.decode import frames
from cutroom.media.transcode import Paint, transcode
from cutroom.media.tween import Between
from cutroom.types import Clip, Edit

_MAKING = 0.92
"""Share of the progress that generating has; the rest is writing."""
_WAYS = 8
"""Ways between two of the model's frames that are remembered while threads paint along them."""


def motion(edit: Edit, crew: Crew, out: Path, tick: Tick) -> None:
    """Write the video: frames, times and length are the driver's, the shape is the image's.

    With `keep_audio` the driver's sound goes along. Frames lie on disk beside `out` meanwhile. What the tick
    raises leaves no file. Raises CannotDo before anything is made, InvalidMedia, and what making raises.
    """
    cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
    clip = _clip(edit)
    fitted = still.fit(edit.images[0], None)
    made = bucket(fitted.size[0] / fitted.size[1], crew.recipe)
    character = scaled(middle(fitted.picture, fitted.size), made)
    task = _Task(edit, clip, crew, Fit.of(clip, crew.recipe), character)
    for note in (*fitted.notes, *_notes(edit, fitted.size, made)):
        tick.note(note)
    with Reel(out.parent, len(task.fit.sources), character.shape) as reel:
        task.make(reel, Share(tick, 0, _MAKING))
        shown = replace(
            clip, width=fitted.size[0], height=fitted.size[1], pixel_aspect=Fraction(1), rotation=0
        )
        transcode(
            clip, out, _paint(task.fit, clip, reel, fitted.size), Share(tick, _MAKING, 1),
            keep_audio=edit.keep_audio, encoding=edit.encoding, shown=shown,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done."""

    edit: Edit
    clip: Clip
    crew: Crew
    fit: Fit
    """Which of the driver's frames the model sees; the size is the character's."""
    character: Pixels

    def make(self, reel: Reel, tick: Tick) -> None:
        """All of the model's frames, in windows as long as memory allows. Raises what making raises."""
        windowed(
            self.crew.recipe.window,
            lambda most: self._windows(chain(len(reel), most), reel, tick),
            tick,
        )

    def _windows(self, spans: Sequence[Window], reel: Reel, tick: Tick) -> None:
        seam, ready = Seam(spans), 0
        opening: Pixels | None = None
        with closing(self._driver()) as driver:
            seen: list[Pixels] = []
            for span in spans:
                seen = seen[-1:] + [next(driver) for _ in range(span.frames - min(len(seen), 1))]
                opening = seen[0] if opening is None else opening
                # The frame that neighbours share counts for the earlier one.
                begun = span.start + 1 if span.start else 0
                stretch = Share(tick, begun / len(reel), span.stop / len(reel))
                going_on = {"lead": seam.held} if span.start else {}
                shot = Shot(
                    words(self.edit, self.crew.recipe).prompt, span.frames, self.character.shape[1],
                    self.character.shape[0], self.edit.seed, video=np.stack(seen),
                    images=(self.character,), start=span.start,
                    options={"opening": opening, **going_on},
                )  # fmt: skip
                film = self.crew.make(shot, stretch)
                tick.show(partial(halfway, film))
                for frame in seam.add(film):
                    reel[ready] = frame
                    ready += 1
                stretch(1.0)

    def _driver(self) -> Generator[Pixels, None, None]:
        """The driver's frames that the model sees, whole and on black, in the character's size."""
        wanted: dict[int, int] = {}
        for source in self.fit.sources:
            wanted[source] = wanted.get(source, 0) + 1
        shape = self.character.shape
        wide, tall = float(self.clip.width * self.clip.pixel_aspect), self.clip.height
        scale = min(shape[1] / wide, shape[0] / tall)
        size = max(1, round(wide * scale)), max(1, round(tall * scale))
        top, left = (shape[0] - size[1]) // 2, (shape[1] - size[0]) // 2
        with closing(frames(self.clip, size=size)) as decoded:  # type: ignore[type-var]  # a generator
            for frame in decoded:
                if number := wanted.get(frame.index, 0):
                    ground = np.zeros(shape, np.uint8)
                    ground[top : top + size[1], left : left + size[0]] = frame.pixels
                    yield from [ground] * number


def _paint(fit: Fit, clip: Clip, reel: Frames, size: tuple[int, int]) -> Paint:
    """The painter of the driver's times: the model's frames, and between them what their motion says."""
    times = tuple(timeline.of(clip.path).times())

    @lru_cache(_WAYS)
    def way(before: int, after: int) -> Between:
        return Between(reel[before], reel[after])

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del pixels, seconds
        before, after = fit.around(index)
        if before == after:
            return scaled(reel[before], size)
        start, end = (times[fit.sources[at]] for at in (before, after))
        share = float((times[index] - start) / (end - start))
        return scaled(way(before, after)(share), size)

    return paint


def _clip(edit: Edit) -> Clip:
    if edit.video is None or not edit.images:
        raise CannotDo("Motion control takes an image of the character and a video of the motion.")
    if edit.elements:
        raise CannotDo(
            "These weights see one image of the character, and no element besides: leave elements out."
        )
    return edit.video


def _notes(edit: Edit, size: tuple[int, int], made: tuple[int, int]) -> Iterator[str]:
    if edit.params.get("character_orientation") == "image":
        yield "The character turns as the person in the video does: these weights hold no orientation of their own."
    if size != made:
        yield f"The film was made at {made[0]}x{made[1]} and brought to {size[0]}x{size[1]}."
