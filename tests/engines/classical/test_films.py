"""Films drawn from a prompt: what is read, what is refused, and what is to be seen."""

import re
from fractions import Fraction
from pathlib import Path

import cv2
import drawn
import numpy as np
import pytest

from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.films import film
from cutroom.engines.classical.films.absent import absent
from cutroom.engines.classical.films.camera import Move
from cutroom.engines.classical.films.cast.company import COMPANY
from cutroom.engines.classical.films.casting import cast
from cutroom.engines.classical.films.projector import Eye, Project, Screen, project, world_size
from cutroom.engines.classical.films.script import read
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.films.terrain import TERRAINS
from cutroom.engines.classical.films.words import weather_and_looks
from cutroom.engines.classical.op import Op
from cutroom.engines.classical.scenes.places import PLACES
from cutroom.errors import Cancelled, CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Kind

_SMALL = Screen(320, 180, Fraction(24))

READ = {
    "a beach at sunset with gentle waves": "beach at sunset",
    "snowy mountains at night, slow zoom in": "mountains at night, zoom in",
    "a red sailboat crosses a calm sea, seagulls fly overhead": "sea by day, red sailing boat sailing, 7 of: seagull flying",
    "a red balloon floats over a meadow": "meadow by day, red balloon floating",
    "a flock of birds flies over the sea": "sea by day, 9 of: bird flying",
    "a sailing boat on the ocean at sunset": "sea at sunset, sailing boat sailing",
    "city skyline at night in the rain, camera pans left": "city at night, rain, pan left",
    "a hot-air balloon rises over the desert": "desert by day, hot-air balloon rising",
    "fish swim underwater": "underwater by day, 7 of: fish swimming",
    "a rocket flies through space": "space by day, rocket flying",
    "two blue cars drive across the desert from right to left": "desert by day, 2 of: blue car driving to the left",
    "Campfire at night in a snowy forest with starry sky in the background.": "snowfield at night, campfire",
    "a person walking in the snowstorm": "snowfield by day, person walking, falling snow (density 2.2)",
    "a house on the left and a tree in a meadow, watercolour painting": "meadow by day, house on the left, tree, watercolour",
    "waves lapping on the sand of a beach, clouds drifting by, tilt up": "beach by day, tilt up",
}

REFUSED = {
    "a dog on the beach": "dog",
    "a bird building a nest": "building a nest",
    "a boat sailing along the Seine River": "seine river",
    "a fish in the desert": "cannot be drawn in the place",
    "a walking house in a meadow": "walk",
    "a beach and a city": "one place",
    "a beach at night at sunset": "one hour",
    "an underwater scene in the rain": "no rain",
    "a black and white bird": "“black”",
    "a beach without waves": "without",
    "a beach with music": "music",
    "zoom in, zoom out, a beach": "one camera move",
    "a person riding a car in the desert": "riding",
    "camera": "camera",
}


@pytest.mark.parametrize(("prompt", "told"), READ.items())
def test_a_prompt_becomes_a_shot(prompt: str, told: str) -> None:
    assert read(prompt, 5).say() == f"5 s: {told}"


@pytest.mark.parametrize(("prompt", "told"), REFUSED.items())
def test_what_cannot_be_drawn_is_named(prompt: str, told: str) -> None:
    with pytest.raises(CannotDo, match=told):
        read(prompt, 5)


@pytest.mark.parametrize("negative", ["people, cars, blurry, low quality", "no dogs", "", None])
def test_what_is_not_there_may_be_ruled_out(negative: str | None) -> None:
    absent(negative, [read("a sailing boat on the sea at sunset", 5)])


@pytest.mark.parametrize("negative", ["waves", "people, boats", "sunset", "the sea", "clouds"])
def test_what_would_be_there_may_not(negative: str) -> None:
    with pytest.raises(CannotDo, match="rules out"):
        absent(negative, [read("a sailing boat on the sea at sunset", 5)])


