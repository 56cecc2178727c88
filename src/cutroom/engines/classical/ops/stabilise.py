"""Stabilise: the camera's path smoothed, the picture enlarged a little so that its edges stay filled."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.pace import IT
from cutroom.engines.classical.sight.camera import Camera
from cutroom.engines.classical.view import Window, filling, seen
from cutroom.errors import CannotDo

_SHAKE = r"(?:(?:camera |hand )?(?:shake|shaking|shakiness|jitter|wobble|judder)|(?:shaky|wobbly|jerky) (?:camera|footage|hands?|shots?|movements?))"
_PATTERNS = (
    rf"(?:stabili[sz]e|steady)(?: {IT}| the (?:camera|shot|image|picture))?|(?:image |video |camera )?stabili[sz]ation|stabili[sz]ed",
    rf"(?:remove|reduce|fix|smooth out|smooth|get rid of|take out|stop|correct) (?:all |any )?(?:the |of the )?{_SHAKE}",
    rf"(?:the )?(?:camera|footage|video|it) (?:shakes|is shaking|is shaky|wobbles|jitters)(?: too much| a lot)?(?: ,)? (?:so )?(?:please )?(?:stabili[sz]e|steady) {IT}",
    rf"(?:make |hold |keep )(?:{IT}|the camera|the shot) (?:steady|steadier|smoother|less shaky|still|stable)",
    r"(?:smooth|smooth out|steady|calm|calm down) (?:all )?(?:the |its )?(?:camera|shaky|jerky|wobbly)(?: (?:movements?|motions?|work|footage|shots?))*",
    r"less (?:camera )?shak(?:e|y)",
)
_REACHES = (1.0, 0.7, 0.5, 0.35, 0.25)
"""Seconds over which the path is smoothed (the deviation of its bell): the longest that leaves enough picture."""
_GENEROUS = 1.18
"""The zoom up to which a longer reach is taken."""
_MOST = 1.25
"""The largest the picture is made; what shakes further still shakes."""
_LEAST = 0.0015
"""Share of the height below which nobody sees a camera shake."""
_TRUST = 0.35
"""Share of tracked points that must agree on a motion."""

Path = NDArray[np.float64]
"""(frames, 3): right and down in shares of the height, and degrees clockwise, of the picture."""


@dataclass(frozen=True, slots=True)
class Stabilise:
    """A steadier camera."""

    name: ClassVar[str] = "stabilise"
    stage: ClassVar[Stage] = Stage.STEADY
    hint: ClassVar[str] = "stabil|stead|shak|smooth|jitter|wobbl|judder|still"
    examples: ClassVar[tuple[str, ...]] = (
        "Stabilise the video",
        "remove the camera shake",
        "make the footage less shaky",
        "the camera shakes too much, steady it",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Stabilise, steady, shake to be removed."""
        if not re.search(cls.hint, said.text):
            return
        for pattern in _PATTERNS:
            for found in said.find(pattern):
                yield Reading(cls(), found.words)

    def say(self) -> str:
        """In a word."""
        return "stabilised"

    def prepare(self, scene: Scene) -> Paint:
        """Raises CannotDo where the camera's path cannot be told, or does not shake."""
        camera, reel = scene.sight.camera, scene.sight.reel
        if camera.trust < _TRUST:
            raise CannotDo(
                "How the camera moves cannot be told: too little in the picture holds still."
            )
        path = _path(camera, reel.width, reel.height)
        offsets = _offsets(path, camera.cuts, scene)
        if np.abs(offsets[:, :2]).max() < _LEAST:
            raise CannotDo("The camera does not shake in this clip: there is nothing to steady.")
        shape = scene.clip.width / scene.clip.height
        zoom = min(_zoom(offsets, shape), _MOST)
        scene.tick.note(
            f"To steady it, the picture is shown {zoom:.2f} times as large; its edges are cut."
        )
        windows = [Window(zoom, 0.5 - x / shape, 0.5 - y, turn).inside() for x, y, turn in offsets]

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            del seconds
            return seen(pixels, windows[min(index, len(windows) - 1)])

        return paint


def _path(camera: Camera, width: int, height: int) -> Path:
    """Where what rests in the world has gone in the picture since the first frame."""
    middle, beside = (
        np.array([width / 2, height / 2, 1.0]),
        np.array([width / 2 + 1, height / 2, 1.0]),
    )
    steps = np.zeros((len(camera.home), 3))
    for index in range(1, len(steps)):
        move = np.linalg.solve(camera.home[index], camera.home[index - 1])  # from the frame before
        here, there = (move @ point for point in (middle, beside))
        here, there = here[:2] / here[2], there[:2] / there[2]
        turn = np.degrees(np.arctan2(there[1] - here[1], there[0] - here[0]))
        steps[index] = *(here - middle[:2]) / height, turn
    steps[~np.isfinite(steps).all(axis=1) | (np.abs(steps[:, :2]) > 0.5).any(axis=1)] = 0
    steps[list(camera.cuts)] = 0
    return np.asarray(np.cumsum(steps, axis=0))


def _offsets(path: Path, cuts: Sequence[int], scene: Scene) -> Path:
    """What each frame must be moved by to lie on the smoothed path; each shot by itself."""
    shape = scene.clip.width / scene.clip.height
    offsets = np.zeros_like(path)
    edges = [0, *cuts, len(path)]
    for reach in _REACHES:
        for start, stop in pairwise(edges):
            shot = path[start:stop]
            offsets[start:stop] = _smoothed(shot, reach * float(scene.clip.rate)) - shot
        if _zoom(offsets, shape) <= _GENEROUS:
            break
    return offsets


def _smoothed(path: Path, deviation: float) -> Path:
    """The path under a bell; at its ends it goes on as it came, turned about the last point."""
    if len(path) < 3:
        return path
    reach = min(round(3 * deviation), len(path) - 1)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(deviation, 0.5)) ** 2)
    before = 2 * path[0] - path[reach:0:-1]
    after = 2 * path[-1] - path[-2 : -reach - 2 : -1]
    longer = np.concatenate([before, path, after])
    smooth = [np.convolve(part, bell / bell.sum(), mode="valid") for part in longer.T]
    return np.stack(smooth, axis=1)


def _zoom(offsets: Path, shape: float) -> float:
    """The zoom at which no edge shows, whatever the offset."""
    aside = max(float(np.abs(offsets[:, 0]).max()) / shape, float(np.abs(offsets[:, 1]).max()))
    turned = filling(float(np.abs(offsets[:, 2]).max()), round(1000 * shape), 1000)
    return turned / max(1 - 2 * aside, 0.1)
