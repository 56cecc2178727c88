"""CPU milliseconds of every op of look, light and weather, a 720p frame, and what it takes to prepare.

The clip is drawn (a sky over textured ground, a disc that moves) or one of yours; --image is what `@Image1` is.
A frame's figure is the least of several, in one thread: on a busy machine that is the one to trust.
"""

import argparse
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cutroom.engine import Silent
from cutroom.engines.classical.op import Op, Scene, Stage
from cutroom.engines.classical.ops import OPS
from cutroom.engines.classical.planner.planner import plan
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Sight
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.images import save
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Encoding, Kind

BOUND = 250
"""CPU ms a 720p frame that no op may exceed."""
_WIDTH, _HEIGHT, _COUNT = 1280, 720, 24


def main() -> None:
    """Measure every op and print the table; exits with 1 where one is over the bound."""
    given = options().parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        clip = probe(given.clip) if given.clip else drawn(Path(folder) / "drawn.mp4")
        image = given.image or Path(folder) / "reference.png"
        if not given.image:
            save(image, picture(0)[::4, ::4, ::-1].copy())
        print("| op | prepare ms | ms a frame |\n| --- | --: | --: |")
        slow = [kind.name for kind in OPS if measured(kind, clip, image, given.frames) > BOUND]
    print(f"\nOver {BOUND} ms: {', '.join(slow) or 'none'}.")
    sys.exit(bool(slow))


def options() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, help="default: a drawn one of 24 frames")
    parser.add_argument("--image", type=Path, help="default: a drawn one")
    parser.add_argument("--frames", type=int, default=4, help="frames a figure is the least of")
    return parser


def measured(kind: type[Op], clip: Clip, image: Path, count: int) -> float:
    """Print an op's row; its CPU ms a frame, 0 for ops that are not of the whole picture."""
    if kind.stage not in {Stage.LIGHT, Stage.WEATHER, Stage.LOOK}:
        return 0.0
    edit = Edit("bench", "", Kind.EDIT, kind.examples[0], clip, (image,), seed=1)
    start = time.thread_time()
    try:
        scene = Scene(edit, clip, Sight(clip, Silent()), Silent(), 1)
        paint = paint_of_plan(plan(edit).ops, scene)
    except CannotDo as refusal:
        print(f"| `{kind.name}` | refused: {refusal} | |")
        return 0.0
    prepared = 1e3 * (time.thread_time() - start)
    times = []
    for frame in frames(clip, stop=count + 1):
        start = time.thread_time()
        paint(frame.pixels, frame.index, float(frame.time))
        times.append(1e3 * (time.thread_time() - start))
    least = min(times[1:] or times)  # the first also bakes tables
    print(f"| `{kind.name}` | {prepared:.0f} | {least:.0f} |", flush=True)
    return least


def drawn(path: Path) -> Clip:
    """A clip of one second, hardly compressed."""
    with Encoder(path, _WIDTH, _HEIGHT, Fraction(_COUNT), Encoding(crf=12)) as encoder:
        for index in range(_COUNT):
            encoder.write(picture(index), Fraction(index, _COUNT))
    return probe(path)


def picture(index: int) -> NDArray[np.uint8]:
    """A sky over leafy ground and a red disc on its way."""
    rng = np.random.default_rng(7)
    rows, columns = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32)
    sky = np.stack([130 + 0.06 * rows, 170 + 0.05 * rows, 225 + 0.02 * rows], axis=-1)
    noise = cv2.resize(rng.normal(0, 26, (180, 320, 1)).astype(np.float32), (_WIDTH, _HEIGHT))
    ground = np.array([70, 96, 44], np.float32) + noise[..., None]
    shown = np.where((rows < 0.42 * _HEIGHT)[..., None], sky, ground)
    shown[np.hypot(columns - 300 - 20 * index, rows - 430) < 90] = (200, 48, 36)
    return np.ascontiguousarray(shown.clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
