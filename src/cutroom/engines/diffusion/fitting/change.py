"""Where a model's film really differs from the clip: only there is it shown.

A model makes every pixel anew, so all of them differ a little: softer, a shade off, moved by part of a
pixel. A change is what differs by more than that, in tone or in what texture is there, once the film's
colours are brought to the clip's. It must be plain somewhere (hysteresis), in more than a speck, and for
more than a moment; then it counts as far as it can be followed, in the frame and from frame to frame.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Share, Tick
from cutroom.engines.diffusion.family import Film, Pixels
from cutroom.engines.diffusion.fitting.evidence import STEPS, evidence
from cutroom.engines.diffusion.fitting.reel import Frames
from cutroom.engines.diffusion.fitting.shade import Shade

Matte: TypeAlias = NDArray[np.uint8]
"""(height, width) of half the model's size; 255 where the film differs, 0 where it is the clip."""
Mask: TypeAlias = NDArray[np.bool_]

_PLAIN = (12.0, 28.0)
"""Grey levels from which a difference is plain: between these, by how much the film differs anyway."""
_NOISE = 6.0
"""Times the usual difference that a plain one is."""
_FAINT = 0.4
"""Share of a plain difference that is followed from one."""
_SPECK = 0.0004
"""Share of the frame below which a plain difference is none."""
_WHOLE = 0.5
"""Share of the picture from which the change is one of the whole picture."""
_NOTHING = 0.0005
"""Share below which nothing in particular has changed."""
_SAMPLES = 24
"""Frames by which the film's colours are compared with the clip's."""


_SHADE = (10.0, 16.0)
"""Grey levels by which the film's colours may be off in the mean, and in the worst twentieth, and nobody asked for it."""
_MARGIN, _FEATHER = 0.006, 0.012
"""Shares of the longer side: how far around a change the film is shown, and over how much it fades out."""


class Store(Frames, Protocol):
    """Where planes are put by their index."""

    def __setitem__(self, index: int, plane: NDArray[np.uint8], /) -> None:
        """Put one."""


class Rooms(NamedTuple):
    """Room for planes of half the model's size, one for each frame."""

    evidence: Store
    mattes: Store


@dataclass(frozen=True)
class Change:
    """What is different between a clip and a film of the same frames."""

    mattes: Frames
    shade: Shade
    """From the colours of the model's film to the clip's, where nothing has changed."""
    plain: float
    """Steps of evidence from which a difference is plain."""
    kept: float
    """Share 0..1 of the picture, over all frames, that is the clip's own; 0 where the whole picture has changed."""
    nothing: bool = False
    """Whether no change was found at all. The model's frames are shown all the same: it may be a small one."""

    @property
    def whole(self) -> bool:
        """Whether the model's frames are to be shown as they are."""
        return self.kept == 0

    def between(self, before: int, after: int, source: Pixels, made: Pixels) -> Matte:
        """The matte of a frame that lies between two of the model's."""
        about = np.maximum(self.mattes[before], self.mattes[after])
        if not about.any():
            return about
        found = evidence(source, made, self.shade)
        region = _grown(found >= self.plain, found >= self.plain * _FAINT)
        return np.maximum(about, _soft(region))


def change(source: Frames, made: Frames, rooms: Rooms, tick: Tick) -> Change:
    """Compare the frames that a model was given with those it made.

    A shade of difference everywhere is the model's own fault, unless there is no other change: then
    it is what was asked for, and the whole picture has changed.
    """
    count = len(made)
    some = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _SAMPLES))})
    film = np.stack([made[i] for i in some])
    shade = Shade.between(film, np.stack([source[i] for i in some]))
    if not _slight(shade, film):
        return Change(rooms.mattes, shade, 0.0, 0.0)
    usual = []
    for index in range(count):
        found = evidence(source[index], made[index], shade)
        rooms.evidence[index] = found
        usual.append(float(np.median(found)))
        tick(0.6 * (index + 1) / count)
    least, most = _PLAIN
    plain = STEPS * min(max(_NOISE * float(np.median(usual)) / STEPS, least), most)
    share = _regions(rooms, plain, Share(tick, 0.6, 0.9))
    if not _NOTHING <= share <= _WHOLE:
        return Change(rooms.mattes, shade, plain, 0.0, nothing=share < _NOTHING)
    kept = _mattes(rooms.mattes, Share(tick, 0.9, 1.0))
    return Change(rooms.mattes, shade, plain, kept)


