"""A smooth continuation of what is known into what is not: a soap film over a hole."""

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

_SMALLEST = 2
"""Pixels of the shorter side at which the pyramid ends."""


def membrane(values: Float, known: Float) -> Float:
    """`values` (height, width[, n]) where `known` (height, width) is 1, continued smoothly elsewhere.

    Pull and push (Gortler et al. 1996): averages of what is known travel down a pyramid, and fill
    the gaps on their way up. Where nothing is known at all the result is 0.
    """
    flat = values.ndim == 2
    weighed = (values[..., None] if flat else values) * known[..., None]
    filled = _fill(np.ascontiguousarray(weighed, np.float32), np.ascontiguousarray(known))
    return np.asarray(filled[..., 0] if flat else filled, np.float32)


def _fill(weighed: Float, weight: Float) -> Float:
    height, width = weight.shape
    here = weighed / np.maximum(weight, 1e-6)[..., None]
    if min(height, width) <= _SMALLEST or weight.min() > 0.999:
        total = float(weight.sum())
        mean = weighed.sum(axis=(0, 1)) / total if total > 1e-6 else np.zeros(weighed.shape[2])
        return np.asarray(np.where(weight[..., None] > 1e-6, here, mean), np.float32)
    size = ((width + 1) // 2, (height + 1) // 2)
    below = np.atleast_3d(cv2.resize(weighed, size, interpolation=cv2.INTER_AREA))
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    # Once half of a cell is known it counts as known: otherwise far values would bleed into it.
    firm = np.minimum(1.0, 2.0 * share).astype(np.float32)
    scaled = below * (firm / np.maximum(share, 1e-6))[..., None]
    coarse = _fill(np.asarray(scaled, np.float32), firm)
    up = np.atleast_3d(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(up + weight[..., None] * (here - up), np.float32)
