"""The hand-drawn mattes are sane, and lie where the real frames have an edge."""

import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.sight import Sight
from cutroom.engines.classical.sight.reel import Reel
from cutroom.engines.classical.target import understand
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe

spec = importlib.util.spec_from_file_location("mattes", Path(__file__).with_name("mattes.py"))
assert spec is not None
assert spec.loader is not None
labels = importlib.util.module_from_spec(spec)
sys.modules["mattes"] = labels
spec.loader.exec_module(labels)


def _across(change: np.ndarray, mask: np.ndarray, dx: int = 0, dy: int = 0) -> float:
    """How much the frame changes along the mask's outline, moved by so many pixels."""
    rim = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    rim = np.roll(rim, (dy, dx), axis=(0, 1))
    inner = np.zeros_like(rim)  # what the frame itself cuts off is no outline
    inner[24:-24, 24:-24] = True
    return float(change[rim & inner].mean())


def test_every_matte_is_within_its_frame_and_of_a_plausible_size() -> None:
    found = list(labels.mattes(Path("nowhere")))
    assert len({matte.clip for matte in found}) >= 8
    for matte in found:
        share = matte.mask.mean()
        assert 0.004 < share < 0.65, (matte.clip.name, matte.index, matte.noun, share)
    for clip in {matte.clip for matte in found}:
        of_clip = [matte for matte in found if matte.clip == clip]
        assert len({matte.index for matte in of_clip}) >= 2
        for index in {matte.index for matte in of_clip}:
            together = sum(m.mask.astype(int) for m in of_clip if m.index == index)
            assert (together > 1).mean() < 0.001, "two subjects claim the same pixels"


@pytest.mark.media
def test_every_matte_is_of_a_frame_there_is_and_lies_on_its_edges(real_media: Path) -> None:
    """Colour changes more across the outline drawn than across the same one 6 pixels beside."""
    found = list(labels.mattes(real_media))
    for path, index in sorted({(matte.clip, matte.index) for matte in found}):
        clip = probe(path)
        size = (labels.DRAWN_AT, round(labels.DRAWN_AT * clip.height / clip.width))
        (frame,) = frames(clip, size=size, start=index, stop=index + 1)
        assert frame.index == index
        soft = cv2.GaussianBlur(frame.pixels, (0, 0), 1).astype(np.float32)
        change = np.hypot(cv2.Sobel(soft, -1, 1, 0), cv2.Sobel(soft, -1, 0, 1)).max(axis=-1)
        for matte in found:
            if (matte.clip, matte.index) != (path, index):
                continue
            assert matte.mask.shape == (clip.height, clip.width)
            mask = cv2.resize(matte.mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
            moves = ((6, 0), (-6, 0), (0, 6), (0, -6))
            beside = np.mean([_across(change, mask, *move) for move in moves])
            assert _across(change, mask) > 1.1 * beside, (path.name, index, matte.noun)


_AROUND = 12
"""Frames on either side of a drawn one that are looked at."""
_CLIPS = {
    "head-pose": 1,
    "person-bicycle": 1,
    "bird.mkv": 1,
    "book.mkv": 1,
    "bbb_": 1,
    "juggle": 1,
    "coffee": 0,
}
"""Part of a clip's name -> how many of its subjects have to be found; the others cost more and tell the same."""


@pytest.mark.media
@pytest.mark.parametrize("name", _CLIPS)
def test_what_sight_is_sure_of_is_clean(real_media: Path, name: str) -> None:
    """About the middle drawn frame of a clip, by noun: found as something was drawn, or refused in words.

    As something, for a noun is believed: “the mug” may be the kettle that moves beside it.
    """
    of_clip = [matte for matte in labels.mattes(real_media) if name in matte.clip.name]
    middle = sorted({matte.index for matte in of_clip})[1]
    clip = probe(of_clip[0].clip)
    first = max(0, middle - _AROUND)
    sight = Sight(clip, Silent(), Reel(clip, Silent(), first, middle + _AROUND), first)
    overlaps = {}
    drawn = [matte for matte in of_clip if matte.index == middle]
    for matte in drawn:
        try:
            subject = sight.find(understand(f"the {matte.noun}"))
        except CannotDo:
            continue
        plane = cv2.resize(subject.small(middle - first), matte.mask.shape[::-1])
        overlaps[matte.noun] = max(labels.overlap(plane > 127, other.mask) for other in drawn)
    assert len(overlaps) >= _CLIPS[name]
    assert all(overlap >= 0.65 for overlap in overlaps.values()), overlaps
