"""A model's frame at the clip's size, as sharp as the clip where the model kept what the clip shows."""

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.diffusion.family import Pixels
from cutroom.engines.scaling import resized

Plane: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[np.float32]

_FINE = 1.0
"""Radius of the blur below which a model's decoder is soft, in its pixels."""
_COARSE = 3.0
"""Radius of the blur up to which structure is compared."""
_ABOUT = 4.0
"""Radius of the neighbourhood over which it is."""
_FLAT = 4.0
"""Variance of luma below which there is no structure."""
_ALIKE = (0.5, 0.85)
"""Correlation from which the clip's detail is believed to belong, and from which all of it does."""


def enlarged(made: Pixels, here: Pixels, pixels: Pixels) -> Picture:
    """The made frame as large as `pixels`, the clip's frame, of which `here` is what the model saw; floats.

    A model's decoder is soft, and its size has no room for the clip's finest detail. Where the made
    frame has the structure of the clip's, in whatever colour, its detail is the clip's, as strong as the
    structure became: so are frames that were carried, and none of them looks softer than the next.
    """
    size = pixels.shape[1], pixels.shape[0]
    new, old = made.astype(np.float32), _luma(here)
    soft, calm = _mean(new, _FINE), _mean(old, _FINE)
    kept = _kept(_luma(soft), calm)
    large = resized(soft + (new - soft) * (1 - kept[..., None]), size)
    fine = _luma(pixels) - resized(calm, size)
    share = cv2.resize(kept, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large + (fine * share)[..., None], np.float32)


def _kept(made: Plane, here: Plane) -> Plane:
    """How strong the clip's structure is in the made frame, from 0, where it is another, to 1 and a little more."""
    new, old = (luma - _mean(luma, _COARSE) for luma in (made, here))
    common, varies, varied = (_mean(one, _ABOUT) for one in (new * old, old * old, new * new))
    alike = common / np.sqrt((varies + _FLAT) * (varied + _FLAT))
    least, most = _ALIKE
    believed = np.clip((alike - least) / (most - least), 0, 1)
    return np.asarray(believed * np.clip(common / (varies + 1), 0, 1.25), np.float32)


def _mean(plane: NDArray[Any], radius: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), radius), np.float32)


def _luma(frame: NDArray[Any]) -> Plane:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float32)
