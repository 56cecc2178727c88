"""How well mattes of real clips agree with hand-drawn ones: statistics, network, both, and by words.

    python benchmarks/mattes.py MEDIA [part of a clip's name ...]

MEDIA is the folder above `clips/` with the clips that `tests/engines/classical/mattes.json` names.
First table: what moves, as a union, at analysis size and a threshold of a half. Second: each subject
found by its noun at full size, and how sure sight was, or the sentence with which it was refused.
"""

import importlib.util
import sys
from collections import defaultdict
from pathlib import Path
from time import process_time
from types import ModuleType

import cv2
import numpy as np

from cutroom.engine import Silent
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.target import understand
from cutroom.errors import CannotDo
from cutroom.media.probe import probe

Score = tuple[float, float, float]
"""IoU, precision, recall."""


def _labels() -> ModuleType:
    path = Path(__file__).parent.parent / "tests/engines/classical/mattes.py"
    spec = importlib.util.spec_from_file_location("mattes", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["mattes"] = module
    spec.loader.exec_module(module)
    return module


def score(found: np.ndarray, truth: np.ndarray) -> Score:
    both = float((found & truth).sum())
    return (
        both / max(float((found | truth).sum()), 1.0),
        both / max(float(found.sum()), 1.0),
        both / max(float(truth.sum()), 1.0),
    )


def mean(scores: list[Score]) -> str:
    return " ".join(f"{v:.2f}" for v in np.mean(scores, axis=0)) if scores else "-"


def what_moves(sight: Sight, truths: dict[int, np.ndarray]) -> str:
    """The scores of the three likelihoods on the labelled frames of a clip."""
    size = (sight.reel.width, sight.reel.height)
    told: dict[str, list[Score]] = defaultdict(list)
    for index, mask in truths.items():
        truth = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
        classical = sight.statistics[index]
        told["classical"].append(score(classical > 127, truth))
        if sight.trained:
            told["network"].append(score(sight.judged[index] > 127, truth))
            told["both"].append(score(sight.likelihood[index] > 127, truth))
    return " | ".join(mean(told[name]) for name in ("classical", "network", "both"))


def by_words(sight: Sight, noun: str, truths: dict[int, np.ndarray]) -> str:
    """The score of one subject found by its noun, or why it was not."""
    began = process_time()
    try:
        subject = sight.find(understand(noun))
    except CannotDo as why:
        return f"refused: {why}"
    taken = 1000 * (process_time() - began) / len(sight.reel)
    pictures = {f.index: f.pixels for f in sight.pictures() if f.index in truths}
    scores = [score(subject.matte(pictures[i], i) > 0.5, truths[i]) for i in truths]
    return f"{mean(scores)} | certainty {subject.trust:.2f} | {taken:.0f} CPU ms a frame"


def main(media: Path, wanted: list[str]) -> None:
    cv2.setNumThreads(1)
    labels = _labels()
    clips: dict[Path, list[object]] = defaultdict(list)
    for matte in labels.mattes(media):
        if not wanted or any(part in matte.clip.name for part in wanted):
            clips[matte.clip].append(matte)
    for path, mattes in clips.items():
        sight = Sight(probe(path), Silent())
        moving: dict[int, np.ndarray] = {}
        nouns: dict[str, dict[int, np.ndarray]] = defaultdict(dict)
        for matte in mattes:
            nouns[matte.noun][matte.index] = matte.mask
            if matte.moving:
                old = moving.get(matte.index, np.zeros_like(matte.mask))
                moving[matte.index] = old | matte.mask
        try:
            line = what_moves(sight, moving) if moving and len(sight.shots) == 1 else "-"
        except CannotDo as why:
            line = f"refused: {why}"
        print(f"{path.name} | {line}", flush=True)
        for noun, truths in nouns.items():
            print(f"    the {noun} | {by_words(sight, f'the {noun}', truths)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
