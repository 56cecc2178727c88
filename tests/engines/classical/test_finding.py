"""What a target means in a clip, against drawn clips whose truth is known."""

from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.planner.planner import plan
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Cut, Sight, certainty, cutting, kinds, people
from cutroom.engines.classical.sight.subject import FOLLOWED
from cutroom.engines.classical.target import Target, understand
from cutroom.errors import CannotDo
from cutroom.media.decode import frames


def overlap(sight: Sight, target: Target, truth: tuple[np.ndarray, ...]) -> float:
    """Median IoU of the target's matte with the truth over all frames that show it."""
    subject = sight.find(target)
    scores = []
    for frame in frames(sight.clip):
        found = subject.matte(frame.pixels, frame.index) > 0.5
        mask = truth[frame.index]
        if mask.any():
            scores.append((found & mask).sum() / max((found | mask).sum(), 1))
    return float(np.median(scores))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Sight:
    return Sight(drawn.two_balls(tmp_path_factory.mktemp("pair") / "a.mp4").clip, Silent())


def _ball(index: int, which: str) -> np.ndarray:
    left, top = (40 + 12 * index, 54) if which == "blue" else (280 - 12 * index, 132)
    return drawn.disc((left, top), 20)


def test_one_of_two_by_colour_and_by_place(pair: Sight) -> None:
    for words, which in (("the blue ball", "blue"), ("the red ball", "red"),
                         ("the upper ball", "blue"), ("the ball at the bottom", "red")):  # fmt: skip
        truth = tuple(_ball(i, which) for i in range(drawn.COUNT))
        assert overlap(pair, understand(words), truth) > 0.8, words


def test_which_of_two_is_asked_in_words(pair: Sight) -> None:
    with pytest.raises(CannotDo, match=r"Two things .*the left one"):
        pair.find(understand("the ball"))


def test_in_a_shot_of_a_few_frames_nothing_is_told_by_its_motion(tmp_path: Path) -> None:
    ground = drawn.texture(320, 180, 3)
    pictures = []
    for index in range(4):
        picture = ground.copy()
        picture[drawn.disc((60 + 2 * index, 90), 22)] = (200, 40, 40)
        picture[drawn.disc((230, 90), 22)] = (200, 40, 40)
        pictures.append(picture)
    sight = Sight(drawn.write(tmp_path / "a.mp4", iter(pictures)), Silent())
    with pytest.raises(CannotDo, match="Two things"):
        sight.find(understand("the ball"))


def test_what_is_unlike_in_size_is_not_all_of_one_kind(tmp_path: Path) -> None:
    ground = drawn.texture(320, 180, 3)
    pictures = []
    for index in range(18):
        picture = ground.copy()
        picture[drawn.disc((50 + 12 * index, 60), 28)] = (200, 40, 40)
        picture[drawn.disc((280 - 12 * index, 140), 9)] = (40, 40, 200)
        pictures.append(picture)
    sight = Sight(drawn.write(tmp_path / "a.mp4", iter(pictures)), Silent())
    with pytest.raises(CannotDo, match="too unlike in size to be all the cars"):
        sight.find(understand("all the cars"))


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (200, 16), (16, 200)])
def test_nobody_is_found_in_a_picture_that_holds_nobody(
    size: tuple[int, int], tmp_path: Path
) -> None:
    width, height = size
    pictures = (drawn.texture(width, height, 3) for _ in range(8))
    sight = Sight(drawn.write(tmp_path / "a.mp4", pictures, size), Silent())
    with pytest.raises(CannotDo):
        sight.find(understand("the person"))


def test_all_of_them_and_the_background(pair: Sight) -> None:
    both = tuple(_ball(i, "blue") | _ball(i, "red") for i in range(drawn.COUNT))
    assert overlap(pair, understand("both balls"), both) > 0.8
    rest = pair.find(understand("the background"))
    frame = next(iter(frames(pair.clip)))
    assert rest.matte(frame.pixels, 0)[~both[0]].mean() > 0.98
    assert rest.matte(frame.pixels, 0)[both[0]].mean() < 0.15


def test_a_colour_that_nothing_has_is_said(pair: Sight) -> None:
    with pytest.raises(CannotDo, match="green ball"):
        pair.find(understand("the green ball"))


