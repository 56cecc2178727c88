"""The surface of a thing that can get another colour: where it is, and which colour it has."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.coloured import Region
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.engines.classical.sight.subject import Subject
from cutroom.engines.classical.sprites.hole import darker
from cutroom.errors import CannotDo

Float = NDArray[np.float32]
Window = tuple[slice, slice]

_MAIN = 0.4
"""Least share of a thing that its main colour must have."""
_PLAIN = ("black", "grey", "white")
_HUES = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")


@dataclass(frozen=True)
class Coat:
    """What of every frame has the colour that goes."""

    bounds: Shelf
    """Where it may be, small planes, 0..255."""
    membership: Callable[[Float], Float]
    """Float Lab (height, width, 3) -> how much each pixel has the colour, 0..1."""
    rgb: NDArray[np.float32]
    """The colour as the clip has it, code values (3,)."""
    name: str
    """The nearest name of `palette`."""

    def share(self, pixels: Pixels, index: int) -> tuple[Window, Float] | None:
        """(a window of the frame, how much of each of its pixels is the coat), None where there is none."""
        height, width = pixels.shape[:2]
        bound = self.bounds[index]
        rows, columns = np.flatnonzero(bound.any(axis=1)), np.flatnonzero(bound.any(axis=0))
        if len(rows) == 0:
            return None
        down, across = height / bound.shape[0], width / bound.shape[1]
        window = (
            slice(int(max(rows[0] - 2, 0) * down), int(min((rows[-1] + 3) * down, height))),
            slice(
                int(max(columns[0] - 2, 0) * across), int(min((columns[-1] + 3) * across, width))
            ),
        )
        part = np.ascontiguousarray(pixels[window]).astype(np.float32) / 255
        lab = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2LAB), np.float32)
        near = cv2.resize(bound, (width, height), interpolation=cv2.INTER_LINEAR)[window]
        share = self.membership(lab) * np.clip(near.astype(np.float32) / 128, 0, 1)
        return window, np.asarray(cv2.GaussianBlur(share, (3, 3), 0), np.float32)


def of_region(region: Region) -> Coat:
    """The coat of a thing that was found by its colour."""
    lab = np.array([region.lightness, *region.ab], np.float32).reshape(1, 1, 3)
    rgb = 255 * cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)[0, 0]
    return Coat(region.small, region.membership, np.asarray(rgb, np.float32), region.name)


def of_subject(subject: Subject, sight: Sight, what: str, tick: Tick) -> Coat:
    """The coat of a thing that was found otherwise: its main colour, within its matte.

    Raises CannotDo where it has no colour that most of it has.
    """
    pixels = _inside(subject, sight.reel)
    if len(pixels) < 50:
        raise CannotDo(f"Too little of {what} is seen in the clip to tell its colour.")
    lab = cv2.cvtColor((pixels / np.float32(255))[None], cv2.COLOR_RGB2LAB)[0]
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.arctan2(lab[:, 2], lab[:, 1])
    rich = chroma > 20
    mine = rich & (_apart(hue, _peak(hue[rich])) < 0.5) if rich.mean() >= _MAIN else ~rich
    if mine.mean() < _MAIN:
        raise CannotDo(
            f"No one colour covers most of {what} ({mine.mean():.0%} at most, {_MAIN:.0%} needed). Name the"
            " part and its colour, e.g. “make the red shirt blue”."
        )
    bounds = Shelf(len(sight.reel), sight.reel.height, sight.reel.width)
    for index in range(len(sight.reel)):
        bounds[index] = np.where(_shaded(sight, index), 0, subject.small(index)).astype(np.uint8)
        if index % 8 == 0:
            tick(0.0)
    return _main(lab[mine], chroma[mine], bounds)


def _main(lab: Float, chroma: Float, bounds: Shelf) -> Coat:
    """The coat of pixels (n, 3) of one colour."""
    colour = np.median(lab, axis=0).astype(np.float32)
    rgb = 255 * cv2.cvtColor(colour.reshape(1, 1, 3), cv2.COLOR_LAB2RGB)[0, 0]
    light = float(colour[0])
    if chroma.mean() <= 20:
        name = min(_PLAIN, key=lambda n: abs(float(_lab(n)[0]) - light))
        return Coat(bounds, _greyish(light), np.asarray(rgb, np.float32), name)
    floor = max(14.0, 0.5 * float(np.median(chroma)))
    region = Region(bounds, colour[1:].astype(float), light, 0.45, floor, "")
    hue = float(np.arctan2(colour[2], colour[1]))
    name = min(_HUES, key=lambda n: float(_apart(np.array(_hue(n)), hue)))
    return Coat(bounds, region.membership, np.asarray(rgb, np.float32), name)


def _peak(hue: NDArray[np.floating]) -> float:
    """The commonest hue, radians."""
    counts, edges = np.histogram(hue, 24, (-np.pi, np.pi))
    best = int((counts + np.roll(counts, 1) + np.roll(counts, -1)).argmax())
    return float(edges[best] + edges[best + 1]) / 2


def _greyish(lightness: float) -> Callable[[Float], Float]:
    """The membership of what is about as grey and as light."""

    def membership(lab: Float) -> Float:
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        plain = 1 - np.clip((chroma - 20) / 12, 0, 1)
        # Shade and light are of it; tyres, panes and prints on it are not.
        close = 1 - np.clip((np.abs(lab[..., 0] - lightness) - 26) / 14, 0, 1)
        shine = np.clip((lab[..., 0] - lightness) / 10, 0, 1)
        return np.asarray(plain * np.maximum(close, shine), np.float32)

    return membership


def _shaded(sight: Sight, index: int) -> NDArray[np.bool_]:
    """Where the place is seen in less light: the shadow, which a matte has with the thing."""
    slack = 0 if sight.camera.still else 1
    picture, behind = sight.reel[index], sight.plate.behind(index)
    dark = darker(picture, behind, 4.0, slack).astype(np.uint8)
    return np.asarray(
        cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0, np.bool_
    )


def _inside(subject: Subject, reel: Reel) -> NDArray[np.uint8]:
    """Pixels (n, 3) that surely belong to a thing, from all over the clip."""
    found = []
    for index in reel.sample(9):
        core = cv2.erode((subject.small(index) > 200).astype(np.uint8), np.ones((3, 3), np.uint8))
        found.append(reel[index][core > 0])
    return np.asarray(np.concatenate(found), np.uint8)


def _apart(hue: NDArray[np.floating], other: float) -> NDArray[np.floating]:
    """Radians between hues, 0..pi."""
    return np.asarray(np.abs((hue - other + np.pi) % (2 * np.pi) - np.pi))


def _lab(name: str) -> Float:
    colour = (palette.rgb(name) / 255).reshape(1, 1, 3).astype(np.float32)
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2LAB)[0, 0], np.float32)


def _hue(name: str) -> float:
    lab = _lab(name)
    return float(np.arctan2(lab[2], lab[1]))
