"""HDR and BT.2020 brought into the standard dynamic range and colours of BT.709.

Light is taken back to what a display would emit (PQ: SMPTE ST 2084; HLG: BT.2100 with its OOTF for a
1000 cd/m2 display; else BT.1886), rolled off with the curve of BT.2390 from a 1000 cd/m2 peak to the
203 cd/m2 that BT.2408 gives to diffuse white, moved to BT.709 primaries (BT.2087) and coded for
BT.1886. The roll-off works on the largest of R, G and B, so that hues stay.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cutroom.media.colour import is_hdr
from cutroom.types import Colour

if TYPE_CHECKING:
    import cv2.typing

PEAK: Final = 1000.0
"""cd/m2, the brightest light taken from the source; what is beyond clips."""
WHITE: Final = 203.0
"""cd/m2 that become SDR white."""
_GAMMA: Final = 2.4
_STEPS: Final = 1 << 16
"""Entries of the lookup tables."""

_FROM_2020: Final = np.array(
    [
        [1.6604910, -0.5876411, -0.0728499],
        [-0.1245505, 1.1328999, -0.0083494],
        [-0.0181508, -0.1005789, 1.1187297],
    ],
    np.float32,
)
"""Linear BT.2020 to linear BT.709 (BT.2087)."""
_LUMA_2020: Final = np.array([0.2627, 0.6780, 0.0593], np.float32)


def pq_to_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """ST 2084 EOTF: code 0..1 to cd/m2."""
    power = code ** (1 / 78.84375)
    ratio = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return np.asarray(10_000 * ratio ** (1 / 0.1593017578125))


def nits_to_pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `pq_to_nits`."""
    power = (nits / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def hlg_to_scene(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of the HLG OETF of BT.2100: code 0..1 to scene light 0..1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)


def roll_off(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """BT.2390 EETF from PEAK to WHITE: straight in the darks, then a Hermite spline, in PQ."""
    peak = float(nits_to_pq(np.array(PEAK)))
    white = float(nits_to_pq(np.array(WHITE))) / peak
    level = nits_to_pq(np.minimum(nits, PEAK)) / peak
    knee = 1.5 * white - 0.5
    t = np.clip((level - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * white
    )
    return pq_to_nits(np.where(level < knee, level, spline) * peak)


class ToSdr:
    """Turns RGB of one clip, 16 bits, into 8-bit RGB of BT.709. Safe for several threads at once."""

    def __init__(self, colour: Colour) -> None:
        code = np.linspace(0, 1, _STEPS)
        # These tables' steps are even in the square root of light: finer in the darks.
        nits = code**2 * PEAK
        gain = np.ones(_STEPS)
        if colour.transfer == "smpte2084":
            light = pq_to_nits(code) / WHITE
        elif colour.transfer == "arib-std-b67":
            light = hlg_to_scene(code)
        else:
            light = code**_GAMMA
        np.divide(roll_off(nits), nits, out=gain, where=nits > 1e-4)
        self._hlg = colour.transfer == "arib-std-b67"
        self._hdr = is_hdr(colour)
        self._light = light.astype(np.float32)
        self._system_gamma = (PEAK / WHITE * (code**2) ** 0.2).astype(np.float32)
        self._gain = gain.astype(np.float32)
        self._code = np.rint(255 * (code**2) ** (1 / _GAMMA)).astype(np.uint8)
        self._matrix = _FROM_2020 if colour.primaries == "bt2020" else np.eye(3, dtype=np.float32)

    def __call__(self, pixels: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """(height, width, 3) of 0..65535 in the clip's transfer -> 0..255."""
        import cv2  # noqa: PLC0415 - a probe needs no OpenCV, which is slow to import

        light = np.asarray(cv2.LUT(pixels, self._light), np.float32)
        if self._hlg:
            luma = cv2.transform(light, _LUMA_2020[None])
            light *= cv2.LUT(_steps(luma, 1), self._system_gamma)[..., None]
        if self._hdr:
            red, green, blue = cv2.split(light)
            brightest = cv2.max(red, cv2.max(green, blue))
            light *= cv2.LUT(_steps(brightest, PEAK / WHITE), self._gain)[..., None]
        light = np.maximum(cv2.transform(light, self._matrix), 0)
        return np.asarray(cv2.LUT(_steps(light, 1), self._code), np.uint8)


def _steps(light: "cv2.typing.MatLike", full: float) -> NDArray[np.uint16]:
    """Places in a table whose steps are even in the square root of light, up to `full`."""
    import cv2  # noqa: PLC0415 - as above

    root = cv2.sqrt(light)
    scale = (_STEPS - 1) / full**0.5
    return np.asarray(cv2.addWeighted(root, scale, root, 0, 0, dtype=cv2.CV_16U), np.uint16)