def test_a_still_thing_that_stands_out_is_found_whole(tmp_path: Path) -> None:
    still = drawn.mug(tmp_path / "a.mp4")
    sight = Sight(still.clip, Silent())
    assert overlap(sight, understand("the mug"), still.masks) > 0.87  # the handle's hole is filled
    assert sight.find(understand("the mug")).trust > 0.62


def test_somebody_who_stirs_only_an_arm_is_found_whole(tmp_path: Path) -> None:
    waver = drawn.waver(tmp_path / "a.mp4")
    sight = Sight(waver.clip, Silent())
    assert overlap(sight, understand("the person"), waver.masks) > 0.85


def test_somebody_who_stands_still_is_found(tmp_path: Path) -> None:
    still = drawn.standing(tmp_path / "a.mp4")
    sight = Sight(still.clip, Silent())
    assert overlap(sight, understand("the person"), still.masks) > 0.85
    with pytest.raises(CannotDo, match="looks like a person"):
        sight.find(understand("the dog"))


def test_somebody_whose_legs_the_frame_cuts_off_is_seen_as_a_person(tmp_path: Path) -> None:
    picture = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 5)
    cv2.ellipse(picture, (160, 150), (36, 70), 0, 0, 360, (36, 40, 74), cv2.FILLED)
    cv2.circle(picture, (160, 62), 15, (36, 40, 74), cv2.FILLED)
    cv2.rectangle(picture, (124, 150), (196, 180), (36, 40, 74), cv2.FILLED)
    half = drawn.write(tmp_path / "a.mp4", iter([picture] * drawn.COUNT))
    top = 47.0
    box = (124.0, top, 197.0, float(drawn.HEIGHT))
    boxes = dict.fromkeys(range(drawn.COUNT), box)
    sight = Sight(half, Silent())
    assert people.votes(boxes, sight.reel) > 0.8
    with pytest.raises(CannotDo, match=r"looks like a person .*not like the dog"):
        kinds.no_person(boxes, sight, understand("the dog"))
    kinds.no_person(boxes, sight, understand("the woman"))
    wall = (0.0, top, 60.0, float(drawn.HEIGHT))
    assert people.votes(dict.fromkeys(boxes, wall), sight.reel) == 0


def test_a_matte_with_bits_beside_it_is_less_sure() -> None:
    plane = np.zeros((90, 160), np.uint8)
    plane[20:70, 30:80] = 255
    assert certainty.unity(lambda _: plane, [0, 1]) == 1
    bits = plane.copy()
    bits[40:60, 100:120] = 255  # a hand that came along
    assert certainty.unity(lambda _: bits, [0, 1]) < 0.2


def test_what_is_to_be_followed_may_be_less_decided_than_what_is_cut_out(tmp_path: Path) -> None:
    sight = Sight(drawn.walker(tmp_path / "a.mp4").clip, Silent())
    first = sight.movers.found[0]
    assert sight.trust_in(first, crisp=False) > sight.trust_in(first)


def test_a_part_that_stands_out_is_not_taken_for_the_thing(tmp_path: Path) -> None:
    wall = np.full((drawn.HEIGHT, drawn.WIDTH, 3), 186, np.uint8)
    wall[80:150, 146:182] = (150, 154, 160)
    wall[84:146, 150:178] = (172, 176, 178)
    wall[48:80, 150:178] = (20, 30, 150)
    sight = Sight(drawn.write(tmp_path / "a.mp4", iter([wall] * 12)), Silent())
    with pytest.raises(CannotDo, match="Only a part"):
        sight.find(understand("the bottle"))


def test_somebody_who_stands_still_and_cannot_be_cut_out_is_refused(tmp_path: Path) -> None:
    hardly = drawn.standing(tmp_path / "a.mp4", (112, 116, 104))
    with pytest.raises(CannotDo, match=r"separated cleanly|Nothing|not clear|covers"):
        Sight(hardly.clip, Silent()).find(understand("the person"))


