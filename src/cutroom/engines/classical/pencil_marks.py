"""The marks of a pencil, for the ops that draw with one."""

import cv2
import numpy as np

from cutroom.engines.classical.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels


def hatching(height: int, width: int, seed: int) -> Floats:
    """Strokes of a hand in one direction, -1..1, none quite parallel, (height, width)."""
    rng = dice(seed, 8201)
    noise = rng.standard_normal((height + 80, width + 80), dtype=np.float32)
    length = max(5, round(height / 28)) | 1
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, length - 1), (length - 1, 0), 1.0, 1, cv2.LINE_AA)
    strokes = cv2.filter2D(noise, -1, kernel / kernel.sum())
    strokes = cv2.GaussianBlur(strokes, (0, 0), max(height / 1000, 0.45))
    strokes = strokes[40 : 40 + height, 40 : 40 + width]
    return np.clip(strokes / max(float(strokes.std()) * 2.2, 1e-6), -1, 1).astype(np.float32)


def drawing(pixels: Pixels, tooth: Floats, hatch: Floats, strength: float) -> Floats:
    """How white the paper stays, 0..1, (height, width): outlines, and shade laid on by strokes."""
    height = pixels.shape[0]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    soft = cv2.GaussianBlur(grey, (0, 0), max(height / 900, 0.5))
    around = cv2.GaussianBlur(soft, (0, 0), max(height / 110, 1.0))
    outline = np.clip((soft + 0.02) / (around + 0.02), 0, 1) ** np.float32(2.6 * strength)
    shade = np.clip(0.92 - cv2.GaussianBlur(soft, (0, 0), max(height / 300, 0.6)), 0, 1)
    laid = shade * (0.46 + 0.42 * hatch + 0.20 * tooth) * np.float32(strength)
    return np.clip(outline * (1 - np.clip(laid, 0, 0.85)) + 0.02 * tooth, 0.05, 1).astype(
        np.float32
    )
