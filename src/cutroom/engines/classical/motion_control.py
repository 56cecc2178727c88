"""The character of an image moves as the person in a video: a cut-out on joints, posed frame by frame."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cutroom.engine import Share, Tick
from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.puppet.acting import Acting, acting
from cutroom.engines.classical.puppet.joints import Points
from cutroom.engines.classical.puppet.puppet import Pose, Puppet, anchored, poses
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Sight, Subject
from cutroom.engines.classical.sight.subject import CUT_OUT as CLEAN
from cutroom.engines.classical.sight.subject import FOLLOWED, Cut, parts
from cutroom.engines.classical.sprites.cutout import cut_out
from cutroom.engines.classical.sprites.emptied import emptied
from cutroom.engines.classical.sprites.reference import Likeness
from cutroom.engines.classical.sprites.sprite import Sprite, grain_of, grainy, shadow
from cutroom.engines.classical.stills import regions
from cutroom.engines.classical.stills.depth import CUT_OUT
from cutroom.engines.classical.stills.parallax import filled
from cutroom.engines.classical.stills.subject import subject as subject_of
from cutroom.engines.classical.stills.wish import Wish, wish
from cutroom.engines.classical.target import Target
from cutroom.engines.still import Fit, fit
from cutroom.errors import CannotDo
from cutroom.media.transcode import transcode
from cutroom.types import Clip, Edit

_ANALYSIS = 0.3
"""Share of the progress that looking at the driver gets."""


class MotionControl:
    """Makes `Kind.MOTION`. Carried over: place, size, lean of the torso, tilt of the head, swing of the legs."""

    def plan(self, edit: Edit) -> Mapping[str, Any]:
        """What will be done, as JSON values. Raises CannotDo as far as the prompt decides it."""
        asked, _ = _asked(edit)
        data = asked.to_json()
        moved = {"op": "motion", "orientation": _orientation(edit), "say": "the character moves as the person in the video"}  # fmt: skip
        return data | {"ops": [moved, *(row for row in data["ops"] if row["op"] not in {"camera", "drift"})]}  # fmt: skip

    def make(self, edit: Edit, out: Path, tick: Tick) -> None:
        """Write the video: frames, rate and length are the driver's, and its size, unless the image leads."""
        asked, clip = _asked(edit)
        cv2.setNumThreads(1)  # frames are painted side by side already; nested threads only wait
        analysis = Share(tick, 0, _ANALYSIS)
        scene = Scene(edit, clip, Sight(clip, analysis), analysis, edit.seed)
        if len(scene.sight.reel) < 3:
            raise CannotDo(f"The video has {len(scene.sight.reel)} frame(s); a motion takes more.")
        leads = _orientation(edit) == "image"
        driver, who = _driver(scene, FOLLOWED if leads else CLEAN)
        found = acting(driver, scene.sight, float(clip.rate))
        if leads:
            shown, paint = _in_image(edit, found, scene)
        else:
            shown, paint = clip, _in_video(edit, found, driver, who, scene)
        tick.note(_carried(found))
        if asked.described:
            quoted = ", ".join(f"“{d}”" for d in asked.described)
            tick.note(f"Taken as a description, so that nothing was done about it: {quoted}.")
        if asked.ops:
            over = paint_of_plan(asked.ops, replace(scene, clip=shown))
            paint = _chained(paint, over)
        transcode(
            clip, out, paint, Share(tick, _ANALYSIS, 1.0),
            keep_audio=edit.keep_audio, encoding=edit.encoding, shown=shown,
        )  # fmt: skip


def _orientation(edit: Edit) -> str:
    return str(edit.params.get("character_orientation", "video"))


def _asked(edit: Edit) -> tuple[Wish, Clip]:
    """What the prompt asks beyond the motion, and the driver. Raises CannotDo."""
    if edit.video is None or not edit.images:
        raise CannotDo("Motion control takes an image of the character and a video of the motion.")
    asked = wish(edit.prompt, acts=True)
    if asked.moves or asked.drifts:
        told = ", ".join([*(m.say() for m in asked.moves), *(d.say() for d in asked.drifts)])
        raise CannotDo(f"Motion control moves the character and nothing else; leave out: {told}.")
    return asked, edit.video


