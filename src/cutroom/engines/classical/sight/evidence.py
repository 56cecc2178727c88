"""How likely each small pixel shows something that is not the empty place."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.plate import Plate
from cutroom.engines.classical.sight.reel import Reel, Shelf

Float = NDArray[np.float32]

_BINS = 16


def difference(picture: Pixels, behind: Pixels, slack: int) -> Float:
    """Colour distance to the plate, grey levels, forgiving a shift of `slack` pixels."""
    now = cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0), cv2.COLOR_RGB2LAB)
    then = cv2.cvtColor(cv2.GaussianBlur(behind, (3, 3), 0), cv2.COLOR_RGB2LAB)
    kernel = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    low, high = cv2.erode(then, kernel), cv2.dilate(then, kernel)
    away = np.maximum(cv2.subtract(now, high), cv2.subtract(low, now)).astype(np.float32)
    exposure = np.median(now[..., 0].astype(np.int16) - then[..., 0])
    if abs(exposure) > 1:  # the light changed everywhere at once: not a thing that moved
        shifted = np.clip(now[..., 0] - exposure, 0, 255).astype(np.uint8)
        away[..., 0] = np.maximum(
            cv2.subtract(shifted, high[..., 0]), cv2.subtract(low[..., 0], shifted)
        )
    return np.asarray(np.sqrt((away * away * (0.8, 2.2, 2.2)).sum(axis=2)), np.float32)


def thresholds(reel: Reel, plate: Plate, slack: int) -> tuple[float, float]:
    """(surely place below, surely thing above), from the noise of this clip."""
    calm = []
    for index in reel.sample(12):
        away = difference(reel[index], plate.behind(index), slack)
        calm.append(np.percentile(away, 60))
    low = max(7.0, 3.5 * float(np.median(calm)))
    return low, max(2.4 * low, 24.0)


def colours(pictures: list[Pixels], masks: list[NDArray[np.bool_]]) -> Float:
    """Share of each colour among the masked pixels: a smoothed histogram (16, 16, 16) of RGB."""
    counts = np.zeros((_BINS,) * 3, np.float32)
    for picture, mask in zip(pictures, masks, strict=True):
        index = (picture[mask] >> 4).astype(np.int32)
        np.add.at(counts, (index[:, 0], index[:, 1], index[:, 2]), 1)
    for axis in range(3):
        wider = np.pad(counts, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
        take = [np.take(wider, range(k, k + _BINS), axis=axis) for k in range(3)]
        counts = 0.25 * take[0] + 0.5 * take[1] + 0.25 * take[2]
    return np.asarray(counts / max(float(counts.sum()), 1), np.float32)


def look_up(histogram: Float, picture: Pixels) -> Float:
    """The histogram's value for every pixel."""
    index = picture >> 4
    return np.asarray(histogram[index[..., 0], index[..., 1], index[..., 2]], np.float32)


def telling(reel: Reel, plate: Plate, slack: int) -> Float:
    """How much each colour (16, 16, 16) speaks for `thing` (+) or `place` (-), natural log units."""
    high = thresholds(reel, plate, slack)[1]
    picks = reel.sample(16)
    firm = [_firm(reel[i], plate.behind(i), slack, high) for i in picks]
    pictures = [reel[i] for i in picks]
    thing = colours(pictures, firm)
    place = colours(pictures, [~_grow(mask, 5) for mask in firm])
    return np.asarray(np.log((thing + 2e-5) / (place + 2e-5)).clip(-2.5, 2.5), np.float32)


def doubtful(reel: Reel, plate: Plate, slack: int, picks: list[int]) -> list[NDArray[np.bool_]]:
    """Where each picked frame may have smeared the plate: thing-coloured, and about movement.

    A thing that stays in one spot most of the time is part of the first median; leaving out what
    has its colours lets a second median see past it.
    """
    ratio = telling(reel, plate, slack)
    low, high = thresholds(reel, plate, slack)
    about = np.zeros((reel.height, reel.width), bool)
    masks = []
    for index in picks:
        firm = _rooted(difference(reel[index], plate.behind(index), slack), low, high)
        about |= firm
        masks.append(firm)
    near = _grow(about, 9)
    if plate.pixels.shape[1::-1] != plate.size:  # a moving camera carries the spot along
        near = np.ones_like(near)
    hidden = []
    for index in picks:
        thingly = cv2.GaussianBlur(look_up(ratio, reel[index]), (0, 0), 1.2) > 0.5
        hidden.append(np.asarray(thingly & near, np.bool_))
    return hidden


def weigh(reel: Reel, plate: Plate, slack: int, tick: Tick) -> Shelf:
    """Likelihood of `thing` for every frame, 0..255: difference, then colour where it is near."""
    low, high = thresholds(reel, plate, slack)
    ratio = telling(reel, plate, slack)
    shelf = Shelf(len(reel), reel.height, reel.width)
    for index in range(len(reel)):
        picture, behind = reel[index], plate.behind(index)
        away = difference(picture, behind, slack)
        strong = _rooted(away, low, high)
        near = cv2.GaussianBlur(strong.astype(np.float32), (0, 0), 3.0)
        odds = 5.0 * np.clip((away - low) / (high - low), 0, 1) - 2.2
        odds += np.where(strong, 1.0, -1.0) + look_up(ratio, picture) * np.clip(near * 2.2, 0, 0.9)
        odds = np.where(near < 0.02, -4, odds)
        chance = (1 / (1 + np.exp(-1.6 * odds))).astype(np.float32)
        guided = cv2.ximgproc.guidedFilter(picture, chance, 4, 180.0)
        shelf[index] = np.clip(guided * 255, 0, 255).astype(np.uint8)
        if index % 8 == 0:
            tick(0.0)
    return shelf


def _firm(picture: Pixels, behind: Pixels, slack: int, high: float) -> NDArray[np.bool_]:
    """Where the difference leaves no doubt."""
    return np.asarray(difference(picture, behind, slack) > high, np.bool_)


def _rooted(away: Float, low: float, high: float) -> NDArray[np.bool_]:
    """Pixels above the middle that hang together with some above the high bar; holes filled."""
    above = (away > 0.5 * (low + high)).astype(np.uint8)
    middle = cv2.morphologyEx(above, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(middle)
    keep = np.zeros(count, bool)
    tall, size = away > high, np.bincount(labels.ravel(), minlength=count)
    keep[np.unique(labels[tall & (middle > 0)])] = True
    keep &= size >= 12
    keep[0] = False
    return fill(keep[labels])


def fill(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with its holes closed, unless they are large (then they are real)."""
    holes = (~mask).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < 0.12 * mask.sum()
    small[0] = False
    return np.asarray(mask | small[labels], np.bool_) if count > 1 else mask


def _grow(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0, np.bool_)
