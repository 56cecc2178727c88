"""People, by the detector whose coefficients OpenCV carries compiled in.

Dalal and Triggs, “Histograms of Oriented Gradients for Human Detection”, 2005. It knows upright
people seen whole. It finds half of them and is now and then wrong, so it only votes: over several
frames, on things that are followed already, or on one place again and again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.boxes import Box, overlap
from cutroom.engines.classical.sight.reel import Reel

Boxes = Mapping[int, Box]
"""Frame index -> where something is, small pixels."""

_WINDOW = (64, 128)
"""(width, height) of the detector's window, pixels."""
_TALL = 96
"""Pixels that a person is tall in the detector's window of 64 by 128."""
_VOTE = 0.25
"""Answer of the detector above which it sees somebody."""
_LEGS = 1.6
"""How much taller somebody is than what the frame shows of them who sit or stand behind its lower edge. Of
subjects drawn by hand in eleven clips two men and women cut off so are seen in every frame, and nothing else."""
_PART = 160
"""Height of the part of a picture that the detector is given about something: its window and some play."""


@dataclass(frozen=True)
class Bystander:
    """Somebody who stands still."""

    box: Box
    """Small pixels."""
    trust: float
    """0..1: share of the frames looked at in which the detector sees somebody there."""


@cache
def _detector() -> cv2.HOGDescriptor:
    hog = cv2.HOGDescriptor()
    hog.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))
    return hog


def tallness(boxes: Boxes) -> float:
    """Height over width, the median over the frames."""
    sizes = [(b[3] - b[1]) / max(b[2] - b[0], 1.0) for b in boxes.values()]
    return float(np.median(sizes))


def votes(boxes: Boxes, reel: Reel) -> float:
    """Share of some frames in which the detector sees somebody in the box."""
    frames = sorted(boxes)
    picks = frames[:: max(1, len(frames) // 7)]
    return float(np.mean([_seen(reel[i], boxes[i]) for i in picks]))


def _seen(picture: Pixels, box: Box) -> bool:
    """Whether the detector sees somebody in the box, or would if the frame did not end below."""
    if _vote(picture, box) > _VOTE:
        return True
    left, top, right, bottom = box
    if bottom < picture.shape[0] - 2:
        return False
    # It knows people with their legs; whose legs the frame cuts off may have them below it.
    return _vote(picture, (left, top, right, top + _LEGS * (bottom - top))) > _VOTE


def likeness(boxes: Boxes, reel: Reel) -> float:
    """0..1: how like a person something is, by its shape and by the detector's votes."""
    upright = float(np.clip((tallness(boxes) - 0.9) / 0.9, 0, 1))
    return 0.4 * upright + 0.6 * min(1.0, 2 * votes(boxes, reel))


def _vote(picture: Pixels, box: Box) -> float:
    """The detector's largest answer about a box, 0 where it has none.

    The detector looks for margins about a person; where the frame ends they are made of its border.
    """
    tall = max(box[3] - box[1], 8.0)
    share = _TALL / tall
    wide = max(_TALL, round((max(box[2] - box[0], 0.5 * tall) + 0.5 * tall) * share))
    middle = ((box[0] + box[2]) / 2 * share, (box[1] + box[3]) / 2 * share)
    shift = np.array(
        [[share, 0, wide / 2 - middle[0]], [0, share, _PART / 2 - middle[1]]], np.float64
    )
    soft = picture if share > 0.8 else cv2.GaussianBlur(picture, (0, 0), 0.35 / share)
    part = cv2.warpAffine(soft, shift, (wide, _PART), borderMode=cv2.BORDER_REPLICATE)
    _, weights = _detector().detectMultiScale(
        np.asarray(part, np.uint8), hitThreshold=0, winStride=(8, 8), padding=(0, 0), scale=1.05
    )
    return float(np.max(weights)) if len(weights) else 0.0


def standing(reel: Reel) -> list[Bystander]:
    """People who stay where they are, surest first."""
    if 2 * reel.width < _WINDOW[0] or 2 * reel.height < _WINDOW[1]:
        return []  # nobody fits in; OpenCV crashes where its window does not
    picks = reel.sample(7)
    seen: list[list[Box]] = []
    for index in picks:
        grown = cv2.resize(reel[index], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        edge = reel.height // 2  # so that somebody as tall as the frame has a margin too
        grown = cv2.copyMakeBorder(grown, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        boxes, weights = _detector().detectMultiScale(
            grown, hitThreshold=0.2, winStride=(8, 8), padding=(16, 16), scale=1.07
        )
        seen.append(
            [
                _body(b, edge)
                for b, w in zip(boxes, np.ravel(np.asarray(weights)), strict=True)
                if w > 0.5
            ]
        )
    found: list[Bystander] = []
    for box in seen[len(seen) // 2]:
        agreed = float(np.mean([any(overlap(box, o) > 0.4 for o in there) for there in seen]))
        if agreed > 0.6 and all(overlap(box, f.box) < 0.3 for f in found):
            found.append(Bystander(box, agreed))
    return sorted(found, key=lambda f: -f.trust)


def _body(window: "cv2.typing.Rect", edge: int) -> Box:
    """The person in a window of the detector that saw the picture twice as large, within an edge."""
    x, y, w, h = (v / 2 for v in window)
    x, y = x - edge / 2, y - edge / 2
    return x + 0.2 * w, y + 0.1 * h, x + 0.8 * w, y + 0.92 * h
