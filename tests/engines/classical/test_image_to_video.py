"""Films made of a still: what is asked of it, and whether that is what happens."""

import hashlib
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.stills.depth import depth
from cutroom.engines.classical.stills.drift import Drifting
from cutroom.engines.classical.stills.wish import Drift, wish
from cutroom.errors import Cancelled, CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Kind

WIDTH, HEIGHT = 320, 180
SPOTS = ((60, 50), (250, 40), (160, 90), (90, 140), (240, 130))


class Listener(Silent):
    """A tick that remembers, and cancels at its `cancel_at`th call."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.told: list[float] = []
        self.notes: list[str] = []
        self._cancel_at = cancel_at

    def __call__(self, done: float) -> None:
        self.told.append(done)
        if self._cancel_at is not None and len(self.told) >= self._cancel_at:
            raise Cancelled

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def noise(height, width, seed, cell):
    grid = np.random.default_rng(seed).normal(0, 1, (height // cell + 2, width // cell + 2))
    return cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)


def ground(width=WIDTH, height=HEIGHT, seed=1):
    """Grey-green, with detail."""
    total = 20 * noise(height, width, seed, 6) + 22 * noise(height, width, seed + 9, 20)
    return np.clip(np.dstack([110 + total, 118 + total, 104 + total]), 0, 255).astype(np.uint8)


def spotted(spots=SPOTS):
    """Red discs on grey: points that can be found again."""
    picture = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for x, y in spots:
        cv2.circle(picture, (x * 16, y * 16), 6 * 16, (230, 20, 20), -1, cv2.LINE_AA, 4)
    return picture


def outdoors(clouds=True):
    """A blue sky with clouds over a dark textured land."""
    sky = np.full((100, WIDTH, 3), (70, 130, 205), np.float32)
    sky += np.linspace(0, 50, 100)[:, None, None]
    if clouds:
        sky += 75 * np.clip(noise(100, WIDTH, 4, 26), 0, 1)[..., None]
    land = ground(WIDTH, HEIGHT - 100, 7).astype(np.float32) * (0.5, 0.45, 0.3)
    return np.clip(np.vstack([sky, land]), 0, 255).astype(np.uint8)


def saved(path: Path, picture) -> Path:
    Image.fromarray(picture).save(path)
    return path


def asked(image: Path, prompt: str, *, tail: Path | None = None, **params) -> Edit:
    params = {"duration": 1, **params}
    return Edit(
        "still", "m", Kind.IMAGE, prompt, images=(image,), start_image=image, tail_image=tail, seed=5, params=params
    )  # fmt: skip


def film_of(edit: Edit, folder: Path, tick=None):
    out = folder / "film.mp4"
    Classical().edit(edit, out, tick or Silent())
    return [frame.pixels.copy() for frame in frames(probe(out))]


def found(picture):
    """Centres of the red discs, left to right, in the still's own pixels."""
    scale = picture.shape[1] / WIDTH
    red = picture[..., 0].astype(int) - picture[..., 1:].max(axis=2)
    _, _, stats, centres = cv2.connectedComponentsWithStats((red > 90).astype(np.uint8))
    big = stats[1:, cv2.CC_STAT_AREA] > 30 * scale
    points = (centres[1:][big] + 0.5) / scale - 0.5
    return points[np.argsort(points[:, 0])]


def loss(one, other):
    return float(np.abs(one.astype(float) - other).mean())


def enlarged(picture, like):
    return cv2.resize(picture, like.shape[1::-1], interpolation=cv2.INTER_CUBIC)


PLANNED = {
    "slow zoom in": ["slow zoom in"],
    "Camera zooms out": ["zoom out"],
    "pan left to right": ["pan right"],
    "a lake, camera pans left": ["pan left"],
    "the camera tilts up slowly": ["slow tilt up"],
    "dolly out": ["pull out"],
    "orbit": ["orbit left"],
    "Ken Burns effect": ["ken burns"],
    "handheld": ["handheld"],
    "the camera rises": ["rise"],
    "pan right, then zoom in": ["pan right", "zoom in"],
    "camera static": ["static"],
    "the waves move": ["slow push in", "the water moves"],
    "clouds drift slowly across the sky, no camera movement": ["static", "the clouds drift"],
    "the campfire flickers": ["slow push in", "the fire flickers"],
    "leaves fall": ["slow push in", "falling leaves"],
    "fog rolls in over the hills": ["slow push in", "fog"],
    "make it snow and dolly in": ["push in", "falling snow"],
    "a cat on a sofa": ["slow push in"],
    "a city street at night during a snow storm": ["slow push in"],
    "bring the picture to life": ["slow push in"],
}


