"""An edit of one thing carried out in every shot by itself, for each has its own place behind it."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight.spliced import covered, undissolved
from cutroom.engines.classical.target import Target
from cutroom.errors import CannotDo


def shotwise(scene: Scene, target: Target | None, prepare: Callable[[Scene], Paint]) -> Paint:
    """The paint that `prepare` makes of each shot that shows the target; other shots stay as they are.

    Without a target every shot is edited.

    Raises CannotDo where most of the clip does not show it, and where it is shown but the edit
    cannot be done: half an edit is none.
    """
    sight = scene.sight
    if len(sight.parts) == 1:
        return prepare(scene)
    undissolved(sight)
    found: list[bool] = []
    reasons: list[str] = []
    for part in sight.parts:
        try:
            if target is not None:
                part.find(target)
            found.append(True)
        except CannotDo as why:
            found.append(False)
            reasons.append(str(why))
    covered(sight, found, reasons, target.say() if target else "")
    paints = [
        prepare(replace(scene, sight=part)) if shown else None
        for part, shown in zip(sight.parts, found, strict=True)
    ]
    starts = [shot.first for shot in sight.shots]

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        shot = max(bisect_right(starts, index) - 1, 0)
        one = paints[shot]
        return one(pixels, index - starts[shot], seconds) if one else pixels.copy()

    return paint
