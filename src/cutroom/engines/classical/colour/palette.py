"""Colours by name."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (206, 34, 38), "crimson": (176, 18, 48), "scarlet": (228, 44, 30), "maroon": (118, 22, 36),
    "orange": (240, 130, 30), "amber": (246, 174, 40), "gold": (222, 176, 54), "golden": (222, 176, 54),
    "yellow": (244, 214, 50), "lime": (156, 214, 50), "green": (44, 152, 66), "emerald": (24, 150, 104),
    "mint": (140, 214, 176), "olive": (122, 128, 48), "teal": (24, 138, 140), "turquoise": (52, 196, 196),
    "cyan": (44, 192, 224), "blue": (38, 92, 204), "navy": (28, 44, 104), "indigo": (74, 52, 158),
    "purple": (128, 58, 176), "violet": (142, 74, 206), "magenta": (204, 44, 158), "pink": (240, 130, 176),
    "brown": (124, 82, 52), "beige": (216, 196, 164), "black": (26, 26, 30), "white": (242, 242, 242),
    "grey": (136, 138, 142), "gray": (136, 138, 142), "silver": (186, 190, 196),
}  # fmt: skip
"""Name -> RGB of a typical surface of that colour."""

GREYS = frozenset({"black", "white", "grey", "gray", "silver"})
"""Names of colours without a hue."""

NAMES = "|".join(sorted(COLOURS, key=len, reverse=True))
"""The names as alternatives of a regular expression."""

SHADES = "light|dark|bright|deep|pale|vivid"


def rgb(name: str, shade: str = "") -> NDArray[np.float32]:
    """RGB (3,) of a named colour, lighter or darker by a shade word."""
    colour = np.array(COLOURS[name], np.float32)
    if shade in {"light", "pale"}:
        return np.asarray(colour + 0.45 * (255 - colour), np.float32)
    if shade in {"dark", "deep"}:
        return np.asarray(colour * 0.6, np.float32)
    return colour
