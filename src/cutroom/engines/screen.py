"""How large films are, by their aspect ratio, and how many frames a second they have."""

from collections.abc import Mapping
from fractions import Fraction

SIZES: Mapping[str, tuple[int, int]] = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960)}
"""Aspect ratio -> (width, height)."""
RATE = Fraction(24)
"""Frames a second."""
