"""References staged in drawn places: where they are, how shots are cut, what begins and ends a film."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.errors import CannotDo
from cutroom.media import images
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Element, Kind


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A magenta figure and a green ball on nothing, a plain blue picture, and one that is all noise."""
    folder = tmp_path_factory.mktemp("references")
    figure = np.zeros((400, 160, 4), np.uint8)
    cv2.circle(figure, (80, 60), 50, (230, 20, 230, 255), -1, cv2.LINE_AA)
    cv2.rectangle(figure, (40, 100), (120, 399), (230, 20, 230, 255), -1)
    ball = np.zeros((320, 320, 4), np.uint8)
    cv2.circle(ball, (160, 160), 150, (20, 220, 30, 255), -1, cv2.LINE_AA)
    plain = np.full((360, 480, 4), (30, 60, 200, 255), np.uint8)
    noisy = np.random.default_rng(1).integers(0, 255, (18, 24, 4), dtype=np.uint8)
    noisy = noisy.repeat(20, axis=0).repeat(20, axis=1)
    noisy[..., 3] = 255
    made = {"figure": figure, "ball": ball, "plain": plain, "noisy": noisy}
    for name, pixels in made.items():
        images.save(folder / f"{name}.png", pixels)
    return {name: folder / f"{name}.png" for name in made}


@pytest.fixture
def edit_of(drawn: dict[str, Path]) -> Callable[..., Edit]:
    """An edit of shots of a second with drawn references."""

    def make(
        *prompts: str, image: str = "figure", element: str = "", start: str = "", tail: str = "", **params: Any
    ) -> Edit:  # fmt: skip
        shots = [{"prompt": prompt, "duration": 1} for prompt in prompts]
        told = {"multi_prompt": shots} if len(shots) > 1 else {"duration": 1}
        return Edit(
            "1", "m", Kind.REFERENCE, prompts[0] if len(prompts) == 1 else "", None,
            (drawn[image],) if image else (), (Element(drawn[element]),) if element else (),
            start_image=drawn[start] if start else None, tail_image=drawn[tail] if tail else None,
            seed=3, params={**told, **params},
        )  # fmt: skip

    return make


def _made(edit: Edit, folder: Path) -> np.ndarray:
    out = folder / "out.mp4"
    Classical().edit(edit, out, Silent())
    return np.stack([frame.pixels for frame in frames(probe(out))])


def _magenta(frame: np.ndarray) -> np.ndarray:
    r, g, b = (frame[..., k].astype(int) for k in range(3))
    return (r > 100) & (b > 100) & (r > g + 70) & (b > g + 60)


def _green(frame: np.ndarray) -> np.ndarray:
    r, g, b = (frame[..., k].astype(int) for k in range(3))
    return (g > 100) & (g > r + 90) & (g > b + 80)


def test_a_reference_walks_on_the_ground_to_where_it_is_told(
    edit_of: Callable[..., Edit], tmp_path: Path
) -> None:
    film = _made(
        edit_of("@Image1 walks in the desert from right to left", aspect_ratio="1:1"), tmp_path
    )
    assert film.shape == (24, 960, 960, 3)
    places = []
    for frame in film[[0, 12, 23]]:
        rows, columns = np.nonzero(_magenta(frame))
        places.append(columns.mean() / 960)
        assert 0.80 < rows.max() / 960 < 0.97  # on the sand, not in the air
        assert 0.45 < np.ptp(rows) / 960 < 0.65
    assert places[0] > places[1] + 0.05 > places[2] + 0.1


def test_shots_are_cut_where_they_end_and_keep_the_place(
    edit_of: Callable[..., Edit], tmp_path: Path
) -> None:
    edit = edit_of("@Image1 in a forest", "@Element1 flies", element="ball", aspect_ratio="1:1")
    plan = Classical().plan(edit)
    assert [shot["place"] for shot in plan["shots"]] == ["forest", "forest"]
    assert plan["seconds"] == 2
    film = _made(edit, tmp_path)
    assert len(film) == 48
    shown = [(_magenta(frame).sum() > 2000, _green(frame).sum() > 2000) for frame in film[[0, 23, 24, 47]]]  # fmt: skip
    assert shown == [(True, False), (True, False), (False, True), (False, True)]


def test_the_first_and_the_last_frame_are_those_given(
    edit_of: Callable[..., Edit], tmp_path: Path
) -> None:
    edit = edit_of("@Image1 in a forest", start="noisy", tail="plain", aspect_ratio="1:1")
    edit = Edit(**{**{k: getattr(edit, k) for k in edit.__dataclass_fields__}, "params": {"duration": 3, "aspect_ratio": "1:1"}})  # fmt: skip
    film = _made(edit, tmp_path)
    assert len(film) == 72
    assert np.abs(film[-1].astype(int) - (30, 60, 200)).mean() < 3
    noise = images.load(edit.start_image)[..., :3]
    middle = cv2.resize(noise, None, fx=960 / 360, fy=960 / 360, interpolation=cv2.INTER_CUBIC)[:, 160:1120]  # fmt: skip
    assert np.corrcoef(film[0].ravel()[::7], middle.ravel()[::7])[0, 1] > 0.9
    assert _magenta(film[36]).sum() > 5000  # between them, the shot
    steps = [np.abs(film[k].astype(int) - film[k - 1]).mean() for k in range(1, 72)]
    assert max(steps) < 20  # it melts, it does not jump


@pytest.mark.parametrize(
    ("prompts", "more", "told"),
    [
        (("@Image1 walks on the sea",), {}, "no|cannot walk"),
        (("@Image1 in a meadow",), {"image": "noisy"}, "could not be cut out"),
        (("a beach at sunset",), {}, "No prompt mentions @Image1"),
        (("@Image1 juggles on the beach",), {}, "juggles"),
        (("@Image1 on the beach", "a dog in a meadow"), {}, "dog"),
        (("@Image1 sings in the forest",), {"generate_audio": True}, "sings"),
        (("@Element1 in front of @Image1",), {"element": "ball", "generate_audio": True}, "sounds"),
        (("@Element1 in front of @Image1 at night",), {"element": "ball"}, "stays as it was"),
        (("@Image1 on the beach",), {"negative_prompt": "palm trees"}, "rules out"),
    ],
)
def test_what_cannot_be_staged_is_refused(
    prompts: tuple[str, ...],
    more: dict[str, Any],
    told: str,
    edit_of: Callable[..., Edit],
    tmp_path: Path,
) -> None:
    with pytest.raises(CannotDo, match=told):
        Classical().edit(edit_of(*prompts, **more), tmp_path / "out.mp4", Silent())
    assert list(tmp_path.iterdir()) == []


def test_a_picture_may_stand_behind_and_what_is_unused_is_told(
    edit_of: Callable[..., Edit],
) -> None:
    plan = Classical().plan(
        edit_of("@Element1 rises in front of @Image1", image="plain", element="ball")
    )
    assert plan["shots"][0]["place"] == "@image1"
    assert [actor["who"] for actor in plan["shots"][0]["actors"]] == ["@element1"]
    assert plan["unused"] == []
    assert Classical().plan(edit_of("@Image1 in a meadow", element="ball"))["unused"] == [
        "@Element1"
    ]


def test_what_two_do_together_both_do(edit_of: Callable[..., Edit]) -> None:
    plan = Classical().plan(edit_of("@Image1 and @Element1 walk in the snow", element="ball"))
    assert [actor["gait"] for actor in plan["shots"][0]["actors"]] == ["walk", "walk"]
