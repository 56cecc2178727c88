"""Weather, light and look over a drawn shot."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cutroom.engine import Silent
from cutroom.engines.classical.air.anchor import Anchor
from cutroom.engines.classical.films.projector import Project, Screen
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.op import Pixels, Scene
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Sight
from cutroom.media.film import film
from cutroom.types import Clip, Edit, Encoding

_SAMPLES = 5
"""Frames of a shot that its ops may look at while they prepare."""


def finished(bare: Project, shot: Shot, screen: Screen, edit: Edit) -> Project:
    """The shot with its ops over it.

    Ops look at a clip before they paint: at its palette, its black bars. A few frames of the shot
    are that clip, as long as the whole; how its camera moves they are told.
    """
    if not shot.ops:
        return bare
    with TemporaryDirectory(prefix="cutroom-shot-") as folder:
        clip = _sampled(bare, shot, screen, Path(folder) / "shot.mp4")
        quiet = Silent()
        scene = Scene(edit, clip, Sight(clip, quiet), quiet, edit.seed, _anchor(shot, screen))
        over = paint_of_plan(shot.ops, scene)

    def paint(seconds: float) -> Pixels:
        return over(bare(seconds), round(seconds * screen.rate), seconds)

    return paint


def _sampled(bare: Project, shot: Shot, screen: Screen, path: Path) -> Clip:
    """A few frames from all over the shot as a clip."""
    size, apart = (screen.width, screen.height), Fraction(shot.seconds, _SAMPLES)
    film(
        path, size, 1 / apart, _SAMPLES, lambda _, seconds: bare(seconds), Silent(),
        encoding=Encoding(preset="ultrafast"),
    )  # fmt: skip
    return Clip(path, *size, screen.rate, _SAMPLES, Fraction(shot.seconds))


def _anchor(shot: Shot, screen: Screen) -> Anchor:
    """How the world moves under the shot's camera, in heights."""
    across, down, _ = shot.camera.room()
    count = max(round(shot.seconds * screen.rate), 1)
    views = [shot.camera.view(index / count) for index in range(count)]
    wide = screen.width / screen.height
    path = [((views[0].x - v.x) * across * wide, (views[0].y - v.y) * down) for v in views]
    return Anchor(np.array(path))
