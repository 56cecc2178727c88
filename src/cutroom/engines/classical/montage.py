"""An op asked of every shot by itself, and the paints of the shots joined at the cuts."""

from bisect import bisect_right
from dataclasses import replace

from cutroom.engines.classical.op import Paint, Painting, Pixels, Scene
from cutroom.engines.classical.sight.spliced import covered, undissolved
from cutroom.errors import CannotDo


def montage(op: Painting, scene: Scene) -> Paint:
    """The paint of an op that has to know what is where, for a clip of one shot or several.

    A shot in which the op is not possible stays as it is, and a note says so. Raises CannotDo where
    that is more than half of the clip, or one shot dissolves into another.
    """
    sight = scene.sight
    if len(sight.shots) == 1:
        return op.prepare(scene)
    undissolved(sight)
    paints: list[Paint | None] = []
    reasons: list[str] = []
    for part in sight.parts:
        try:
            paints.append(op.prepare(replace(scene, sight=part)))
        except CannotDo as why:
            paints.append(None)
            reasons.append(str(why))
    covered(sight, [paint is not None for paint in paints], reasons, op.say())
    starts = [shot.first for shot in sight.shots]

    def joined(pixels: Pixels, index: int, seconds: float) -> Pixels:
        shot = max(bisect_right(starts, index) - 1, 0)
        paint = paints[shot]
        return paint(pixels, index - starts[shot], seconds) if paint else pixels

    return joined