@pytest.mark.parametrize("noun", ["dog", "horse"])
def test_a_walker_is_not_taken_for_something_else(noun: str, tmp_path: Path) -> None:
    sight = Sight(drawn.walker(tmp_path / "a.mp4").clip, Silent())
    assert sight.find(understand("the woman")).trust > 0.62
    with pytest.raises(CannotDo, match=f"looks like a person .*not like the {noun}"):
        sight.find(understand(f"the {noun}"))


def test_a_car_is_nobody_and_a_noun_that_nothing_contradicts_is_believed(tmp_path: Path) -> None:
    low = drawn.car(tmp_path / "a.mp4")
    sight = Sight(low.clip, Silent())
    with pytest.raises(CannotDo, match="times as wide as it is tall"):
        sight.find(understand("the man"))
    assert overlap(sight, understand("the dog"), low.masks) > 0.85


def test_a_matte_of_the_place_is_not_believed(tmp_path: Path) -> None:
    """Two thirds of the picture in one colour: clear edges and colours, but no thing in it."""

    def pictures():
        for _ in range(drawn.COUNT):
            picture = np.full((drawn.HEIGHT, drawn.WIDTH, 3), (196, 60, 40), np.uint8)
            picture[:, 220:] = (30, 60, 190)
            yield picture

    reel = Sight(drawn.write(tmp_path / "a.mp4", pictures()), Silent()).reel
    place = np.zeros((reel.height, reel.width), np.uint8)
    place[:, :220] = 255
    assert certainty.of_cut(reel, lambda _: place, list(range(len(reel)))) < FOLLOWED
    box = (0.0, 0.0, 220.0, float(reel.height))
    cut = Cut(lambda _: place, (), dict.fromkeys(range(len(reel)), box), 0.9, reel.scale)
    with pytest.raises(CannotDo, match=r"covers 69% of the picture"):
        cutting.sure(cut, FOLLOWED)


def test_a_texture_in_which_nothing_stands_out_is_refused(tmp_path: Path) -> None:
    sight = Sight(drawn.nothing(tmp_path / "a.mp4").clip, Silent())
    with pytest.raises(CannotDo, match=r"not clear|could not be separated|Nothing"):
        sight.find(understand("the dog"))


def test_a_target_is_followed_across_a_cut(tmp_path: Path) -> None:
    two = drawn.cut_in_two(tmp_path / "a.mp4")
    sight = Sight(two.clip, Silent())
    assert [shot.first for shot in sight.shots] == [0, drawn.COUNT]
    assert overlap(sight, understand("the ball"), two.masks) > 0.85


def test_ops_are_asked_shot_by_shot(tmp_path: Path) -> None:
    """The shot that holds no ball stays as it is and is named; the other's ball is dyed."""
    two = drawn.cut_in_two(tmp_path / "a.mp4")

    def pictures():
        for frame in frames(two.clip, stop=drawn.COUNT + 8):
            still = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 9) // 2
            yield frame.pixels if frame.index < drawn.COUNT else still

    clip = drawn.write(tmp_path / "b.mp4", pictures())
    scene, notes = drawn.scene_of(clip, "make the red ball blue")
    paint = paint_of_plan(plan(scene.edit).ops, scene)
    for before, after in drawn.painted(clip, paint)[:: drawn.COUNT]:
        changed = np.abs(before.astype(int) - after).max(axis=2) > 40
        index = 0 if changed.any() else 1
        assert changed.mean() > 0.01 if index == 0 else not changed.any()
    assert any("left as it is" in said for said in notes.said)


@pytest.mark.parametrize("prompt", ["blur the ball", "remove the ball"])
def test_a_shot_in_which_it_is_not_clear_what_is_meant_refuses_the_whole(
    tmp_path: Path, prompt: str
) -> None:
    shots = [drawn.ball(tmp_path / "one.mp4"), drawn.two_balls(tmp_path / "two.mp4")]
    pictures = (
        np.clip(f.pixels.astype(int) + 60 * k, 0, 255).astype(np.uint8)
        for k, shot in enumerate(shots)
        for f in frames(shot.clip)
    )
    clip = drawn.write(tmp_path / "a.mp4", pictures)
    with pytest.raises(
        CannotDo, match=r"In the shot from 1\.5 s .* half an edit is none: Two things"
    ):
        drawn.paint_of(clip, prompt)
