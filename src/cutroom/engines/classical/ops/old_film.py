"""Old film: a worn silent-era print; brown greys, scratches, dust, and a gate that does not hold still."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.colour import tone
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.noise import (
    dice,
    gain_map,
    grain_bank,
    grained,
    radius,
    shade,
    window,
)
from cutroom.engines.classical.op import Paint, Pixels, Scene, Stage
from cutroom.engines.classical.planner.phrases import Phrases, Spoken


@dataclass(frozen=True, slots=True)
class OldFilm(Spoken):
    """A worn print of the 1920s."""

    strength: float = 1.0
    name: ClassVar[str] = "old_film"
    stage: ClassVar[Stage] = Stage.LOOK
    label: ClassVar[str] = "old film"
    examples: ClassVar[tuple[str, ...]] = (
        "make it look like an old silent film",
        "old movie with scratches and dust",
        "1920s film",
    )
    phrases: ClassVar[Phrases] = {
        "old film": {},
        "old silent film": {},
        "old silent movie": {},
        "old movie": {},
        "old film look": {},
        "silent film": {},
        "silent movie": {},
        "silent film era": {},
        "old black and white film": {},
        "old black and white movie": {},
        "1920s": {},
        "1920s film": {},
        "twenties": {},
        "scratched film": {},
        "film scratches": {},
        "scratches and dust": {},
        "dust and scratches": {},
        "dust": {},
        "scratches": {},
        "old time film": {},
        "old timey": {},
        "old-time movie": {},
        "chaplin": {},
        "worn film": {},
        "damaged film": {},
        "film damage": {},
        "newsreel": {},
        "like an old film": {},
        "like an old movie": {},
        "(1900s|1910s|1920s|1930s|20s|30s|silent era|chaplin era) (film|movie|footage|reel|newsreel|cinema)": {},
        "(scratched|scratchy|dusty|worn|damaged|flickering|flickery) [old] (film|movie|film reel|reel|footage|print)": {},
        "old (film reel|movie reel|cinema|newsreel|projector|celluloid)": {},
        "(film|movie) reel": {},
        "(1910s|20s|roaring twenties)": {},
        "silent era [film|movie|footage]": {},
        "silent (cinema|films|movies)": {},
        "old timey (film|movie|silent film|silent movie|look)": {},
        "(film|lens) (dust|scratches|flicker)": {},
        "projector flicker": {},
        "nitrate film": {},
        "charlie chaplin [film|movie]": {},
        "buster keaton": {},
    }
    company: ClassVar[str] = (
        "scratched scratchy dusty flickering flickery jittery worn damaged dust scratches flicker reel black white old grainy brown celluloid silent"
    )

    def prepare(self, scene: Scene) -> Paint:
        """Tone, corners and grain as on stock of the time; wear is thrown anew for each frame."""
        height, width, seed = scene.clip.height, scene.clip.width, scene.seed
        table = paint_of(_print)
        fall = tone.smoothstep(radius(height, width), 0.35, 1.0)
        gains = gain_map(np.asarray(1 - 0.6 * fall, np.float32))
        bank = grain_bank(height, width, height / 800, seed)

        def paint(pixels: Pixels, index: int, seconds: float) -> Pixels:
            rng = dice(seed, 404, index)
            worn = shade(table(_weave(pixels, rng, 0.0022 * self.strength), index, seconds), gains)
            worn = grained(worn, window(bank, height, width, rng), 8.0 * self.strength)
            _scratch(worn, seconds, seed, rng, self.strength)
            return worn

        return paint


def _print(rgb: Floats) -> Floats:
    grey = tone.contrast(
        np.repeat((rgb @ np.array([0.2, 0.6, 0.2], np.float32))[..., None], 3, -1), 0.35
    )
    return tone.duotone(grey, (0.055, 0.045, 0.04), (0.53, 0.475, 0.40), (0.96, 0.925, 0.84))


def _weave(pixels: Pixels, rng: np.random.Generator, amount: float) -> Pixels:
    """The frame a little beside itself, edges mirrored."""
    height, width = pixels.shape[:2]
    x, y = rng.normal(0, amount * height, 2)
    moved = cv2.warpAffine(
        pixels, np.array([[1, 0, x], [0, 1, y]]), (width, height), borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


def _scratch(
    pixels: Pixels, seconds: float, seed: int, rng: np.random.Generator, strength: float
) -> None:
    """Draw scratches that stay for about a second and dust that stays for one frame, in place."""
    height, width = pixels.shape[:2]
    unit = max(1, round(height / 720))
    for n in range(3):
        lane = dice(seed, 405, n, int(seconds * 0.8 + n / 3))
        x = int(lane.uniform(0.05, 0.95) * width + rng.normal(0, 0.0012) * width)
        bright, shown = int(lane.choice((205, 60))), lane.random() < 0.5 * strength
        if shown and 0 <= x < width:
            strip = pixels[:, x : x + unit].astype(np.int16)
            pixels[:, x : x + unit] = (strip + (bright - strip) * 0.42).astype(np.uint8)
    for _ in range(int(rng.poisson(5 * strength))):
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (
            max(1, int(rng.exponential(0.003) * height)),
            max(1, int(rng.exponential(0.0016) * height)),
        )
        shade_of = int(rng.choice((20, 30, 225)))
        cv2.ellipse(
            pixels,
            centre,
            axes,
            float(rng.uniform(0, 180)),
            0,
            360,
            (shade_of,) * 3,
            -1,
            cv2.LINE_AA,
        )
