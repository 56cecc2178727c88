"""The marks of a pencil, for the ops that draw with one."""

import cv2
import numpy as np

from cutroom.engines.classical.colour.grade import Floats
from cutroom.engines.classical.noise import dice
from cutroom.engines.classical.op import Pixels


def hatching(height: int, width: int, seed: int) -> Floats:
    """Strokes of a hand in one direction, -1..1, none quite parallel, (height, width)."""
    rng = dice(seed, 8201)
    noise = rng.standard_normal((height + 80, width + 80), dtype=np.float32)
    length = max(5, round(height / 34)) | 1
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, length - 1), (length - 1, 0), 1.0, 1, cv2.LINE_AA)
    strokes = cv2.filter2D(noise, -1, kernel / kernel.sum())
    strokes = cv2.GaussianBlur(strokes, (0, 0), max(height / 1000, 0.45))
    strokes = strokes[40 : 40 + height, 40 : 40 + width]
    return np.asarray(np.clip(strokes / max(float(strokes.std()) * 2.2, 1e-6), -1, 1), np.float32)


def drawing(pixels: Pixels, tooth: Floats, hatch: Floats, strength: float) -> Floats:
    """How white the paper stays, 0..1, (height, width): outlines, and shade laid on by strokes."""
    height = pixels.shape[0]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    soft = cv2.GaussianBlur(grey, (0, 0), max(height / 900, 0.5))
    around = cv2.GaussianBlur(soft, (0, 0), max(height / 110, 1.0))
    outline = np.clip((soft + 0.06) / (around + 0.06), 0, 1) ** np.float32(2.2 * strength)
    # The hand lifts shadows, or dark clips would come out as black sheets.
    shade = 1 - np.sqrt(cv2.GaussianBlur(soft, (0, 0), max(height / 260, 0.6)))
    shade = np.clip((shade - 0.06) * np.float32(1.25 * strength), 0, 1)
    strokes = np.sqrt(np.clip(shade * (1.15 - shade), 0, 1)) * (0.40 * hatch + 0.16 * tooth)
    laid = np.clip(shade * 0.92 + strokes, 0, 0.94)
    drawn = outline * (1 - laid) + 0.02 * tooth
    return np.asarray(np.clip(drawn, 0.05, 1), np.float32)
