"""What the subjects of real clips cover, drawn by hand: the truth for mattes found in them.

`mattes.json` says how the outlines were made and how exact they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

DRAWN_AT = 640
"""Width of the frames that the outlines were drawn on, in pixels."""


class Matte(NamedTuple):
    """One subject in one frame of a real clip."""

    clip: Path
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody wants here
    noun: str
    """What a user would call it: "the " goes before."""
    moving: bool
    """Whether it moves enough within the clip to be told by motion."""
    mask: np.ndarray
    """(height, width) bool, in the clip's own size."""


def mattes(media: Path) -> Iterator[Matte]:
    """Every subject drawn, clip by clip and frame by frame. `media` is the folder above `clips/`."""
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    for row in json.loads(text)["mattes"]:
        clip = media / "clips" / row["file"]
        yield Matte(clip, row["index"], row["noun"], row["moving"], _mask(row))


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two (height, width) bool masks, 0..1."""
    return float((found & truth).sum() / max((found | truth).sum(), 1))


def _mask(row: dict[str, Any]) -> np.ndarray:
    width, height = row["size"]
    mask = np.zeros((height, width), np.uint8)
    for value, shapes in ((1, row["polygons"]), (0, row.get("holes", []))):
        for shape in shapes:
            # Sixteenths of a pixel, and the middle of a pixel is its place: hence the half.
            points = (np.array(shape, np.float64) * width / DRAWN_AT - 0.5) * 16
            cv2.fillPoly(mask, [np.round(points).astype(np.int32)], value, shift=4)
    return mask.astype(bool)
