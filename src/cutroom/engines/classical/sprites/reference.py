"""A mentioned image or element as something that can stand in a scene."""

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sprites.cutout import cut_out
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo
from cutroom.types import Edit


@dataclass(frozen=True)
class Likeness:
    """The views of a reference: the frontal one and, of an element, those turned to either side."""

    frontal: Sprite
    left: Sprite | None = None
    """Looking to the left."""
    right: Sprite | None = None

    @property
    def upright(self) -> bool:
        """Whether it stands on its feet, as people do, rather than being a thing or a beast."""
        return self.frontal.height > 1.5 * self.frontal.width

    def view(self, heading: int) -> Sprite:
        """The view for a heading: -1 left, 1 right, 0 towards the camera."""
        if heading < 0:
            return self.left or (self.right.mirrored() if self.right else self._turned(-1))
        if heading > 0:
            return self.right or (self.left.mirrored() if self.left else self._turned(1))
        return self.frontal

    def matched(self, place: Pixels, tall: float, heading: int) -> Sprite:
        """The view, `tall` pixels tall, its light drawn some way towards that of the place."""
        sprite = self.view(heading).sized(tall)
        solid = sprite.alpha > 0.5
        if not solid.any():
            return sprite
        own = cv2.cvtColor(sprite.pixels, cv2.COLOR_RGB2LAB)[solid].astype(np.float64)
        there = cv2.cvtColor(place, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float64)
        bright = np.percentile(there[:, 0], 90) / max(float(np.percentile(own[:, 0], 90)), 1.0)
        gain = float(np.clip(bright**0.4, 0.72, 1.15))
        cast = (there.mean(axis=0) - 128)[1:] * 0.18
        tint = np.array([cast[0] + 0.5 * cast[1], -0.5 * cast[0] + 0.2 * cast[1], -cast[1]])
        return sprite.graded(gain, np.clip(tint, -14, 14))

    def _turned(self, heading: int) -> Sprite:
        """The frontal view, mirrored where it looks away from where it goes."""
        return self.frontal.mirrored() if leaning(self.frontal) * heading < 0 else self.frontal


def likeness(mention: str, edit: Edit) -> Likeness:
    """The reference a mention names, cut out. Raises CannotDo where it is missing or cannot be cut."""
    kind, number = re.fullmatch(r"@(image|element)(\d+)", mention).groups()  # type: ignore[union-attr]  # the grammar made it
    at = int(number) - 1
    name = f"@{kind.capitalize()}{number}"
    held = edit.images if kind == "image" else edit.elements
    if not 0 <= at < len(held):
        raise CannotDo(f"{name} is mentioned but was not attached.")
    if kind == "image":
        return Likeness(cut_out(edit.images[at], name))
    element = edit.elements[at]
    sides: dict[int, Sprite] = {}
    for angle in element.angles:
        sprite = cut_out(angle, name)
        sides.setdefault(1 if leaning(sprite) > 0 else -1, sprite)
    return Likeness(cut_out(element.frontal, name), sides.get(-1), sides.get(1))


def leaning(sprite: Sprite) -> float:
    """Which way a figure looks: > 0 right, < 0 left, 0 not known.

    Toes go before shins; else skin in the head tells a face from the back of a head; without any, the
    heavy end is the front.
    """
    height = sprite.height
    solid = sprite.alpha > 0.5
    head = slice(0, max(2, round(0.22 * height)))
    ycc = cv2.cvtColor(sprite.pixels[head], cv2.COLOR_RGB2YCrCb)
    skin = (
        (ycc[..., 1] > 138)
        & (ycc[..., 1] < 178)
        & (ycc[..., 2] > 85)
        & (ycc[..., 2] < 128)
        & (ycc[..., 0] > 60)
    )
    skin &= solid[head]
    columns = np.arange(sprite.width)
    whole = float((solid[head] * columns).sum()) / max(float(solid[head].sum()), 1)
    upright = height > 1.5 * sprite.width
    skin = _largest(skin)  # the face; an ear on the far side is skin too
    if upright and abs(ahead := _toes(solid)) > 0.06:
        return ahead
    if upright and skin.sum() > 0.06 * solid[head].sum():
        return (float((skin * columns).sum()) / float(skin.sum()) - whole) / sprite.width
    rows = solid.sum(axis=0).astype(float)
    bulk = float((rows * columns).sum()) / max(float(rows.sum()), 1)
    offset = bulk / sprite.width - 0.5  # the heavy end leads: a cockpit, a chest, not a tail
    return offset if abs(offset) > 0.02 else 0.0


def _toes(solid: NDArray[np.bool_]) -> float:
    """How far the feet go before the shins, as a share of the width; > 0 to the right."""
    height, width = solid.shape
    spots = []
    for top, bottom in ((0.92, 1.0), (0.72, 0.84)):
        columns = np.nonzero(solid[round(top * height) : max(round(bottom * height), 1)])[1]
        spots.append(float(columns.mean()) if len(columns) else width / 2)
    return float((spots[0] - spots[1]) / width)


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest piece of a mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), np.bool_)
