"""An op asked of every shot by itself, and the paints of the shots joined at the cuts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from cutroom.engines.classical.op import Paint, Painting, Pixels, Scene, Sought
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.spliced import covered, undissolved, unsure_in
from cutroom.engines.classical.sight.subject import Unsure
from cutroom.errors import CannotDo


def montage(op: Painting, scene: Scene) -> Paint:
    """The paint of an op that has to know what is where, for a clip of one shot or several.

    A shot that does not show what is meant stays as it is, and a note says so; what seeks a thing
    has to be possible wherever the thing is shown, for half an edit is none. Raises CannotDo where
    that is not so, where a shot shows something that may be meant but is not sure enough, where more
    than half of the clip would stay, or one shot dissolves into another.
    """
    sight = scene.sight
    if len(sight.shots) == 1:
        return op.prepare(scene)
    undissolved(sight)
    reasons: list[str] = []
    if isinstance(op, Sought):
        shown = [_shows(op, part, sight, reasons) for part in sight.parts]
        covered(sight, shown, reasons, op.say())
        paints = [
            op.prepare(replace(scene, sight=part)) if seen else None
            for part, seen in zip(sight.parts, shown, strict=True)
        ]
    else:
        paints = [_prepared(op, part, scene, reasons) for part in sight.parts]
        covered(sight, [paint is not None for paint in paints], reasons, op.say())
    return _joined(paints, [shot.first for shot in sight.shots])


def _shows(op: Sought, part: Sight, whole: Sight, reasons: list[str]) -> bool:
    try:
        op.seek(part)
    except Unsure as why:
        raise unsure_in(part.first - whole.first, len(part.reel), whole, why) from why
    except CannotDo as why:
        reasons.append(str(why))
        return False
    return True


def _prepared(op: Painting, part: Sight, scene: Scene, reasons: list[str]) -> Paint | None:
    try:
        return op.prepare(replace(scene, sight=part))
    except Unsure as why:
        whole = scene.sight
        raise unsure_in(part.first - whole.first, len(part.reel), whole, why) from why
    except CannotDo as why:
        reasons.append(str(why))
        return None


def _joined(paints: Sequence[Paint | None], starts: Sequence[int]) -> Paint:
    def joined(pixels: Pixels, index: int, seconds: float) -> Pixels:
        shot = max(bisect_right(starts, index) - 1, 0)
        paint = paints[shot]
        return paint(pixels, index - starts[shot], seconds) if paint else pixels

    return joined
