"""Every drawn place: right size, alike for a seed, moving in seconds, different by hour."""

import re

import numpy as np
import pytest

from cutroom.engines.classical.scenes.backdrop import Canvas
from cutroom.engines.classical.scenes.places import PATTERN, PLACES, understand

places = pytest.mark.parametrize("place", PLACES)


@places
@pytest.mark.parametrize("size", [(160, 90), (91, 160), (33, 31)], ids=str)
def test_a_place_fills_a_frame_of_any_shape(place: str, size: tuple[int, int]) -> None:
    paint = PLACES[place](Canvas(*size, "day", 1))
    frame = paint(0.5)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.dtype == np.uint8


@places
def test_the_same_seed_and_second_give_the_same_picture(place: str) -> None:
    one = PLACES[place](Canvas(160, 90, "sunset", 4))
    two = PLACES[place](Canvas(160, 90, "sunset", 4))
    two(2.0)  # what was asked before must not matter
    assert np.array_equal(one(1.0), two(1.0))


@places
def test_a_place_moves_but_does_not_jump(place: str) -> None:
    paint = PLACES[place](Canvas(320, 180, "day", 2))
    now = paint(1.0).astype(int)
    assert np.abs(paint(2.0).astype(int) - now).max() > 12
    assert np.abs(paint(1.0 + 1 / 30).astype(int) - now).mean() < 4


@places
def test_a_place_is_no_flat_card(place: str) -> None:
    frame = PLACES[place](Canvas(320, 180, "day", 2))(0.0)
    assert frame.std(axis=(0, 1)).max() > 14
    assert len(np.unique(frame.reshape(-1, 3) // 16, axis=0)) > 15


@pytest.mark.parametrize("place", [p for p in PLACES if p != "space"])
def test_the_hour_shows(place: str) -> None:
    day, sunset, night = (
        PLACES[place](Canvas(160, 90, hour, 2))(0.0).mean(axis=(0, 1))
        for hour in ("day", "sunset", "night")
    )
    assert night.mean() < 0.6 * day.mean()
    assert sunset[0] / sunset[2] > 1.15 * day[0] / day[2]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("a sunset beach", ("beach", "sunset")),
        ("a beach at sunset", ("beach", "sunset")),
        ("a tropical beach by night", ("beach", "night")),
        ("snowy mountains", ("mountains", "day")),
        ("a winter landscape", ("snowfield", "day")),
        ("outer space", ("space", "day")),
        ("the bottom of the sea", ("underwater", "day")),
        ("the sea", ("sea", "day")),
        ("a city at night", ("city", "night")),
        ("a starry sky", ("sky", "night")),
        ("a flower field", ("meadow", "day")),
        ("a sunset", ("sea", "sunset")),
    ],
)
def test_places_as_people_name_them(said: str, place: tuple[str, str]) -> None:
    assert re.fullmatch(PATTERN, said)
    assert understand(said) == place


@pytest.mark.parametrize(
    "said", ["a kitchen", "a futuristic city", "a castle on a beach", "the moon"]
)
def test_what_cannot_be_drawn_is_not_claimed(said: str) -> None:
    assert not re.fullmatch(PATTERN, said)
