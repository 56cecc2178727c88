"""What sight finds, against drawn clips whose truth is known."""

import tracemalloc
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.sight import Sight, plate
from cutroom.engines.classical.sight.coloured import find
from cutroom.engines.classical.sight.shots import shots
from cutroom.engines.classical.target import Target
from cutroom.errors import Cancelled, CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.sample import BIRDS, bird_frames


def _overlap(sight: Sight, truth: tuple[np.ndarray, ...]) -> float:
    subject = sight.subject()
    scores = []
    for frame in frames(sight.clip):
        found = subject.matte(frame.pixels, frame.index) > 0.5
        mask = truth[frame.index]
        scores.append((found & mask).sum() / max((found | mask).sum(), 1))
    return float(np.median(scores))


def test_a_still_camera_is_known_to_be_still(tmp_path: Path) -> None:
    camera = Sight(drawn.ball(tmp_path / "a.mp4").clip, Silent()).camera
    assert camera.still
    assert not camera.cuts


def test_a_pan_is_measured_to_half_a_pixel_a_frame(tmp_path: Path) -> None:
    camera = Sight(drawn.ball(tmp_path / "a.mp4", pan=4).clip, Silent()).camera
    assert not camera.still
    shifts = np.diff([m[0, 2] / m[2, 2] for m in camera.home])
    assert abs(float(np.median(shifts)) - 4) < 0.5


@pytest.mark.parametrize("pan", [0, 4])
def test_the_matte_of_a_mover(tmp_path: Path, pan: int) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=pan)
    assert _overlap(Sight(ball.clip, Silent()), ball.masks) > 0.85


def test_the_matte_of_an_upright_figure(tmp_path: Path) -> None:
    walker = drawn.walker(tmp_path / "a.mp4")
    assert _overlap(Sight(walker.clip, Silent()), walker.masks) > 0.75