def _project(shot: Shot, screen: Screen = _SMALL, seed: int = 3) -> Project:
    return film.drawn_project(shot, screen, Edit("1", "m", Kind.TEXT, "", seed=seed), 0)


def _red(frame: np.ndarray) -> np.ndarray:
    r, g, b = (frame[..., k].astype(int) for k in range(3))
    return (r > 150) & (g < 90) & (b < 90)


def _middle(mask: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    return float(columns.mean()) / mask.shape[1], float(rows.mean()) / mask.shape[0]


def test_a_balloon_is_red_and_rises() -> None:
    shown = _project(read("a red balloon rises over a meadow", 5))
    places = [_middle(_red(shown(t))) for t in (0.0, 2.5, 4.9)]
    assert places[0][1] > places[1][1] + 0.15 > places[2][1] + 0.30


@pytest.mark.parametrize(("way", "sign"), [("left to right", 1), ("right to left", -1)])
def test_a_car_goes_where_it_is_told(way: str, sign: int) -> None:
    shown = _project(read(f"a red car drives across the desert from {way}", 5))
    first, last = (_middle(_red(shown(t)))[0] for t in (0.5, 4.5))
    assert sign * (last - first) > 0.4


def test_a_walker_s_feet_do_not_slide() -> None:
    """The foot that stands stays on its spot while the body goes on."""
    screen = Screen(640, 360, Fraction(24))
    shown, bare = (
        _project(read(p, 5), screen) for p in ("a person walks in the desert", "a desert")
    )
    spots = []
    for index in range(30, 60):
        seconds = index / 24
        changed = np.abs(shown(seconds).astype(int) - bare(seconds)).max(axis=2) > 60
        rows, columns = np.nonzero(changed)
        spots.append({int(c) for c in columns[rows >= rows.max() - 1]})
    # A step takes 13 frames. Within 8 of them a sole stands on one spot, within 10 hardly ever.
    for length, least, most in ((8, 0.5, 1.0), (10, 0.0, 0.3)):
        stands = [set.intersection(*spots[i : i + length]) for i in range(30 - length)]
        assert least <= np.mean([bool(common) for common in stands]) <= most


def test_the_camera_pans_and_the_world_goes_the_other_way() -> None:
    shown = _project(read("snowy mountains, pan right", 5))
    still = _project(read("snowy mountains", 5))
    before, after = shown(0.0)[60:140].astype(int), shown(4.9)[60:140].astype(int)
    moved = [np.abs(before[:, k:] - after[:, : 320 - k]).mean() for k in range(0, 200, 2)]
    assert 2 * int(np.argmin(moved)) == pytest.approx(0.42 * 320, abs=8)
    assert min(moved) < 0.5 * moved[0]
    assert np.abs(still(0.0)[100:].astype(int) - still(4.9)[100:]).mean() < 1


@pytest.mark.parametrize("move", ["dolly in", "dolly out", "zoom in", "pan left", "tilt down"])
def test_what_stands_stays_on_its_spot_of_the_ground_whatever_the_camera_does(move: str) -> None:
    """A red spot is painted on the ground where the car's wheels touch it."""
    shot = read(f"a car parked in a meadow, {move}", 5)
    screen = Screen(640, 360, Fraction(24))
    wide, tall = world_size(screen, shot.camera)
    eye = Eye(shot, screen, TERRAINS["meadow"])
    (player,) = (eye.standing(one) for one in cast(shot, screen, 3))
    apart = []
    for seconds in (0.0, 2.5, 4.9):
        world = np.zeros((tall, wide, 3), np.uint8)
        cv2.circle(world, (wide // 2, round(player.row * tall)), 8, (255, 0, 0), -1)
        seen = project(shot, lambda _, world=world: world, [], screen)(seconds)
        x, y, *_ = eye.place(player, shot.camera.view(seconds / 5), seconds / 5, seconds)
        rows, columns = np.nonzero(seen[..., 0] > 128)
        if 8 < x < 632 and 8 < y < 352:
            apart.append(np.hypot(columns.mean() - x, rows.mean() - y))
    assert apart
    assert max(apart) < 2.5


@pytest.mark.parametrize("name", [member.name for member in COMPANY])
def test_every_drawn_thing_is_seen_whole_and_does_not_pop(name: str) -> None:
    member = next(m for m in COMPANY if m.name == name)
    place = member.place or "meadow"
    shown, bare = (_project(Shot(place, "day", 5, actors)) for actors in (read(name, 5).actors, ()))
    sizes = []
    for seconds in (0.2, 1.0, 1.0 + 1 / 24, 2.4, 4.0, 4.8):
        frame = shown(seconds)
        assert frame.shape == (180, 320, 3)
        assert frame.dtype == np.uint8
        sizes.append((np.abs(frame.astype(int) - bare(seconds)).max(axis=2) > 24).sum())
    assert min(sizes) > 60
    assert max(sizes) < 0.35 * 320 * 180
    assert sizes[2] == pytest.approx(sizes[1], rel=0.35)


@pytest.mark.parametrize("size", [(180, 320), (240, 240)])
def test_other_shapes_show_the_same_things(size: tuple[int, int]) -> None:
    screen = Screen(*size, Fraction(24))
    shown = _project(read("a red balloon floats over the sea", 5), screen)
    for seconds in (0.0, 4.9):
        x, y = _middle(_red(shown(seconds)))
        assert 0.15 < x < 0.85
        assert 0.15 < y < 0.75


def test_one_seed_makes_one_picture_whatever_the_order() -> None:
    shot = read("birds fly over the sea at sunset in the rain, zoom in", 5)
    one, again, other = (_project(shot, seed=s) for s in (3, 3, 4))
    later = again(3.0)
    assert np.array_equal(one(1.0), again(1.0))
    assert np.array_equal(one(3.0), later)
    assert not np.array_equal(one(1.0), other(1.0))


@pytest.mark.parametrize(
    "op", list({op.name: op for _, op, _ in weather_and_looks()}.values()), ids=lambda op: op.name
)
def test_every_weather_and_look_goes_over_a_drawn_shot(op: Op) -> None:
    shot = Shot("meadow", "day", 5, (), (op,), Move("pan right"))
    frame = _project(shot, Screen(128, 72, Fraction(24)))(1.0)
    assert (frame.shape, frame.dtype) == ((72, 128, 3), np.uint8)


def _text(prompt: str, **params: object) -> Edit:
    return Edit("1", "m", Kind.TEXT, prompt, seed=3, params={"duration": 1, **params})


def test_a_film_says_that_it_is_drawn_and_moves(tmp_path: Path) -> None:
    out, ticks = tmp_path / "out.mp4", drawn.Ticks()
    Classical().edit(_text("a rocket flies through space"), out, ticks)
    assert any("draws" in note for note in ticks.notes)
    first, *_, last = (frame.pixels.astype(int) for frame in frames(probe(out)))
    assert np.abs(first - last).max() > 60


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        Classical().edit(_text("a beach"), tmp_path / "out.mp4", drawn.Ticks(stop=0.3))
    assert list(tmp_path.iterdir()) == []


def test_the_plan_tells_the_shot() -> None:
    told = Classical().plan(_text("a red car drives in the desert in the fog", duration=10))
    assert told["seconds"] == 10
    assert told["size"] == [1280, 720]
    assert told["shots"][0]["actors"][0]["colour"] == "red"
    assert [op["op"] for op in told["ops"]] == ["fog"]


def test_the_page_shows_every_actor_in_words_that_are_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "09-films.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \| [A-C]", page, re.MULTILINE))
    assert rows.keys() == {member.name for member in COMPANY}
    for name, prompt in rows.items():
        assert name in {actor.who for actor in read(prompt, 5).actors}
    assert all(place in page for place in PLACES)