@pytest.mark.parametrize(("prompt", "said"), PLANNED.items())
def test_a_prompt_comes_to_what_it_asks_for(prompt, said) -> None:
    assert [row["say"] for row in wish(prompt).to_json()["ops"]] == said


def test_what_describes_the_image_is_told_apart() -> None:
    read = wish("a red bus in a street, camera zooms in")
    assert read.described == ("red bus in a street",)


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("a woman smiles at the camera", "smiles"),
        ("two horses are running", "running"),
        ("make the cat dance", "dance"),
        ("She turns her head", "turns"),
        ("the leaves become birds", "does not show .“become”"),
        ("her dress turns into water", "does not show .“turns”"),
        ("smoke rises from the chimney", "rises"),
        ("the water does not move", "move"),
        ("no zoom", "zoom"),
        ("360 degree orbit", "360"),
        ("remove the car", "car"),
        ("zoom in and zoom out", "zoom out"),
        ("static camera, pan left", "stays still"),
    ],
)
def test_what_a_still_cannot_give_is_refused_by_name(prompt, named) -> None:
    with pytest.raises(CannotDo, match=named):
        wish(prompt)


def test_a_zoom_takes_every_point_where_it_should_be(tmp_path) -> None:
    shown = film_of(asked(saved(tmp_path / "a.png", spotted()), "zoom in"), tmp_path)
    assert loss(shown[0], enlarged(spotted(), shown[0])) < 3
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    there = middle + 1.38 * (np.array(SPOTS) - middle)
    inside = [p for p in there if 8 < p[0] < WIDTH - 8 and 8 < p[1] < HEIGHT - 8]
    expected = np.array(sorted(inside, key=lambda p: p[0]))
    centres = found(shown[-1])
    near = [min(np.hypot(*(c - e)) for c in centres) for e in expected]
    assert max(near) < 1.0


def test_a_pan_moves_every_point_alike(tmp_path) -> None:
    spots = ((120, 60), (160, 90), (190, 120))
    shown = film_of(asked(saved(tmp_path / "a.png", spotted(spots)), "pan left"), tmp_path)
    moved = found(shown[-1]) - found(shown[0])
    assert moved[:, 0].min() > 40  # what is seen goes right when the camera looks left
    assert np.ptp(moved[:, 0]) < 1
    assert np.abs(moved[:, 1]).max() < 1


def test_what_is_near_shifts_more_than_what_is_far(tmp_path) -> None:
    picture = np.repeat(
        np.linspace(30, 110, HEIGHT)[:, None, None].astype(np.uint8), WIDTH, 1
    ).repeat(3, 2)
    cv2.ellipse(picture, (160, 120), (40, 70), 0, 0, 360, (235, 200, 60), -1, cv2.LINE_AA)
    cv2.circle(picture, (160, 100), 9, (230, 20, 20), -1, cv2.LINE_AA)
    cv2.circle(picture, (70, 40), 9, (230, 20, 20), -1, cv2.LINE_AA)
    tick = Listener()
    shown = film_of(asked(saved(tmp_path / "a.png", picture), "orbit left"), tmp_path, tick)
    assert not any("flat" in note for note in tick.notes)
    far, near = (found(shown[-1]) - found(shown[0]))[:, 0]
    assert near - far > 6  # the camera goes left, so what is near goes right


def test_the_sky_drifts_and_the_land_stays() -> None:
    picture = cv2.resize(outdoors(), None, fx=2, fy=2)
    seen = depth(picture, Silent(), subjects=False)
    drifting = Drifting([Drift("sky")], picture, seen, 5, 1)
    shown = [drifting(t) for t in (0, 0.5, 2.5)]
    assert loss(shown[0], picture) < 0.5
    assert max(loss(p[215:], picture[215:]) for p in shown) < 0.2
    grey = [cv2.cvtColor(p[:140], cv2.COLOR_RGB2GRAY).astype(np.float32) for p in shown[:2]]
    (across, down), _ = cv2.phaseCorrelate(*(g - cv2.GaussianBlur(g, (0, 0), 20) for g in grey))
    assert across > 1.0  # to the right, and level
    assert abs(down) < 0.7


def test_what_drifts_comes_round_without_a_jump() -> None:
    picture = cv2.resize(outdoors(), None, fx=2, fy=2)
    seen = depth(picture, Silent(), subjects=False)
    drifting = Drifting([Drift("sky")], picture, seen, 5, 1)
    assert np.array_equal(drifting(0), drifting(5))
    steps = [loss(drifting(t / 24), drifting((t + 1) / 24)) for t in range(0, 120, 4)]
    assert max(steps) < 3 * np.median(steps)


