"""Windows over a timeline: where they lie, and that nobody sees where they meet."""

import cv2
import numpy as np
import pytest

from cutroom.engines.diffusion.fitting.shade import Shade
from cutroom.engines.diffusion.fitting.windows import Seam, overlaps, weight, windows


@pytest.mark.parametrize("most", [33, 81, 121])
@pytest.mark.parametrize("overlap", [5, 9, 17])
@pytest.mark.parametrize("frames", [1, 5, 81, 85, 121, 125, 161, 241, 361, 1001])
def test_windows_cover_the_timeline(frames, most, overlap) -> None:
    spans = windows(frames, most, overlap)
    if overlap > most / 2:
        overlap = 9
    assert (spans[0].start, spans[-1].stop) == (0, frames)
    assert all(span.start % 4 == 0 and span.frames % 4 == 1 for span in spans)
    assert len({span.frames for span in spans}) == 1
    assert max(span.frames for span in spans) <= max(most, 1)
    assert all(shared >= overlap for shared in overlaps(spans))
    least = 1 if frames <= most else -(-(frames - overlap) // (most - overlap))
    assert len(spans) == least


@pytest.mark.parametrize(("most", "shares"), [(5, 1), (9, 1), (17, 5), (33, 9), (37, 17)])
def test_short_windows_share_less(most, shares) -> None:
    assert set(overlaps(windows(4 * most * (most - shares) + shares, most, 17))) == {shares}


def test_a_clip_just_too_long_is_not_made_twice() -> None:
    assert sum(span.frames for span in windows(85, 81, 17)) < 1.4 * 85


def test_the_weights_of_two_windows_sum_to_one_and_rise_evenly() -> None:
    later = [weight(i, 17) for i in range(17)]
    earlier = [weight(i, 17) for i in range(17)][::-1]
    assert np.allclose(np.add(later, earlier), 1)
    assert np.allclose(np.diff(later), 1 / 18)


def film(frames: int, seed: int = 1) -> np.ndarray:
    """A coloured texture that moves to the left, a pixel each frame."""
    rng = np.random.default_rng(seed)
    wide = cv2.resize(
        rng.integers(20, 235, (12, 90, 3), np.uint8),
        (64 + frames, 48),
        interpolation=cv2.INTER_CUBIC,
    )
    return np.stack([wide[:, i : i + 64] for i in range(frames)])


def joined(whole: np.ndarray, spans, spoil) -> np.ndarray:
    seam = Seam(spans)
    made = [
        one
        for n, span in enumerate(spans)
        for one in seam.add(spoil(n, whole[span.start : span.stop]))
    ]
    return np.stack(made)


@pytest.mark.parametrize(
    ("frames", "most", "overlap"), [(45, 81, 9), (125, 33, 9), (49, 17, 9), (33, 9, 5)]
)
def test_windows_that_agree_come_back_to_the_bit(frames, most, overlap) -> None:
    whole = film(frames)
    assert (joined(whole, windows(frames, most, overlap), lambda _, own: own) == whole).all()


def test_colours_that_drift_from_window_to_window_are_the_first_one_s_in_the_end() -> None:
    """Each of eleven windows is a little warmer, paler and noisier than the one before."""
    rng = np.random.default_rng(3)
    whole = film(273)
    spans = windows(273, 33, 9)
    assert len(spans) == 11

    def spoil(n: int, own: np.ndarray) -> np.ndarray:
        gain, offset = np.array([1.01, 0.985, 0.98]) ** n, np.array([1.5, 0.5, -1.0]) * n
        noisy = (own - 128.0) * gain + 128 + offset + rng.normal(0, 2, own.shape)
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

    told = joined(whole, spans, spoil)
    off = (told.astype(float) - whole).mean(axis=(1, 2))
    spread = told.std(axis=(1, 2)) / whole.std(axis=(1, 2))
    assert np.abs(off[-24:].mean(axis=0)).max() < 1.0, "the last window's colours"
    assert np.abs(spread[-24:] - 1).max() < 0.02, "the last window's contrast"
    steps = np.abs(np.diff(off, axis=0)).max(axis=1)
    assert steps.max() < 0.5, "no step at any seam"


def test_what_only_one_window_shows_does_not_pull_the_colours() -> None:
    whole = film(9)
    other = whole.copy()
    other[:, 10:40, 20:50] = (250, 20, 20)
    shade = Shade.between(other, whole)
    assert np.abs(np.array(shade.gain) - 1).max() < 0.01
    assert np.abs(np.array(shade.offset)).max() < 1


def test_films_are_left_alone_and_only_the_overlap_is_held() -> None:
    whole = film(273)
    spans = windows(273, 33, 9)
    seam = Seam(spans)
    for span in spans:
        own = whole[span.start : span.stop].copy()
        before = own.copy()
        made = list(seam.add(own))
        assert (own == before).all()
        assert len(made) + len(seam._held) <= 33 + 9
        assert len(seam._held) <= max(overlaps(spans))


def test_a_film_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="33 frames were due, not 32"):
        list(Seam(windows(273, 33, 9)).add(film(32)))
