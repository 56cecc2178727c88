"""VHS: a home tape; colour that lags and bleeds, soft lines, noise, a torn bottom edge."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.marks import brush
from cutroom.engines.classical.noise import dice, gain_map, grain_bank, shade, window
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class Vhs(Spoken):
    """A worn home tape."""

    strength: float = 1.0
    name: ClassVar[str] = "vhs"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "VHS tape"
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like a VHS tape",
        "90s camcorder footage",
        "VHS effect",
    )
    phrases: ClassVar[Phrases] = {
        "vhs": {},
        "vhs tape": {},
        "video tape": {},
        "videotape": {},
        "camcorder": {},
        "home video": {},
        "80s home video": {},
        "90s home video": {},
        "cassette": {},
        "80s vhs": {},
        "90s vhs": {},
        "1980s": {},
        "1990s": {},
        "80s": {},
        "90s": {},
        "eighties": {},
        "nineties": {},
        "analogue video": {},
        "analog video": {},
        "crt": {},
        "old tv": {},
        "old television": {},
        "glitchy tape": {},
        "tape recording": {},
        "retro vhs": {},
        "vintage vhs": {},
        "vhs camcorder": {},
        "vhs glitch": {},
        "(old|worn|worn out|damaged|bad|cheap) (vhs|video cassette|videotape|video tape|camcorder|tape|vcr|vhs tape)": {},
        "video cassette": {},
        "videocassette": {},
        "vcr": {},
        "(80s|90s|1980s|1990s|eighties|nineties) (camcorder|home video|tape|videotape|tv|television|video|home movie|look|footage)": {},
        "camcorder (tape|footage|look|video)": {},
        "home videos": {},
        "(taped|recorded) (on|from) (vhs|tape|a vcr)": {},
        "(from|in|of) the (80s|1980s|90s|1990s|eighties|nineties)": {},
        "found footage": {},
        "tracking (errors|lines|noise)": {},
        "scan lines": {},
        "scanlines": {},
        "analogue tape": {},
        "cathode ray": {},
        "old (tv|television) (look|screen|set|broadcast)": {},
    }
    company: ClassVar[str] = (
        "old worn out tape damaged bad tracking noise noisy home scanlines fuzzy glitchy retro"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Lines of the tape are 1/480 of the height, whatever the clip's size."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        bank = grain_bank(height, width, height / 700, seed)
        rows = np.arange(height) * 240 / height
        gains = gain_map(
            np.repeat((1 - 0.10 * self.strength * (rows % 1 < 0.5))[:, None], width, 1).astype(
                np.float32
            )
        )

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            rng = dice(seed, 406, index)
            luma, red, blue = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb))
            luma = cv2.blur(luma, (max(1, round(width / 420)), 1))
            luma = cv2.addWeighted(
                luma, 1.5, cv2.blur(luma, (max(1, round(width / 160)), 1)), -0.5, 0
            )
            noise = window(bank, height, width, rng)
            luma = brush.bytes_of(
                luma * np.float32(0.93) + 8 + noise * np.float32(7 * self.strength)
            )
            lag = round(0.006 * self.strength * width)
            smear = (max(1, round(width / 45)), max(1, round(height / 180)))
            red, blue = (np.roll(cv2.blur(c, smear), lag, axis=1) for c in (red, blue))
            taped = cv2.cvtColor(cv2.merge([luma, red, blue]), cv2.COLOR_YCrCb2RGB)
            taped = _torn(np.asarray(taped, np.uint8), seconds, rng, self.strength)
            return shade(taped, gains)

        return paint


def _torn(pixels: Pixels, seconds: float, rng: np.random.Generator, strength: float) -> Pixels:
    """Lines displaced: a slight wave everywhere, a tear at the bottom where the heads switch."""
    height, width = pixels.shape[:2]
    rows = np.arange(height, dtype=np.float32) / height
    wave = 0.0007 * np.sin(2 * np.pi * (3.1 * rows + 0.7 * seconds)) + rng.normal(
        0, 0.00035, height
    )
    tear = np.clip((rows - 0.965) / 0.035, 0, 1) ** 1.5 * (0.05 + 0.02 * np.sin(seconds * 2.3))
    shift = ((wave + tear) * strength * width).astype(np.float32)
    columns = np.arange(width, dtype=np.float32)[None, :] - shift[:, None]
    lines = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    torn = cv2.remap(pixels, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(torn, np.uint8)
