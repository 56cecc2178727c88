"""A map of colours carried out on the planes of 8-bit 4:2:0 frames, without a way through RGB.

Luma and chroma come from two tables baked once for the clip; greys, where luma alone decides, from
256 entries. Measured over the classical grades on real frames of 720p: 1.2 to 2.0 CPU ms a frame, 50
to 60 dB against the same map in floats. What luma or chroma there is outside RGB is carried on, by as
much as it was outside, rather than cut off.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from cutroom.media.planes import view

Pixels: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Colours: TypeAlias = Callable[[Floats], Floats]
"""(n, 3) RGB as shown, 0..1 -> the same shape, 0..1."""
_Sample = TypeVar("_Sample", np.uint8, np.uint16)
_Places: TypeAlias = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]

_LUMAS: Final = 33
_CHROMAS: Final = 33
"""Points of the lattice at which the map is asked, each 0..256 in even steps."""
_FLAT: Final = 0.25
"""Steps of chroma between all the colours of a map that makes greys, or shades of one tint; and of
luma between what it makes of all the colours of one luma, where that alone decides."""
_TWICE: Final = np.uint64(0x100_0000_0100)
"""Times a chroma sample: two numbers of 32 bits, each 256 times as large."""
_AT_ONCE: Final = 1 << 17
"""Samples that are looked up at once: what belongs to them stays in a core's own cache."""


@runtime_checkable
class ColourMap(Protocol):
    """A paint that only maps colours, the same in every place and at all times."""

    def colours(self, rgb: Floats) -> Floats:
        """(n, 3) RGB as shown, 0..1 -> the same shape, 0..1."""

    def __call__(self, pixels: Pixels, index: int, seconds: float, /) -> Pixels:
        """The same map as a paint, for frames that have to go through RGB."""


