"""A coloured thing found, followed and dyed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Paint, Pixels, Scene
from cutroom.engines.classical.sight.coloured import Region, find

Float = NDArray[np.float32]


@dataclass(frozen=True)
class _Mix:
    """How Lab values of the old colour become those of the new one."""

    turn: NDArray[np.float32]
    """(2, 2): rotates and scales a and b."""
    middle: float
    """Lightness of the old colour, of the new one, and how much of the contrast stays."""
    target: float
    contrast: float

    def __call__(self, lab: Float) -> Float:
        """Lab (…, 3) in the new colour."""
        ab = lab[..., 1:] @ self.turn.T
        light = self.target + (lab[..., 0:1] - self.middle) * self.contrast
        # Highlights stay highlights: what is nearly white in the old colour is so in the new one.
        shine = np.clip((lab[..., 0:1] - 88) / 10, 0, 1)
        light = light + shine * (np.maximum(lab[..., 0:1], light) - light)
        return np.asarray(np.concatenate([np.clip(light, 0, 100), ab], axis=-1), np.float32)


def dye(thing: str, source: str, colour: NDArray[np.float32], scene: Scene) -> Paint:
    """The paint that gives the thing another colour. Raises CannotDo where it is not found."""
    region = find(scene.sight.reel, source, thing, scene.tick)
    if not source:
        scene.tick.note(f"Took the {region.name} region as “the {thing}”.")
    mix = _mix(region, colour)

    def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
        del seconds
        height, width = pixels.shape[:2]
        small = region.small[index]
        rows, columns = np.nonzero(small)
        out = pixels.copy()
        if len(rows) == 0:
            return out
        down, across = height / small.shape[0], width / small.shape[1]
        box = (
            slice(int(max(rows.min() - 2, 0) * down), int(min((rows.max() + 3) * down, height))),
            slice(
                int(max(columns.min() - 2, 0) * across),
                int(min((columns.max() + 3) * across, width)),
            ),
        )
        part = np.ascontiguousarray(pixels[box])
        bound = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)[box]
        lab = np.asarray(cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
        share = region.membership(lab) * np.clip(bound.astype(np.float32) / 128, 0, 1)
        soft = cv2.GaussianBlur(share, (3, 3), 0)[..., None]
        fresh = cv2.cvtColor(mix(lab), cv2.COLOR_LAB2RGB) * 255
        out[box] = np.clip(part + soft * (fresh - part) + 0.5, 0, 255).astype(np.uint8)
        return out

    return paint


def _mix(region: Region, colour: NDArray[np.float32]) -> _Mix:
    """The map from the region's colour to the wanted one."""
    lab = cv2.cvtColor((colour / 255).reshape(1, 1, 3).astype(np.float32), cv2.COLOR_RGB2LAB)[0, 0]
    old, new = region.ab, lab[1:]
    strength = float(np.hypot(*new)) / max(float(np.hypot(*old)), 1.0)
    angle = float(np.arctan2(new[1], new[0]) - np.arctan2(old[1], old[0]))
    turn = strength * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = region.lightness
    grey = float(np.hypot(*new)) < 8
    # A colour may be lighter or darker than the old one, but its shading must keep room.
    target = min(float(lab[0]), 85.0) if grey else middle + 0.62 * (float(lab[0]) - middle)
    contrast = float(
        np.clip(
            (target if target < middle else 100 - target)
            / max(middle if target < middle else 100 - middle, 1),
            0.35,
            1.0,
        )
    )
    return _Mix(turn.astype(np.float32), middle, target, contrast)
