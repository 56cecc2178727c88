"""Shots joined by cuts into one film, and the film written out."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from pathlib import Path

import cv2

from cutroom.engine import Share, Tick
from cutroom.engines.classical.ambience.mix import ambience
from cutroom.engines.classical.films.casting import cast
from cutroom.engines.classical.films.finish import finished
from cutroom.engines.classical.films.projector import (
    Project,
    Screen,
    project,
    world_size,
)
from cutroom.engines.classical.films.score import cues
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Canvas
from cutroom.engines.classical.scenes.places import PLACES
from cutroom.engines.screen import RATE, SIZES
from cutroom.media.film import film
from cutroom.media.sound import Block
from cutroom.types import Edit

PREPARING = 0.06
"""Share of the progress that painting the worlds gets."""


def screen_of(edit: Edit) -> Screen:
    """The frame that the edit's aspect ratio asks for."""
    width, height = SIZES[str(edit.params.get("aspect_ratio") or "16:9")]
    return Screen(width, height, RATE)


def drawn_project(shot: Shot, screen: Screen, edit: Edit, number: int) -> Project:
    """A shot of a drawn place and drawn actors. `number` of the shot tells its dice from others'."""
    seed = edit.seed + 1000 * number
    width, height = world_size(screen, shot.camera)
    behind = PLACES[shot.place](Canvas(width, height, shot.hour, seed))
    players = cast(shot, screen, seed)
    return finished(project(shot, behind, players, screen), shot, screen, edit)


def write(
    shots: Sequence[Shot],
    project_of: Callable[[Shot, int], Project],
    edit: Edit,
    out: Path,
    tick: Tick,
) -> None:
    """Write the shots one after the other to `out`, with their sound where the edit asks for it.

    What `tick` raises leaves no file.
    """
    cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
    screen = screen_of(edit)
    tick(0.0)
    projects = []
    for n, shot in enumerate(shots):
        projects.append(project_of(shot, n))
        tick(PREPARING * (n + 1) / len(shots))
    starts = [0, *accumulate(shot.seconds for shot in shots)]
    count = round(starts[-1] * screen.rate)

    def paint(index: int, seconds: float) -> Pixels:
        at = min(bisect_right(starts, index / screen.rate) - 1, len(shots) - 1)
        return projects[at](seconds - starts[at])

    film(
        out, (screen.width, screen.height), screen.rate, count, paint,
        Share(tick, PREPARING, 1.0), encoding=edit.encoding, sound=_sound(shots, edit, tick),
    )  # fmt: skip


def sounds(shot: Shot, edit: Edit) -> tuple[str, ...]:
    """What would be heard of a shot; nothing where the edit asks for no sound."""
    if not edit.params.get("generate_audio"):
        return ()
    return tuple(cue.sound for cue in cues(shot, edit.seed))


def _sound(shots: Sequence[Shot], edit: Edit, tick: Tick) -> Iterable[Block] | None:
    """The ambience of the shots; None where the edit asks for no sound."""
    if not edit.params.get("generate_audio"):
        return None
    tick.note("The sound is ambience made from the plan; it holds no speech and no music.")
    return ambience([(cues(shot, edit.seed), shot.seconds) for shot in shots], edit.seed)