class PlaneMap:
    """The map as tables. Safe for several threads at once."""

    def __init__(
        self, colours: Colours, to_rgb: NDArray[np.float32], to_yuv: NDArray[np.float32]
    ) -> None:
        """Bake the tables; the 3x4 coefficients are those of `planes`, of the source and the result."""
        lattice, inside = _lattice(colours, to_rgb, to_yuv)
        chromas = lattice[..., 1:].reshape(-1, 2)
        self._flat = (
            chromas[0].round().astype(np.uint8) if np.ptp(chromas, axis=0).max() < _FLAT else None
        )
        self._curve: Pixels | None = None
        if self._flat is not None and _spread(lattice[..., 0], inside) < _FLAT:
            self._curve = _greys(colours, to_rgb, to_yuv)
            return
        # Luma: every one of 256 by every second of both chromas. Chroma: every fourth luma by all.
        seconds = 2 * np.arange(128) + 0.5
        self._luma = _by_chroma(_refined(lattice[..., 0], np.arange(256), seconds), 256)
        self._chroma = np.empty(0, np.uint16) if self._flat is not None else self._baked(lattice)

    @staticmethod
    def _baked(lattice: NDArray[np.float32]) -> NDArray[np.uint16]:
        pairs = np.empty((64 * 256 * 256, 2), np.uint8)
        for index in (0, 1):
            fourths = 4 * np.arange(64) + 1.5
            pairs[:, index] = _refined(lattice[..., index + 1], fourths, np.arange(256))
        return _by_chroma(pairs.view(np.uint16), 64)

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """A new yuv420p frame. `frame` is one that `planes.fits`."""
        import cv2  # noqa: PLC0415 - a probe needs no OpenCV, and it takes longer to import than to probe

        luma, cb, cr = (view(frame, index) for index in range(3))
        painted = VideoFrame(frame.width, frame.height, "yuv420p")
        if self._curve is not None:
            cv2.LUT(luma, self._curve, dst=view(painted, 0))
        else:
            self._paint_luma(luma, cb, cr, view(painted, 0))
        if self._flat is not None:
            view(painted, 1)[:], view(painted, 2)[:] = self._flat
            return painted
        half = np.asarray(cv2.resize(luma, cb.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        pairs = self._chromas(half, cb, cr).view(np.uint8).reshape(*cb.shape, 2)
        cv2.extractChannel(pairs, 0, view(painted, 1))
        cv2.extractChannel(pairs, 1, view(painted, 2))
        return painted

    def _paint_luma(self, luma: Pixels, cb: Pixels, cr: Pixels, out: Pixels) -> None:
        height, width = luma.shape
        pairs = (height // 2, 2, width)  # of the rows that share a row of chroma
        luma, out = luma.reshape(pairs), out.reshape(pairs)
        for rows in _parts(height // 2, 2 * width):
            cells = ((cb[rows] >> 1).astype(np.uint16) << 7) | (cr[rows] >> 1)
            twice = (cells.astype(np.uint64) * _TWICE).view(np.int32)
            at = luma[rows].astype(np.int32)
            at |= twice[:, None]
            np.take(self._luma, at, mode="clip", out=out[rows])

    def _chromas(self, luma: Pixels, cb: Pixels, cr: Pixels) -> NDArray[np.uint16]:
        """Cb and Cr of every sample, as one number."""
        found = np.empty(cb.shape, np.uint16)
        for rows in _parts(*cb.shape):
            cells = ((cb[rows].astype(np.int32) << 8) | cr[rows]) << 6
            cells |= luma[rows] >> 2
            np.take(self._chroma, cells, mode="clip", out=found[rows])
        return found


def _parts(rows: int, width: int) -> Iterator[slice]:
    """The rows in parts of _AT_ONCE samples."""
    step = max(1, _AT_ONCE // width)
    return (slice(top, min(top + step, rows)) for top in range(0, rows, step))


def _by_chroma(table: NDArray[_Sample], lumas: int) -> NDArray[_Sample]:
    """A flat table of luma x chroma as one of chroma x luma.

    Neighbours in a picture mostly differ in luma: what they come to then lies close together.
    """
    import cv2  # noqa: PLC0415 - as above

    turned: NDArray[_Sample] = np.asarray(cv2.transpose(table.reshape(lumas, -1)), table.dtype)
    return turned.ravel()


def _lattice(
    colours: Colours, to_rgb: NDArray[np.float32], to_yuv: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(luma, Cb, Cr, 3): the map from YUV to YUV at the lattice's points; and which of them are colours."""
    luma, chroma = (np.linspace(0, 256, n, dtype=np.float32) for n in (_LUMAS, _CHROMAS))
    points = np.stack(np.meshgrid(luma, chroma, chroma, indexing="ij"), axis=-1).reshape(-1, 3)
    yuv, inside = _mapped(colours, points, to_rgb, to_yuv)
    shape = (_LUMAS, _CHROMAS, _CHROMAS)
    return yuv.reshape(*shape, 3), inside.reshape(shape)


def _greys(colours: Colours, to_rgb: NDArray[np.float32], to_yuv: NDArray[np.float32]) -> Pixels:
    """What the map makes of each of 256 lumas without colour."""
    points = np.full((256, 3), 128, np.float32)
    points[:, 0] = np.arange(256)
    yuv, _ = _mapped(colours, points, to_rgb, to_yuv)
    return np.asarray(np.clip(np.rint(yuv[:, 0]), 0, 255), np.uint8)


def _mapped(
    colours: Colours,
    points: NDArray[np.float32],
    to_rgb: NDArray[np.float32],
    to_yuv: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(n, 3): the map from YUV to YUV at some points; and which of them are colours."""
    rgb = (points @ to_rgb[:, :3].T + to_rgb[:, 3]) / 255
    inside = np.clip(rgb, 0, 1)
    mapped = np.clip(colours(inside), 0, 1)
    # Most points are no colours, yet colours at the edge lie between them and others. So the map goes
    # on beyond the edge as it came to it: mirrored at the nearest colour.
    outside = np.any(inside != rgb, axis=1)
    beyond = np.flatnonzero(outside)
    mirrored = np.clip(2 * inside[beyond] - rgb[beyond], 0, 1)
    mapped[beyond] = 2 * mapped[beyond] - np.clip(colours(mirrored), 0, 1)
    return (255 * mapped @ to_yuv[:, :3].T + to_yuv[:, 3]).astype(np.float32), ~outside


def _spread(lumas: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """Steps of luma between what a map makes of two colours of the same luma, at most."""
    most = np.where(inside, lumas, -np.inf).max(axis=(1, 2))
    least = np.where(inside, lumas, np.inf).min(axis=(1, 2))
    return float(np.max(most - least))  # minus infinity for a luma that no colour has


def _refined(lattice: Floats, lumas: _Places, chromas: _Places) -> Pixels:
    """The lattice interpolated at all of `lumas` x `chromas` x `chromas`, flat, rounded and clipped."""
    import cv2  # noqa: PLC0415 - as above

    across = _weights(chromas, _CHROMAS)
    fine = np.tensordot(across, np.ascontiguousarray(lattice), axes=(1, 1))  # Cb, luma, Cr
    fine = np.tensordot(_weights(lumas, _LUMAS), fine, axes=(1, 1))  # luma, Cb, Cr
    fine = fine.reshape(-1, _CHROMAS) @ across.T
    return np.asarray(cv2.convertScaleAbs(np.maximum(fine, 0, out=fine)), np.uint8).ravel()


def _weights(at: _Places, points: int) -> NDArray[np.float32]:
    """What each of the lattice's `points` weighs at each place of `at` in 0..256."""
    places = np.asarray(at, np.float64) * (points - 1) / 256
    low = np.minimum(places.astype(int), points - 2)
    rows = np.arange(len(places))
    weights = np.zeros((len(places), points), np.float32)
    weights[rows, low] = 1 - (places - low)
    weights[rows, low + 1] += places - low
    return weights