def _driver(scene: Scene, bar: float) -> tuple[Subject, str]:
    """The person to follow, its matte at least so sure; of several movers the largest. Raises CannotDo."""
    try:
        found = scene.sight.find(Target("person"))
    except CannotDo as error:
        movers = scene.sight.movers
        if len(movers.found) < 2:
            raise CannotDo(f"Nobody to follow was found in the video. {error}") from error
        first = movers.found[0]
        trust = scene.sight.trust_in(first)
        if trust < bar or first.share(len(scene.sight.reel)) < 0.8:
            raise CannotDo(
                f"Several things move in the video, and the largest of them could not be followed for certain"
                f" (certainty {trust:.0%}, {bar:.0%} needed)."
            ) from error
        scene.tick.note("More than one thing moves in the video: the largest was followed.")
        plane = parts((first,), movers, scene.sight.likelihood)
        return Cut(plane, (first,), first.boxes, trust, scene.sight.reel.scale), "the mover"
    if found.trust < bar:
        raise CannotDo(
            f"The person in the video could not be told from the background for certain (certainty {found.trust:.0%},"
            f" {bar:.0%} needed where the character takes the person's place)."
        )
    return found, "the person"


def _carried(found: Acting) -> str:
    """What of the motion is in the result, and what is not."""
    told = "its place, its size, the lean of its body and the tilt of its head"
    if found.usual.legs:
        told += ", the swing of its legs"
    return f"Carried over from the video: {told}. Arms, hands and the face do not move by themselves, and a cut-out does not turn round."


def _character(edit: Edit, tick: Tick) -> Sprite:
    """The character, cut out of the image or element. Raises CannotDo."""
    path, name = (edit.elements[0].frontal, "@Element1") if edit.elements else (edit.images[0], "the character's image")  # fmt: skip
    try:
        return cut_out(path, name)
    except CannotDo:
        fitted = fit(path, None)
        sprite, _ = _cut(fitted, name, tick)
        return sprite


