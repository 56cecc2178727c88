"""A plan's ops become one paint: neighbouring grades fused, the rest one after the other."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from cutroom.engine import Share
from cutroom.engines.classical.colour.grade import Graded, paint_of
from cutroom.engines.classical.op import Framed, Op, Paint, Painting, Pixels, Scene, Stage
from cutroom.types import Clip


def paint_of_plan(ops: Sequence[Op], scene: Scene) -> Paint:
    """Prepare every op and chain their paints. Raises CannotDo for what the clip does not hold."""
    paints: list[Paint] = []
    clip = scene.clip
    done = 0
    for graded, run in groupby(ops, key=lambda op: isinstance(op, Graded)):
        group = list(run)
        if graded:
            paints.append(paint_of(*(op.grade for op in group if isinstance(op, Graded))))
        else:
            for n, op in enumerate(op for op in group if isinstance(op, Painting)):
                tick = Share(scene.tick, (done + n) / len(ops), (done + n + 1) / len(ops))
                one = replace(scene, clip=clip, tick=tick)
                looks = Stage.OBJECT <= op.stage <= Stage.BACKGROUND
                paints.append(_of_shots(op, one) if looks else op.prepare(one))
                clip = framed([op], clip)
        done += len(group)
        scene.tick(done / len(ops))
    return paints[0] if len(paints) == 1 else _chain(paints)


def _of_shots(op: Painting, scene: Scene) -> Paint:
    from cutroom.engines.classical.montage import montage  # noqa: PLC0415  most plans need no shots

    return montage(op, scene)


def framed(ops: Sequence[Op], clip: Clip) -> Clip:
    """The clip with the size and pixel aspect that its frames have after the ops."""
    for op in ops:
        if isinstance(op, Framed):
            clip = op.framed(clip)
    return clip


def _chain(paints: Sequence[Paint]) -> Paint:
    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        for one in paints:
            pixels = one(pixels, index, seconds)
        return pixels

    return paint