def _slight(shade: Shade, film: Film) -> bool:
    """Whether colours are off by no more than making everything anew does to them, where there are such colours."""
    some = film[:, ::8, ::8].reshape(-1, 3).astype(np.float32)
    off = np.abs(some * np.array(shade.gain) + np.array(shade.offset) - some)
    mean, worst = _SHADE
    return bool(
        (off.mean(axis=0) <= mean).all() and (np.quantile(off, 0.95, axis=0) <= worst).all()
    )


def _regions(rooms: Rooms, plain: float, tick: Tick) -> float:
    """Follow plain differences through each frame, and on and back in time; the mean share that they fill."""
    found, kept = rooms
    count = len(found)
    for forth in (True, False):
        beside: Mask | None = None
        shares = []
        for place in range(count):
            index = place if forth else count - 1 - place
            here = _calmed(found, index)
            faint = here >= plain * _FAINT
            seeds = _specks_gone(here >= plain) if forth else kept[index] > 0
            if beside is not None:
                seeds = seeds | (beside & faint)
            beside = _grown(seeds, faint | seeds)
            kept[index] = np.where(beside, 255, 0).astype(np.uint8)
            shares.append(float(beside.mean()))
            tick((place + 1 + (0 if forth else count)) / (2 * count))
    return float(np.mean(shares))


def _calmed(found: Frames, index: int) -> NDArray[np.float32]:
    """Evidence with that of the frames about it, so that a moment's noise is none."""
    last = len(found) - 1
    one, own, other = (
        found[min(max(at, 0), last)].astype(np.float32) for at in (index - 1, index, index + 1)
    )
    return np.asarray((one + 2 * own + other) / 4, np.float32)


def _specks_gone(plain: Mask) -> Mask:
    number, labels, stats, _ = cv2.connectedComponentsWithStats(plain.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= max(_SPECK * plain.size, 4)
    large[0] = False
    return np.asarray(large[labels] if number > 1 else plain, np.bool_)


def _grown(seeds: Mask, within: Mask) -> Mask:
    """The connected parts of a mask that hold a seed."""
    number, labels = cv2.connectedComponents(within.astype(np.uint8))
    held = np.zeros(number, np.bool_)
    held[labels[seeds]] = True
    held[0] = False
    return np.asarray(held[labels], np.bool_)


def _soft(region: Mask) -> Matte:
    """The region with a margin about it, its small holes filled, fading out."""
    if not region.any():
        return np.zeros(region.shape, np.uint8)
    margin, feather = (max(share * max(region.shape), 2.0) for share in (_MARGIN, _FEATHER))
    far = cv2.distanceTransform(np.where(region, 0, 255).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(255 * np.clip((margin + feather - far) / feather, 0, 1), np.uint8)


def _mattes(kept: Store, tick: Tick) -> float:
    """Regions made into mattes that change little from frame to frame; the share of the picture left to the clip.

    A matte is the mean of three that are each the largest of three: never less than its own frame's.
    """
    count = len(kept)
    soft: dict[int, Matte] = {}
    left = 0.0
    for index in range(count):
        for ahead in range(index, min(index + 3, count)):
            if ahead not in soft:
                soft[ahead] = _soft(kept[ahead] > 0)
        largest = [
            np.maximum.reduce([soft[i] for i in range(max(at - 1, 0), min(at + 2, count))])
            for at in (max(index - 1, 0), index, min(index + 1, count - 1))
        ]
        matte = np.mean(largest, axis=0, dtype=np.float32)
        soft.pop(index - 2, None)
        kept[index] = np.asarray(np.ceil(matte), np.uint8)
        left += float((matte == 0).mean())
        tick((index + 1) / count)
    return left / count
