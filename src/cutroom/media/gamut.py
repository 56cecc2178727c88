"""HDR and BT.2020 brought into the standard dynamic range and colours of BT.709.

Light is taken back to what a display would emit (PQ: SMPTE ST 2084; HLG: BT.2100 with its OOTF for a
1000 cd/m2 display; else BT.1886), rolled off with the curve of BT.2390 from a 1000 cd/m2 peak to the
203 cd/m2 that BT.2408 gives to diffuse white, moved to BT.709 primaries (BT.2087) and coded for
BT.1886. The roll-off works on the largest of R, G and B, so that hues stay.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cutroom.types import Colour

PEAK: Final = 1000.0
"""cd/m2, the brightest light taken from the source; what is beyond clips."""
WHITE: Final = 203.0
"""cd/m2 that become SDR white."""
_GAMMA: Final = 2.4
_STEPS: Final = 1 << 12
"""Entries of the lookup tables: 12 bits, four to each 10-bit level."""

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
        self._hlg = colour.transfer == "arib-std-b67"
        self._hdr = self._hlg or colour.transfer == "smpte2084"
        if self._hlg:
            light = hlg_to_scene(code)
        elif self._hdr:
            light = pq_to_nits(code) / WHITE
        else:
            light = code**_GAMMA
        self._light = light.astype(np.float32)
        self._matrix = _FROM_2020 if colour.primaries == "bt2020" else np.eye(3, dtype=np.float32)
        # Steps of the brightness table are even in the square root of light: finer in the darks.
        nits = (code**2) * PEAK
        gain = np.ones_like(nits)
        np.divide(roll_off(nits), nits, out=gain, where=nits > 1e-4)
        self._gain = gain.astype(np.float32)
        self._code = np.rint(255 * (code**2) ** (1 / _GAMMA)).astype(np.uint8)

    def __call__(self, pixels: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """(height, width, 3) of 0..65535 in the clip's transfer -> 0..255."""
        import cv2  # noqa: PLC0415 - a probe needs no OpenCV

        light = self._light[pixels >> 4]
        if self._hlg:
            luma = cv2.transform(light, _LUMA_2020[None])
            light *= ((PEAK / WHITE) * np.maximum(luma, 1e-6) ** 0.2)[..., None]
        if self._hdr:
            top = np.sqrt(light.max(axis=2) * (WHITE / PEAK)) * (_STEPS - 1)
            light *= self._gain[np.minimum(top, _STEPS - 1).astype(np.uint16)][..., None]
        light = cv2.transform(light, self._matrix)
        np.clip(light, 0, 1, out=light)
        np.sqrt(light, out=light)
        light *= _STEPS - 1
        return self._code[np.rint(light).astype(np.uint16)]