def _cut(fitted: Fit, name: str, tick: Tick) -> tuple[Sprite, tuple[int, int]]:
    """The subject of a fitted image as a sprite, and where its upper left corner lies."""
    small = regions.small(fitted.picture)
    found = subject_of(small, regions.sky(small), tick)
    if found.trust < CUT_OUT:
        raise CannotDo(
            f"The character could not be cut out of {name} cleanly (certainty {found.trust:.0%},"
            f" {CUT_OUT:.0%} needed). Attach it on a plain background or as a PNG with transparency."
        )
    height, width = fitted.picture.shape[:2]
    rough = cv2.resize(found.cover, (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.ximgproc.guidedFilter(fitted.picture, rough, max(2, height // 160), 80.0)
    cover = np.asarray(np.clip((soft - 0.25) / 0.55, 0, 1), np.float32)
    rows, columns = np.nonzero(cover > 0.05)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    sprite = Sprite(np.ascontiguousarray(fitted.picture[box]), np.ascontiguousarray(cover[box]))
    return sprite, (int(columns.min()), int(rows.min()))


def _in_video(
    edit: Edit, found: Acting, driver: Subject, who: str, scene: Scene
) -> Paint:  # who moves, as whom, where
    """The character in the driver's place."""
    sprite = _character(edit, scene.tick)
    try:
        empty = emptied(driver, scene, who)
    except CannotDo as error:
        raise CannotDo(f"{error} With character_orientation “image” the character moves in its own picture.") from error  # fmt: skip
    middle = scene.sight.reel[len(scene.sight.reel) // 2]
    hung = not found.usual.whole
    tall = _tall(found, Puppet(sprite, hung=hung), sprite.height)
    puppet = Puppet(Likeness(sprite).matched(middle, tall, 0), hung=hung)
    way = poses(found, puppet, first=False, over=1.0)
    grain = grain_of(middle)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del seconds
        at = min(index, len(way) - 1)
        frame = empty(pixels, index)
        if found.usual.whole:
            feet = puppet.posed(way[at])[[5, 8]]
            half = max(0.55 * puppet.rest.shoulders * way[at].size, 3.0)
            shadow(frame, (float(feet[:, 0].mean()), float(feet[:, 1].max())), (half, 0.18 * half), 0.45)  # fmt: skip
        puppet.lay(frame, way[at])
        grainy(frame, pixels, 0.7 * grain, scene.seed, index)
        return frame

    return paint


def _tall(found: Acting, puppet: Puppet, height: int) -> float:
    """How tall the whole cut-out has to be to be as large as the driver."""
    own, other = puppet.rest, found.usual
    if other.whole:
        mine = own.joints[[5, 8], 1].max() - own.joints[0, 1]
        theirs = other.joints[[5, 8], 1].max() - other.joints[0, 1]
        ratio = theirs / max(mine, 1.0)
        if puppet.stiff:  # a wide thing as tall as a person would fill the picture
            ratio = min(ratio, 2.2 * other.shoulders / puppet.sprite.width)
        return float(height * ratio)
    heads = [float(np.linalg.norm(f.joints[0] - f.joints[1])) for f in (own, other)]
    ratio = 0.5 * (heads[1] / max(heads[0], 1.0) + other.shoulders / max(own.shoulders, 1.0))
    return float(height * ratio)


def _in_image(edit: Edit, found: Acting, scene: Scene) -> tuple[Clip, Paint]:
    """The character in its own image, in the image's shape."""
    fitted = fit(edit.images[0], None)
    wide, tall = fitted.size
    picture = cv2.resize(fitted.picture, fitted.size, interpolation=cv2.INTER_AREA) if fitted.picture.shape[1::-1] != fitted.size else fitted.picture  # fmt: skip
    fitted = replace(fitted, picture=np.asarray(picture, np.uint8))
    sprite, corner = _cut(fitted, "the image", scene.tick)
    cover = np.zeros((tall, wide), np.float32)
    box = slice(corner[1], corner[1] + sprite.height), slice(corner[0], corner[0] + sprite.width)
    cover[box] = sprite.alpha
    behind = filled(fitted.picture, cover)
    if not scene.sight.camera.still:
        found = found.grounded(scene.sight.camera.home, scene.sight.reel.scale)
    puppet = Puppet(sprite, hung=False)
    over = puppet.rest.tall / max(found.usual.tall, 1.0)
    if found.usual.whole:
        over = sprite.height / max(_height(found), 1.0)
    shift = np.array(corner, np.float64)
    footing = found.usual.whole and corner[1] + sprite.height < 0.99 * tall
    if footing:
        way, share = _held(poses(found, puppet, first=True, over=over), puppet, shift, fitted.size)
    else:
        way, share = anchored(found, puppet, over), 1.0
    for note in fitted.notes:
        scene.tick.note(note)
    if share < 0.9:
        scene.tick.note(f"The image has little room about the character, so it moves {share:.0%} as far from its place as the person does.")  # fmt: skip

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del pixels, seconds
        frame = behind.copy()
        pose = way[min(index, len(way) - 1)]
        puppet.lay(frame, replace(pose, root=pose.root + shift))
        return frame

    shown = replace(scene.clip, width=wide, height=tall, pixel_aspect=Fraction(1))
    return shown, paint


def _held(
    way: list[Pose], puppet: Puppet, shift: Points, size: tuple[int, int]
) -> tuple[list[Pose], float]:
    """The poses with their places drawn in until the character stays in the picture, and by how much."""
    low = shift
    high = np.array(size) - shift - (puppet.sprite.width, puppet.sprite.height)
    slack = 0.02 * np.array(size)
    gone = np.stack([pose.root for pose in way]) - way[0].root
    free = [
        min(1.0, (low + slack)[k] / max(-gone[:, k].min(), 1e-6), (high + slack)[k] / max(gone[:, k].max(), 1e-6))
        for k in (0, 1)
    ]  # fmt: skip
    share = np.clip(free, 0.0, 1.0)
    return [
        replace(pose, root=way[0].root + share * (pose.root - way[0].root), size=1 + float(share[1]) * (pose.size - 1))
        for pose in way
    ], float(share.min())  # fmt: skip


def _height(found: Acting) -> float:
    return float(found.usual.joints[[5, 8], 1].max() - found.usual.joints[0, 1])


def _chained(first: Paint, second: Paint) -> Paint:
    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        return second(first(pixels, index, seconds), index, seconds)

    return paint
