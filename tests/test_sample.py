"""The drawn clip and the truth it tells about itself."""

import numpy as np

from cutroom.sample import bird_frames

SIZE = (320, 180)


def test_the_same_every_time():
    once = [drawn.pixels for drawn in bird_frames(0.2, SIZE)]
    again = [drawn.pixels for drawn in bird_frames(0.2, SIZE)]
    assert len(once) == 5
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


def test_frames_are_rgb_of_the_asked_size():
    for drawn in bird_frames(0.1, (322, 182)):
        assert drawn.pixels.shape == (182, 322, 3)
        assert drawn.pixels.dtype == np.uint8


def test_birds_are_two_dark_things_apart_and_stand_on_the_wire():
    drawn = next(bird_frames(0.1, SIZE))
    left, right = drawn.birds
    assert not (left & right).any()
    for mask in drawn.birds:
        rows, columns = np.nonzero(mask)
        assert 150 < mask.sum() < 800
        assert drawn.pixels[mask].mean() < 0.6 * drawn.pixels[:90].mean()
        under = drawn.wire[int(columns.mean())]
        assert rows.min() < under - 15
        assert abs(rows.max() - under) < 9
    assert np.nonzero(left)[1].max() + 40 < np.nonzero(right)[1].min()


def test_the_wire_is_drawn_where_the_truth_says():
    drawn = next(bird_frames(0.1, SIZE))
    for x in (90, 160, 270):
        column = drawn.pixels[:, x].astype(int).sum(axis=1)
        y = round(float(drawn.wire[x]))
        assert column[y - 1 : y + 2].min() < 0.7 * column[y - 8 : y - 3].mean()


def test_the_birds_move_and_so_does_the_wire():
    frames = list(bird_frames(2, SIZE, rate=6))
    for which in (0, 1):
        masks = [drawn.birds[which] for drawn in frames]
        assert max(int((masks[0] ^ mask).sum()) for mask in masks) > 20
    assert np.ptp([drawn.wire[200] for drawn in frames]) > 0.5
