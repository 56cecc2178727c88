"""Regions of one colour: found by name or because they stand out, then followed through the clip."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Tick
from cutroom.engines.classical.colour import palette
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.reel import Reel, Shelf
from cutroom.errors import CannotDo

Float = NDArray[np.float32]

LEAST = 0.0015
"""Share of a frame below which a colour does not count as found."""
MOST = 0.6
"""Share above which it is the picture rather than a thing in it."""
_SKIN = 40
"""Lab chroma that skin does not reach."""
_SECTORS = 24
"""Parts of the hue circle that are told apart when no colour was named."""


@dataclass(frozen=True)
class Region:
    """A coloured thing in every frame."""

    small: Shelf
    """255 where it may be, with a margin, per small frame."""
    ab: NDArray[np.float64]
    """Its colour, Lab a and b."""
    lightness: float
    """Lab L, 0..100."""
    width: float
    """Half width of its hue range, radians."""
    floor: float
    """Chroma below which a pixel is not it."""
    name: str
    """The nearest colour name."""

    def membership(self, lab: Float) -> Float:
        """0..1: how much each pixel of a float Lab picture has this colour."""
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        hue = np.arctan2(lab[..., 2], lab[..., 1]) - np.arctan2(self.ab[1], self.ab[0])
        away = np.abs((hue + np.pi) % (2 * np.pi) - np.pi)
        near = 1 - np.clip((away - self.width) / (0.45 * self.width), 0, 1)
        rich = np.clip((chroma - 0.75 * self.floor) / (0.35 * self.floor), 0, 1)
        sure = (near * rich).astype(np.float32)
        # Folds and rims are duller and lean to other hues: taken where they border on what is sure.
        reach = max(3, (lab.shape[0] // 60) | 1)
        beside = cv2.blur(cv2.dilate(sure, np.ones((reach, reach), np.uint8)), (3, 3))
        close = 1 - np.clip((away - 1.5 * self.width) / (0.6 * self.width), 0, 1)
        dull = np.clip((chroma - 0.25 * self.floor) / (0.35 * self.floor), 0, 1)
        return np.asarray(
            np.maximum(sure, np.asarray(close * dull * np.clip(2 * beside - 1, 0, 1), np.float32)),
            np.float32,
        )


def find(reel: Reel, source: str, thing: str, tick: Tick, which: str = "largest") -> Region:
    """The region of a named colour, or without a name the one that stands out.

    `which` of several pieces: `largest`, `all`, a side (`left`, ...), or `one`: there must be one.
    Raises CannotDo, naming the share found, where there is none or it cannot be told apart.
    """
    if source in palette.GREYS:
        raise CannotDo(
            f"Things that are {source} have no hue by which “the {thing}” could be told from everything else."
            " Things of a clear colour can be recoloured."
        )
    labs = [_lab(reel[i]) for i in reel.sample(9)]
    hue = _named(source) if source else _salient(labs, thing)
    seed = _seed(labs, hue, source, thing)
    region = _measured(reel, labs, seed)
    if which == "one":
        _alone(reel, region, f"{source} {thing}".strip())
    _follow(reel, region, which, tick)
    return region


def _alone(reel: Reel, region: Region, said: str) -> None:
    """Raises CannotDo where in most frames a second piece compares with the largest."""
    rivals = []
    for index in reel.sample(9):
        _, _, stats, _ = cv2.connectedComponentsWithStats(
            _mask(reel[index], region).astype(np.uint8)
        )
        sizes = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1]
        rivals.append(len(sizes) > 1 and sizes[1] > max(0.4 * sizes[0], LEAST * reel.area))
    if np.mean(rivals) > 0.5:
        raise CannotDo(
            f"More than one thing in the clip could be “the {said}”. Say which: “the left one”,"
            " “the one on the right”, or “all of them”."
        )


def _lab(pixels: Pixels) -> Float:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _named(source: str) -> float:
    """The hue of a colour name, radians in the a-b plane."""
    lab = _lab(np.array(palette.rgb(source), np.uint8).reshape(1, 1, 3))[0, 0]
    return float(np.arctan2(lab[2], lab[1]))


def _salient(labs: list[Float], thing: str) -> float:
    """The hue of the most coloured compact region. Raises CannotDo where no one stands out."""
    weights = np.zeros(_SECTORS)
    for lab in labs:
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        hue = np.arctan2(lab[..., 2], lab[..., 1])
        bar = max(28.0, 2.0 * float(np.median(chroma)))
        sector = ((hue + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
        for s in range(_SECTORS):
            near = (np.abs((sector - s + _SECTORS // 2) % _SECTORS - _SECTORS // 2) <= 1) & (
                chroma > bar
            )
            near = _inner(near)
            area = _largest_area(near)
            if area > LEAST * near.size:
                weights[s] += float(chroma[near].mean()) * min(area, 0.25 * near.size) ** 0.5
    best = int(weights.argmax())
    apart = np.abs((np.arange(_SECTORS) - best + _SECTORS // 2) % _SECTORS - _SECTORS // 2) > 3
    if weights[best] == 0 or weights[apart].max() > 0.6 * weights[best]:
        raise CannotDo(
            f"It is not clear by its colour which thing is “the {thing}”. Name the colour it has,"
            f" e.g. “make the red {thing} …”."
        )
    return (best + 0.5) / _SECTORS * 2 * np.pi - np.pi


def _inner(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pieces that hardly touch the frame's edge: walls and floors run out of the picture, things do not."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.bincount(edge, minlength=count)
    round_about = np.sqrt(stats[:, cv2.CC_STAT_AREA].astype(float))
    keep = touching < 0.25 * round_about
    keep[0] = False
    return np.asarray(keep[labels], np.bool_)


def _largest_area(mask: NDArray[np.bool_]) -> int:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0


def _seed(labs: list[Float], hue: float, source: str, thing: str) -> list[NDArray[np.bool_]]:
    """The largest piece of about the right hue in each frame. Raises CannotDo where it is too small."""
    masks, shares = [], []
    for lab in labs:
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        away = np.arctan2(lab[..., 2], lab[..., 1]) - hue
        away = np.abs((away + np.pi) % (2 * np.pi) - np.pi)
        near = ((away < 0.48) & (chroma > 24)).astype(np.uint8)
        mask = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
        masks.append(np.asarray(labels == best if best else np.zeros_like(mask, bool), np.bool_))
        shares.append(float(masks[-1].mean()))
    share = float(np.max(shares))
    said = f"{source} {thing}" if source else thing
    if share < LEAST:
        raise CannotDo(
            f"No {said} was found: its colour covers {share:.2%} of the picture at most ({LEAST:.2%} needed)."
        )
    if share > MOST:
        raise CannotDo(
            f"The colour of the {said} covers {share:.0%} of the picture; it cannot be told apart from the rest."
        )
    return masks


def _measured(reel: Reel, labs: list[Float], seed: list[NDArray[np.bool_]]) -> Region:
    """The colour as the clip really has it."""
    pixels = np.concatenate([lab[mask] for lab, mask in zip(labs, seed, strict=True)])
    chroma = np.hypot(pixels[:, 1], pixels[:, 2])
    core = pixels[chroma >= np.percentile(chroma, 40)]
    ab = np.median(core[:, 1:], axis=0).astype(np.float64)
    _no_skin(ab)
    hue = np.arctan2(pixels[:, 2], pixels[:, 1]) - np.arctan2(ab[1], ab[0])
    hue = np.abs((hue + np.pi) % (2 * np.pi) - np.pi)
    width = float(np.clip(1.25 * np.percentile(hue, 90), 0.20, 0.55))
    floor = float(max(16.0, 0.55 * np.hypot(*ab)))
    small = Shelf(len(reel), reel.height, reel.width)
    return Region(
        small,
        ab,
        float(np.median(pixels[:, 0])),
        width,
        floor,
        _nearest(ab, float(np.median(pixels[:, 0]))),
    )


def _no_skin(ab: NDArray[np.float64]) -> None:
    """Raises CannotDo where the colour is one that skin has: hands and faces would change with the thing."""
    chroma, hue = float(np.hypot(*ab)), float(np.degrees(np.arctan2(ab[1], ab[0])))
    if 5 < hue < 80 and chroma < _SKIN:
        raise CannotDo(
            f"The largest thing of that colour here is as dull as skin (chroma {chroma:.0f}, {_SKIN} needed),"
            " and hands or faces would change with it. Things of a clear colour can be recoloured."
        )


def _nearest(ab: NDArray[np.float64], lightness: float) -> str:
    """The colour name nearest in hue."""
    del lightness
    plain = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
    hue = float(np.arctan2(ab[1], ab[0]))
    return min(plain, key=lambda n: abs((_named(n) - hue + np.pi) % (2 * np.pi) - np.pi))


def _follow(reel: Reel, region: Region, which: str, tick: Tick) -> None:
    """Fill `region.small`: in each frame the pieces that carry on the thing, from its best frame outwards."""
    areas = np.zeros(len(reel))
    for index in range(len(reel)):
        mask = _mask(reel[index], region)
        areas[index] = _largest_area(mask)
        if index % 8 == 0:
            tick(0.0)
    start = int(areas.argmax())
    for order in (range(start, len(reel)), range(start - 1, -1, -1)):
        last: NDArray[np.bool_] | None = None
        if order.start != start and order.start >= 0:
            last = region.small[start] > 128
        for index in order:
            chosen = _carried(_mask(reel[index], region), last, which)
            grown = cv2.dilate(chosen.astype(np.uint8) * 255, np.ones((5, 5), np.uint8))
            region.small[index] = np.asarray(cv2.GaussianBlur(grown, (5, 5), 0), np.uint8)
            if chosen.any():
                last = chosen


def _mask(pixels: Pixels, region: Region) -> NDArray[np.bool_]:
    """Small pixels of the colour, specks removed, gaps closed."""
    near = (region.membership(_lab(pixels)) > 0.5).astype(np.uint8)
    member = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(
        cv2.morphologyEx(member, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0, np.bool_
    )


def _carried(
    mask: NDArray[np.bool_], last: NDArray[np.bool_] | None, which: str
) -> NDArray[np.bool_]:
    """The pieces of a mask that touch where the thing was, or those wanted if nothing is known."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    keep = np.zeros(count, bool)
    if count < 2:
        return np.zeros_like(mask)
    areas = stats[:, cv2.CC_STAT_AREA].astype(float)
    areas[0] = 0
    if last is not None:
        near = cv2.dilate(last.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
        touching = np.bincount(labels[near & mask], minlength=count).astype(float)
        keep = touching > np.minimum(0.3 * areas, 40)
    if not keep[1:].any():
        if last is None and which != "largest":
            keep = _wanted(areas, np.asarray(centres, np.float64), which)
        else:
            keep[int(areas.argmax())] = last is None or areas.max() > 0.3 * last.sum()
    keep[0] = False
    return np.asarray(keep[labels], np.bool_)


def _wanted(
    areas: NDArray[np.float64], centres: NDArray[np.float64], which: str
) -> NDArray[np.bool_]:
    """Which of the pieces that compare with the largest are meant: all, or the one at a side."""
    large = areas > max(0.25 * float(areas.max()), 1.0)
    if which == "all":
        return np.asarray(large, np.bool_)
    if which == "one":
        return np.asarray(np.arange(len(areas)) == areas.argmax(), np.bool_)
    x, y = centres[:, 0], centres[:, 1]
    middle = np.abs(x - float(np.median(x[large])))
    rank = {"left": x, "right": -x, "top": y, "bottom": -y, "middle": middle}[which]
    best = int(np.where(large, rank, np.inf).argmin())
    return np.asarray(np.arange(len(areas)) == best, np.bool_)


def certainty(reel: Reel, region: Region) -> float:
    """0..1: how steadily the region is seen, and how little else in the picture has its colour."""
    inside, outside = [], []
    for index in reel.sample(17):
        has = _mask(reel[index], region)
        mine = region.small[index] > 128
        inside.append(float((has & mine).sum()))
        outside.append(float((has & ~mine).sum()))
    seen = float(np.mean(np.array(inside) > 0.2 * max(*inside, 1)))
    apart = float(np.sum(inside) / max(np.sum(inside) + 0.5 * np.sum(outside), 1))
    return float(0.95 * seen**0.5 * apart**0.5)
