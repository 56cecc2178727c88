"""People, by the detector whose coefficients OpenCV carries compiled in.

Dalal and Triggs, “Histograms of Oriented Gradients for Human Detection”, 2005. It knows upright
people seen whole. It finds half of them and is now and then wrong, so it only votes: over several
frames, on things that are followed already, or on one place again and again.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.sight.boxes import Box, overlap
from cutroom.engines.classical.sight.movers import Mover
from cutroom.engines.classical.sight.reel import Reel

_WINDOW = (64, 128)
"""(width, height) of the detector's window, pixels."""
_TALL = 96
"""Pixels that a person is tall in the detector's window of 64 by 128."""


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


def tallness(mover: Mover) -> float:
    """Height over width, the median over its frames."""
    sizes = [(b[3] - b[1]) / max(b[2] - b[0], 1.0) for b in mover.boxes.values()]
    return float(np.median(sizes))


def likeness(mover: Mover, reel: Reel) -> float:
    """0..1: how like a person something that moves is, by its shape and by the detector's votes."""
    frames = sorted(mover.boxes)
    picks = frames[:: max(1, len(frames) // 7)]
    votes = [_vote(reel[i], mover.boxes[i]) > 0.25 for i in picks]
    upright = float(np.clip((tallness(mover) - 0.9) / 0.9, 0, 1))
    return 0.4 * upright + 0.6 * min(1.0, 2 * float(np.mean(votes)))


def _vote(picture: Pixels, box: Box) -> float:
    """The detector's largest answer about a box, 0 where it has none."""
    tall = max(box[3] - box[1], 8.0)
    margin = (0.35 * tall, 0.25 * tall)
    left, top = int(max(box[0] - margin[0], 0)), int(max(box[1] - margin[1], 0))
    part = picture[top : int(box[3] + margin[1]) + 1, left : int(box[2] + margin[0]) + 1]
    share = _TALL / tall
    size = (max(72, round(part.shape[1] * share)), max(136, round(part.shape[0] * share)))
    part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    _, weights = _detector().detectMultiScale(
        part, hitThreshold=0, winStride=(8, 8), padding=(16, 16), scale=1.1
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
        boxes, weights = _detector().detectMultiScale(
            grown, hitThreshold=0.2, winStride=(8, 8), padding=(16, 16), scale=1.07
        )
        seen.append(
            [_body(b) for b, w in zip(boxes, np.ravel(np.asarray(weights)), strict=True) if w > 0.5]
        )
    found: list[Bystander] = []
    for box in seen[len(seen) // 2]:
        votes = float(np.mean([any(overlap(box, o) > 0.4 for o in there) for there in seen]))
        if votes > 0.6 and all(overlap(box, f.box) < 0.3 for f in found):
            found.append(Bystander(box, votes))
    return sorted(found, key=lambda f: -f.trust)


def _body(window: "cv2.typing.Rect") -> Box:
    """The person in a window of the detector that saw the picture twice as large."""
    x, y, w, h = (v / 2 for v in window)
    return x + 0.2 * w, y + 0.1 * h, x + 0.8 * w, y + 0.92 * h
