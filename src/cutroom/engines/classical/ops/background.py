"""Background: everything behind the subject becomes a drawn place or `@Image1`, with the light matched."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.scenes.backdrop import Canvas, Hour
from cutroom.engines.classical.scenes.panned import Panned, panned
from cutroom.engines.classical.scenes.places import NOUNS, PATTERN, PLACES, understand
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.evidence import colours, look_up
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.sight.subject import Cut
from cutroom.engines.classical.sight.things import surroundings
from cutroom.engines.classical.sprites.composed import composed
from cutroom.engines.classical.sprites.hole import whole
from cutroom.engines.classical.sprites.sprite import shadow
from cutroom.errors import CannotDo
from cutroom.media.images import load

_BEHIND = r"(?:the |its |this )?(?:background|backdrop|location|scenery|surroundings)(?: of (?:the|this) (?:video|clip|scene|footage))?"
_MENTION = r"@image(?P<image>\d+)"
_WHO = r"(?:the )?(?:subject|person|man|woman|girl|boy|child|dog|cat|animal|car|bird|birds|player|dancer|character|main character|scene|it|him|her|them)"
_TO = rf"(?P<place>{PATTERN})"


def _forms(target: str) -> tuple[str, ...]:
    """The ways to ask for a background, `target` being what it should become."""
    return (
        rf"(?:change|replace|swap|switch|turn|transform|set|make) {_BEHIND} (?:to be|to|with|into|for|by|as) {target}",
        rf"make {_BEHIND}(?: look like)? {target}",
        rf"{_BEHIND} (?:should be|to be|becomes|should become|must be|is to be|should look like) {target}",
        rf"(?:the |a )?new (?:background|backdrop) ?:? {target}",
        rf"(?:set|place|put) (?:it|this|everything|(?:the )?(?:scene|video|clip|action|story)) (?:in|on|at) {target}",
        rf"(?:put|place|move|set|transport) (?:{_WHO}|us|me|everyone|everybody) (?:in front of|on|onto|in|into|at|to|under|against) {target} instead of (?:the|this|that) (?:current |old |original )?(?:background|place|backdrop)",
        rf"(?:use|put|set|place|show) (?:the )?(?:picture|image|photo) {target} behind {_WHO}",
        rf"{target} (?:replaces|as|becomes) {_BEHIND}",
        rf"(?:use|put|set|place) {target} (?:as|in|into|behind) (?:a |the )?(?:new )?(?:background|backdrop|{_WHO})",
        rf"(?:put|place|move|set|transport) {_WHO} (?:in front of|on|onto|in|into|at|to|under|against) {target}",
        rf"(?:give it|add|use) {target}",
    )


class _Cut(Protocol):
    """Whatever tells subject from background in every frame."""

    def matte(self, pixels: Pixels, index: int) -> NDArray[np.float32]:
        """The matte 0..1."""


@dataclass(frozen=True, slots=True)
class Background:
    """Another place behind the subject: a drawn one, or a picture that came with the request."""

    place: str = ""
    hour: Hour = "day"
    image: int = 0
    """The number of the `@Image`; 0: the drawn place."""
    name: ClassVar[str] = "background"
    stage: ClassVar[Stage] = Stage.BACKGROUND
    hint: ClassVar[str] = rf"@image|{NOUNS}"
    choices: ClassVar[Mapping[str, Collection[str]]] = {"place": ("", *PLACES)}
    bounds: ClassVar[Mapping[str, tuple[float, float]]] = {"image": (0, 9)}
    examples: ClassVar[tuple[str, ...]] = (
        "Change the background to a sunset beach",
        "replace the background with @Image1",
        "put the dog on a tropical beach at sunset",
        "make the background a snowy mountain landscape",
        "change the background to a city at night",
        "use @Image1 as the background",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Readings of every place or picture asked for as a background."""
        # The forms take their time to compile, so first a look whether any could match.
        for form in _forms(_MENTION)[:-1] if "@image" in said.text else ():
            for found in said.find(form):
                yield Reading(cls(image=int(found.groups["image"] or 0)), found.words)
        # `add @Image1` is no wish for a background; `add a beach background` is.
        for form in _forms(_TO) if re.search(PATTERN, said.text) else ():
            for found in said.find(form):
                told = found.groups["place"] or ""
                if form.startswith("(?:give it") and not re.search(r"background|backdrop", told):
                    continue
                if place := understand(told):
                    yield Reading(cls(*place), found.words)

    def say(self) -> str:
        """The place in words."""
        if self.image:
            return f"background replaced by @Image{self.image}"
        at = {"day": "by day", "sunset": "at sunset", "night": "at night"}[self.hour]
        return f"background replaced by a drawn place: {self.place} {at}"

    def seek(self, sight: Sight) -> None:
        """Every shot has a background."""
        del sight

    def prepare(self, scene: Scene) -> Paint:
        """Find the subject, build the place, and match light. Raises CannotDo where there is no clean matte."""
        cut, behind = _subject(scene)
        size = (scene.clip.width, scene.clip.height)
        path = panned(scene.sight.camera, size, scene.sight.reel.scale)
        if path.share < 1:
            scene.tick.note(
                "The camera moves further than the new background reaches; it goes along with"
                f" {path.share:.0%} of the motion."
            )
        backdrop = self._backdrop(scene, path, path.feet(_feet(cut, scene)))
        light = self._light(scene)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            alpha = cut.matte(pixels, index)
            ground = backdrop(index, seconds).copy()
            if isinstance(cut, Cut):
                _touch(ground, cut, index)
            return composed(pixels, behind(pixels, index), ground, alpha, light)

        return paint

    def _light(self, scene: Scene) -> NDArray[np.float32]:
        """How the subject is tinted to stand in the place's light, (3,)."""
        if self.image:
            middle = scene.sight.reel[len(scene.sight.reel) // 2]
            return _between(middle, self._picture(scene))
        table = {"day": (1.0, 1.0, 1.0), "sunset": (1.04, 0.88, 0.78), "night": (0.56, 0.62, 0.78)}
        tint = np.array(table[self.hour], np.float32)
        return (
            tint * np.array((0.72, 0.92, 1.0), np.float32) if self.place == "underwater" else tint
        )

    def _backdrop(self, scene: Scene, path: Panned, feet: float) -> Callable[[int, float], Pixels]:
        """(index, seconds) -> the place as a frame sees it."""
        wide, tall = path.canvas
        if self.image:
            still = covering(self._picture(scene), wide, tall)
            return path.seen(lambda _: still, (wide, tall))
        # Past full HD, or past the area of a frame, a soft background is drawn smaller and
        # enlarged: nobody can tell, and a wide one costs no more than a narrow one.
        area = (path.size[0] * path.size[1] / (wide * tall)) ** 0.5
        shrink = min(1.0, 1920 / max(path.size), max(area, 0.7))
        size = (round(wide * shrink), round(tall * shrink))
        return path.seen(PLACES[self.place](Canvas(*size, self.hour, scene.seed, feet)), size)

    def _picture(self, scene: Scene) -> Pixels:
        """The `@Image`. Raises CannotDo where it was not attached."""
        if self.image > len(scene.edit.images):
            raise CannotDo(f"@Image{self.image} is mentioned but was not attached.")
        return np.ascontiguousarray(load(scene.edit.images[self.image - 1])[..., :3])


def _between(old: Pixels, new: Pixels) -> NDArray[np.float32]:
    """Factors (3,) part of the way from the light of one place to that of another."""
    here, there = (np.asarray(p.reshape(-1, 3).mean(axis=0), np.float32) + 8 for p in (old, new))
    ratio = there / here
    bright = float(ratio.mean())
    tint = (ratio / bright) ** 0.35 * bright**0.3
    return np.asarray(np.clip(tint, 0.72, 1.15), np.float32)


def _subject(scene: Scene) -> tuple[_Cut, Callable[[Pixels, int], Pixels]]:
    """(what tells the subject apart, what was behind it); movers first, else still things."""
    sight = scene.sight
    if sight.movers.found and sight.movers.found[0].mass > 0.004 * sight.area * len(sight.reel):
        subject = _solid(sight.foreground(), sight.reel)
        plate = sight.full_plate

        def without(pixels: Pixels, index: int) -> Pixels:
            del pixels
            return plate.behind(index)

        return subject, without

    def around(pixels: Pixels, index: int) -> Pixels:
        del index
        return surroundings(pixels)

    try:
        standing = sight.standing
    except (
        CannotDo
    ) as why:  # not dark before something smooth; perhaps it stands out by its colours
        try:
            return sight.foreground(), around
        except CannotDo:
            raise why from None
    scene.tick.note(
        "Nothing crosses the picture; what stands out before the smooth background was kept."
    )
    return standing, around


def _solid(cut: Cut, reel: Reel) -> Cut:
    """The subject without the gaps that its own colours fill: the new place would be seen through them.

    A gap of the place's colours, say between legs, stays one.
    """
    picks = reel.sample(8)
    pictures = [reel[i] for i in picks]
    mine = colours(pictures, [cut.small(i) > 200 for i in picks])
    place = colours(pictures, [cut.small(i) < 20 for i in picks])
    odds = np.log((mine + 2e-5) / (place + 2e-5)).astype(np.float32)

    def plane(index: int) -> NDArray[np.uint8]:
        small = cut.small(index)
        inner = cv2.erode(whole(small > 110), np.ones((5, 5), np.uint8))
        own = cv2.GaussianBlur(look_up(odds, reel[index]), (0, 0), 1.5) > 0
        return np.asarray(np.where(own, cv2.max(small, inner), small), np.uint8)

    return replace(cut, plane=plane)


def _feet(cut: _Cut, scene: Scene) -> float:
    """Where the highest feet stand, share of the height; the lower edge where nothing stands."""
    if not isinstance(cut, Cut):
        return 1.0
    small = scene.sight.reel.height
    soles = [box[3] / small for mover in cut.movers for box in mover.boxes.values()]
    high = float(np.percentile(soles, 10)) if soles else 1.0
    if high < 0.5:
        scene.tick.note(
            "The subject reaches above the horizon of the new background and may seem to float;"
            " the clip looks down on it, the background does not."
        )
    return high


def _touch(ground: Pixels, subject: Cut, index: int) -> None:
    """A soft shadow on the new ground under everything that stands in the picture, in place."""
    height = ground.shape[0]
    for mover in subject.movers:
        box = mover.boxes.get(index)
        if box is None:
            continue
        across, down = subject.scale
        x0, x1, bottom = box[0] * across, box[2] * across, box[3] * down
        if 0.45 * height < bottom < 0.985 * height:
            wide = 0.5 * (x1 - x0)
            shadow(ground, ((x0 + x1) / 2, bottom - 2 * down), (wide, max(0.14 * wide, 3)), 0.42)


def covering(image: Pixels, width: int, height: int) -> Pixels:
    """The image scaled and cropped in the middle to fill a frame."""
    scale = max(width / image.shape[1], height / image.shape[0])
    size = (max(width, round(image.shape[1] * scale)), max(height, round(image.shape[0] * scale)))
    grown = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(grown[top : top + height, left : left + width], np.uint8)
