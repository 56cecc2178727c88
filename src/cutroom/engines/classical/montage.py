"""An op asked of every shot by itself, and the paints of the shots joined at the cuts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from cutroom.engines.classical.op import Paint, Painting, Pixels, Scene, Sought
from cutroom.engines.classical.sight.spliced import covered, undissolved
from cutroom.errors import CannotDo


def montage(op: Painting, scene: Scene) -> Paint:
    """The paint of an op that has to know what is where, for a clip of one shot or several.

    A shot in which the op is not possible stays as it is, and a note says so; what seeks a thing
    has to be possible wherever the thing is shown, for half an edit is none. Raises CannotDo where
    that is not so, where more than half of the clip would stay, or one shot dissolves into another.
    """
    sight = scene.sight
    if len(sight.shots) == 1:
        return op.prepare(scene)
    undissolved(sight)
    reasons: list[str] = []
    if isinstance(op, Sought):
        shown = [_shows(op, replace(scene, sight=part), reasons) for part in sight.parts]
        covered(sight, shown, reasons, op.say())
        paints = [
            op.prepare(replace(scene, sight=part)) if seen else None
            for part, seen in zip(sight.parts, shown, strict=True)
        ]
    else:
        paints = [_prepared(op, replace(scene, sight=part), reasons) for part in sight.parts]
        covered(sight, [paint is not None for paint in paints], reasons, op.say())
    return _joined(paints, [shot.first for shot in sight.shots])


def _shows(op: Sought, shot: Scene, reasons: list[str]) -> bool:
    try:
        op.seek(shot.sight)
    except CannotDo as why:
        reasons.append(str(why))
        return False
    return True


def _prepared(op: Painting, shot: Scene, reasons: list[str]) -> Paint | None:
    try:
        return op.prepare(shot)
    except CannotDo as why:
        reasons.append(str(why))
        return None


def _joined(paints: Sequence[Paint | None], starts: Sequence[int]) -> Paint:
    def joined(pixels: Pixels, index: int, seconds: float) -> Pixels:
        shot = max(bisect_right(starts, index) - 1, 0)
        paint = paints[shot]
        return paint(pixels, index - starts[shot], seconds) if paint else pixels

    return joined