def test_water_moves_within_its_border_and_comes_round() -> None:
    picture = cv2.resize(outdoors(), None, fx=2, fy=2)
    waves = 30 * noise(90, 640, 3, 5)[..., None] + np.float32((24, 96, 120))
    picture[270:] = np.clip(cv2.blur(waves, (25, 1)), 0, 255)
    seen = depth(picture, Silent(), subjects=False)
    drifting = Drifting([Drift("water")], picture, seen, 5, 1)
    assert loss(drifting(0), picture) < 0.2
    assert loss(drifting(0), drifting(5)) < 0.05
    assert loss(drifting(1.3)[285:], picture[285:]) > 1.5
    assert loss(drifting(1.3)[:255], picture[:255]) < 0.2


@pytest.mark.parametrize(
    ("prompt", "sky", "told"),
    [("the waves move", True, "no water"), ("the fire flickers", True, "no flames"), ("clouds drift", False, "clear")],
)  # fmt: skip
def test_what_is_not_in_the_image_cannot_be_moved(prompt, sky, told, tmp_path) -> None:
    image = saved(tmp_path / "a.png", outdoors(clouds=sky))
    with pytest.raises(CannotDo, match=told):
        film_of(asked(image, f"{prompt}, static camera"), tmp_path)
    assert not (tmp_path / "film.mp4").exists()


def test_a_film_to_a_last_image_ends_on_it(tmp_path) -> None:
    wide = ground(WIDTH + 40)
    for x in (90, 150, 240):
        cv2.circle(wide, (x, 30 + x // 3), 9, (230, 20, 20), -1, cv2.LINE_AA)
    first, last = wide[:, :WIDTH], wide[:, 24 : WIDTH + 24]
    tick = Listener()
    edit = asked(saved(tmp_path / "a.png", first), "", tail=saved(tmp_path / "b.png", last))
    shown = film_of(edit, tmp_path, tick)
    assert any("bent" in note for note in tick.notes)
    assert loss(shown[0], enlarged(first, shown[0])) < 3
    assert loss(shown[-1], enlarged(last, shown[-1])) < 3
    halfway = found(shown[len(shown) // 2])
    assert len(halfway) == 3  # not doubled, as a dissolve would have them
    gone = found(first)[:, 0] - halfway[:, 0]
    assert np.allclose(gone, 12.5, atol=1.5)


def test_images_of_two_scenes_are_dissolved_and_the_caller_is_told(tmp_path) -> None:
    tick = Listener()
    one, other = saved(tmp_path / "a.png", spotted()), saved(tmp_path / "b.png", outdoors())
    shown = film_of(asked(one, "a lake", tail=other), tmp_path, tick)
    assert any("dissolves" in note for note in tick.notes)
    assert loss(shown[-1], enlarged(outdoors(), shown[-1])) < 3
    with pytest.raises(CannotDo, match="last image"):
        film_of(asked(one, "zoom in", tail=other), tmp_path)


@pytest.mark.parametrize(
    ("aspect", "size"), [(None, (640, 360)), ("1:1", (360, 360)), ("9:16", (640, 1138))]
)
def test_size_rate_and_length(aspect, size, tmp_path) -> None:
    params = {} if aspect is None else {"aspect_ratio": aspect}
    tick = Listener()
    edit = asked(saved(tmp_path / "a.png", spotted()), "pan right", duration=1, **params)
    film_of(edit, tmp_path, tick)
    clip = probe(tmp_path / "film.mp4")
    assert (clip.width, clip.height, clip.rate, clip.frames) == (*size, Fraction(24), 24)
    assert clip.duration == 1
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1
    if aspect:
        assert any("shown" in note for note in tick.notes)


def test_one_seed_makes_one_film_and_ops_go_over_it(tmp_path) -> None:
    image, made = saved(tmp_path / "a.png", outdoors()), []
    for _ in range(2):
        film_of(asked(image, "pan left, make it snow"), tmp_path)
        made.append(hashlib.sha256((tmp_path / "film.mp4").read_bytes()).hexdigest())
    assert made[0] == made[1]


def test_cancelling_leaves_no_file(tmp_path) -> None:
    image = saved(tmp_path / "a.png", spotted())
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(Cancelled):
        film_of(asked(image, "pan right"), folder, Listener(cancel_at=6))
    assert list(folder.iterdir()) == []


def test_what_moves_is_heard_and_silence_is_said(tmp_path) -> None:
    image = saved(tmp_path / "a.png", outdoors())
    edit = asked(image, "clouds drift, rain falls, camera static", generate_audio=True)
    assert Classical().plan(edit)["sounds"] == ["wind", "rain"]
    film_of(edit, tmp_path)
    assert probe(tmp_path / "film.mp4").audio == "aac"
    with pytest.raises(CannotDo, match="heard"):
        film_of(asked(image, "pan right", generate_audio=True), tmp_path)