def test_the_plate_is_the_place_without_the_mover(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    empty = Sight(ball.clip, Silent()).full_plate.behind(5)
    truth = drawn.texture(drawn.WIDTH + 80, drawn.HEIGHT + 10)[4 : 4 + drawn.HEIGHT, : drawn.WIDTH]
    assert np.abs(empty.astype(int) - truth).mean() < 5


def test_a_canvas_may_be_bounded_and_the_place_is_the_same_but_softer(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4", pan=4)
    sight = Sight(ball.clip, Silent())
    size, most = (drawn.WIDTH, drawn.HEIGHT), 40_000
    whole, wide = plate.canvas_of(sight.camera, size, sight.reel.scale)
    small, (across, down) = plate.canvas_of(sight.camera, size, sight.reel.scale, most)
    assert wide[0] * wide[1] > most >= across * down > 0.95 * most
    pictures = [
        (
            f.index,
            f.pixels,
            cv2.dilate(ball.masks[f.index].astype(np.uint8), np.ones((11, 11), np.uint8)) > 0,
        )
        for f in frames(ball.clip)
    ]
    full = plate.build(pictures, whole, wide, Silent()).behind(5).astype(int)
    soft = plate.build(pictures, small, (across, down), Silent()).behind(5)
    assert np.abs(full - soft).mean() < 6


def test_a_place_is_sorted_in_strips_that_join_and_bound_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground = drawn.texture(1700, 330)
    shifts = [(120 * k, 6 * k) for k in range(9)]
    pictures = [(k, ground[y : y + 270, x : x + 480], None) for k, (x, y) in enumerate(shifts)]
    home = np.stack([np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], float) for x, y in shifts])
    found, peaks = [], []
    for strip in (10**9, 10**6):
        monkeypatch.setattr(plate, "_STRIP", strip)
        tracemalloc.start()
        found.append(plate.build(pictures, home, (1440, 318), Silent()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert np.array_equal(found[0].pixels, found[1].pixels)
    assert np.array_equal(found[0].seen, found[1].seen)
    assert peaks[1] < 0.5 * peaks[0]


def test_nothing_that_moves_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="Nothing that moves"):
        Sight(drawn.nothing(tmp_path / "a.mp4").clip, Silent()).subject()


def test_two_movers_are_one_too_many(tmp_path: Path) -> None:
    sight = Sight(drawn.two_balls(tmp_path / "a.mp4").clip, Silent())
    with pytest.raises(CannotDo, match="More than one thing moves"):
        sight.subject()
    assert len(sight.foreground().movers) == 2


def test_a_cut_is_noticed_and_refused(tmp_path: Path) -> None:
    def pictures():
        for index in range(12):
            yield (
                drawn.texture(drawn.WIDTH, drawn.HEIGHT, 1)
                if index < 6
                else np.full((drawn.HEIGHT, drawn.WIDTH, 3), 20 + index, np.uint8)
            )

    sight = Sight(drawn.write(tmp_path / "a.mp4", pictures()), Silent())
    assert sight.camera.cuts == (6,)
    assert [(shot.first, shot.stop) for shot in sight.shots] == [(0, 6), (6, 12)]
    with pytest.raises(CannotDo, match="cut"):
        sight.subject()


def test_a_dissolve_is_told_from_a_cut_and_from_movement(tmp_path: Path) -> None:
    def pictures():
        one, two = (drawn.texture(drawn.WIDTH, drawn.HEIGHT, seed) for seed in (1, 2))
        two = two[..., ::-1] // 2
        for index in range(28):
            share = min(max((index - 8) / 12, 0), 1)
            yield (one * (1 - share) + two * share).astype(np.uint8)

    sight = Sight(drawn.write(tmp_path / "a.mp4", pictures()), Silent())
    assert [shot.melts for shot in sight.shots] == [False, True]
    assert abs(sight.shots[1].first - 14) <= 4
    with pytest.raises(CannotDo, match="dissolves"):
        sight.find(Target("ball"))
    for moving in (drawn.ball(tmp_path / "b.mp4", pan=4), drawn.two_balls(tmp_path / "c.mp4")):
        assert len(Sight(moving.clip, Silent()).shots) == 1


def _strays(mover, spots) -> float:
    """Median distance of a mover's boxes from where it is."""
    away = [
        np.hypot((box[0] + box[2]) / 2 - spots[i][0], (box[1] + box[3]) / 2 - spots[i][1])
        for i, box in mover.boxes.items()
    ]
    return float(np.percentile(away, 90))


def test_two_that_cross_keep_their_identity(tmp_path: Path) -> None:
    clip, red, blue = drawn.crossing(tmp_path / "a.mp4")
    one, two, *_ = Sight(clip, Silent()).movers.found
    if one.boxes[0][0] > two.boxes[0][0]:
        one, two = two, one
    assert min(len(one.boxes), len(two.boxes)) > 12
    assert min(max(one.boxes), max(two.boxes)) > 20
    assert _strays(one, red) < 12
    assert _strays(two, blue) < 12


def test_what_rests_and_passes_behind_a_post_is_the_same(tmp_path: Path) -> None:
    clip, spots = drawn.behind_a_post(tmp_path / "a.mp4")
    found = Sight(clip, Silent()).movers.found
    assert min(found[0].boxes) < 3
    assert max(found[0].boxes) > 24
    assert _strays(found[0], spots) < 12
    assert all(m.mass < 0.15 * found[0].mass for m in found[1:])


def test_two_birds_and_their_wire_are_found(birds_clip: Path) -> None:
    clip = probe(birds_clip)
    perch = Sight(clip, Silent()).perch
    assert len(perch.things) == 2
    truth = next(iter(bird_frames(1, (clip.width, clip.height), 12)))
    for thing, share, mask in zip(perch.things, BIRDS, truth.birds, strict=True):
        left, top, right, _ = thing.box
        rows = np.nonzero(mask)[0]
        assert abs((left + right) / 2 - share * clip.width) < 0.03 * clip.width
        assert abs(top - rows.min()) < 4
    assert perch.wire is not None
    for x in (100, 160, 250):
        assert abs(perch.wire.y(x) - truth.wire[x]) < 1.5


def test_no_perch_in_a_busy_place(tmp_path: Path) -> None:
    perch = Sight(drawn.nothing(tmp_path / "a.mp4").clip, Silent()).perch
    assert perch.wire is None


def test_a_named_colour_is_followed(tmp_path: Path) -> None:
    ball = drawn.ball(tmp_path / "a.mp4")
    sight = Sight(ball.clip, Silent())
    region = find(sight.reel, "red", "ball", Silent())
    assert region.name == "red"
    for index, mask in enumerate(ball.masks):
        inside = region.small[index] > 128
        assert (inside & mask).sum() > 0.95 * mask.sum()
        assert inside.sum() < 1.6 * mask.sum()


@pytest.mark.parametrize(("source", "says"), [("purple", "No purple ball"), ("grey", "no hue")])
def test_a_colour_that_is_not_there_is_said(tmp_path: Path, source: str, says: str) -> None:
    sight = Sight(drawn.ball(tmp_path / "a.mp4").clip, Silent())
    with pytest.raises(CannotDo, match=says):
        find(sight.reel, source, "ball", Silent())


def test_cancelling_stops_the_analysis(tmp_path: Path) -> None:
    class Stop(Silent):
        def __call__(self, done: float) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        _ = Sight(drawn.ball(tmp_path / "a.mp4").clip, Stop()).reel


def test_looking_for_cuts_takes_no_more_memory_in_a_longer_clip(tmp_path: Path) -> None:
    ground = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 3)
    reel = Sight(drawn.write(tmp_path / "a.mp4", (ground for _ in range(240))), Silent()).reel

    def peak(stop: int) -> int:
        tracemalloc.start()
        shots(reel.part(0, stop), Silent())
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    peak(60)  # what is made once, is made
    assert peak(240) < 1.2 * peak(60)
