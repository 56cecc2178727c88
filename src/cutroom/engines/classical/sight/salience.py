"""What stands out in one picture: regions unlike the border of the frame and unlike each other.

Zhu, Liang, Wei and Sun, “Saliency Optimization from Robust Background Detection”, 2014, without its
final optimisation: a region belongs to the background as far as it is bound to the frame's border;
what differs in colour from such regions, near ones first, is salient.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels

Float = NDArray[np.float32]

_CELLS = 14
"""Rows of superpixels in a frame, about."""
_LEAST = 4.0
"""Weighted Lab distance to the surroundings of what stands out at all: texture has 1, things 7 to 25."""
_BOTTOM = 0.35
"""What the lower border counts for: whoever is filmed is often cut off by it."""


def salience(picture: Pixels) -> Float:
    """How much each pixel stands out, (height, width), 0..1 with 1 the most salient of the frame.

    Where nothing differs much from anything else, as in plain texture, nothing reaches 1.
    """
    labels, count = _superpixels(picture)
    colour, place, weight = _regions(picture, labels, count)
    apart = np.linalg.norm(colour[:, None] - colour[None], axis=2)
    near = np.exp(-(((place[:, None] - place[None]) ** 2).sum(axis=2)) / (2 * 0.3**2))
    rest = _background(labels, count, apart)
    contrast = (apart * near * (rest * weight)[None]).sum(axis=1)
    raised = contrast * (1 - rest)
    top = float(np.percentile(raised, 98))
    plane = np.clip(raised / max(top, _LEAST), 0, 1).astype(np.float32)[labels]
    return np.asarray(cv2.ximgproc.guidedFilter(picture, plane, 4, 100.0), np.float32)


def _superpixels(picture: Pixels) -> tuple[NDArray[np.int32], int]:
    """(label of each pixel, number of labels): compact regions of one colour."""
    height = picture.shape[0]
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0), cv2.COLOR_RGB2LAB)
    cut = cv2.ximgproc.createSuperpixelSLIC(
        lab, cv2.ximgproc.SLIC, max(8, round(height / _CELLS)), 18.0
    )
    cut.iterate(4)
    cut.enforceLabelConnectivity(25)
    return np.asarray(cut.getLabels(), np.int32), int(cut.getNumberOfSuperpixels())


def _regions(
    picture: Pixels, labels: NDArray[np.int32], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(mean Lab (n, 3), centre in shares of the frame (n, 2), share of the area (n,))."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    flat = labels.ravel()
    sizes = np.maximum(np.bincount(flat, minlength=count), 1)
    colour = np.stack(
        [np.bincount(flat, lab[..., c].ravel(), minlength=count) / sizes for c in range(3)], axis=1
    )
    rows, columns = np.indices(labels.shape)
    x = np.bincount(flat, columns.ravel(), minlength=count) / sizes / labels.shape[1]
    y = np.bincount(flat, rows.ravel(), minlength=count) / sizes / labels.shape[0]
    return colour, np.stack([x, y], axis=1), sizes / flat.size


def _background(
    labels: NDArray[np.int32], count: int, apart: NDArray[np.float64]
) -> NDArray[np.float64]:
    """0..1 for each region: how tightly it hangs together with the frame's border."""
    beside = np.zeros((count, count), bool)
    for a, b in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        beside[a.ravel(), b.ravel()] = True
    beside |= beside.T
    border = np.zeros(count)
    border[np.unique(labels[-1])] = _BOTTOM
    for edge in (labels[0], labels[:, 0], labels[:, -1]):
        border[np.unique(edge)] = 1.0
    # The border is one background, however many regions it is made of.
    joined = beside | ((border[:, None] > 0.9) & (border[None] > 0.9))
    clear = np.where(beside & ~np.eye(count, dtype=bool), apart, np.inf).min(axis=1)
    usual = float(np.mean(clear[np.isfinite(clear)])) if np.isfinite(clear).any() else 0.0
    path = np.where(joined, np.maximum(apart - usual, 0), np.inf)
    np.fill_diagonal(path, 0)
    for k in range(count):  # Floyd and Warshall: the least change of colour from one to the other
        np.minimum(path, path[:, k, None] + path[None, k], out=path)
    alike = np.exp(-(path**2) / (2 * 9.0**2))
    bound = (alike * border[None]).sum(axis=1) / np.sqrt(alike.sum(axis=1))
    return np.asarray(1 - np.exp(-(bound**2) / 2), np.float64)
