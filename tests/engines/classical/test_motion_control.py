"""The character of an image moves as the person of a video: by how much, and what is refused."""

import hashlib

import cv2
import drawn
import numpy as np
import pytest
from PIL import Image

from cutroom.engine import Silent
from cutroom.engines.classical.engine import Classical
from cutroom.engines.classical.puppet.mesh import Bender, mesh_of
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo
from cutroom.media.decode import frames
from cutroom.media.probe import probe
from cutroom.types import Edit, Element, Kind

COUNT, HEIGHT, RATE, WIDTH = drawn.COUNT, drawn.HEIGHT, drawn.RATE, drawn.WIDTH
Notes, texture, write = drawn.Notes, drawn.texture, drawn.write

YELLOW, BLUE, RED, GREEN = (236, 200, 40), (40, 60, 190), (220, 20, 20), (20, 200, 40)


def person(picture, foot, tall, turn, swing, colours, dots=False):
    """A figure: its feet's middle, height, lean in degrees about the hip, and how far its legs swing."""
    hip = np.array(foot, float) - (0, 0.45 * tall)

    def at(x, y, turned=turn):
        a = np.radians(turned)
        way = np.array((x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)))
        return tuple(int(v * 16) for v in hip + tall * way)

    def limb(one, other, wide, colour):
        cv2.line(picture, one, other, colour, max(2, round(wide * tall)), cv2.LINE_AA, 4)

    for side in (-1, 1):
        limb(at(0.05 * side, 0, 0), at(0.11 * side, 0.42, swing * side), 0.075, colours[1])
    limb(at(0, 0.02, 0), at(0, -0.30), 0.19, colours[0])
    cv2.circle(picture, at(0, -0.46), round(0.085 * tall * 16), colours[0], -1, cv2.LINE_AA, 4)
    limb(at(0, -0.30), at(0, -0.40), 0.06, colours[0])
    if dots:
        cv2.circle(picture, at(0, -0.47), round(0.045 * tall * 16), RED, -1, cv2.LINE_AA, 4)
        cv2.circle(picture, at(0, -0.02), round(0.045 * tall * 16), GREEN, -1, cv2.LINE_AA, 4)
    return picture


def truth(index):
    """(foot, lean, swing) of the driver in a frame: it walks to the right and sways."""
    return (60 + 11 * index, 160), 14 * np.sin(2 * np.pi * index / COUNT), 7 * np.sin(1.4 * index)


@pytest.fixture(scope="module")
def walker(tmp_path_factory):
    ground = texture(WIDTH, HEIGHT)
    pictures = (
        person(ground.copy(), foot, 128, turn, swing, (YELLOW, BLUE))
        for foot, turn, swing in map(truth, range(COUNT))
    )
    return write(tmp_path_factory.mktemp("driver") / "walker.mp4", pictures)


@pytest.fixture(scope="module")
def character(tmp_path_factory):
    path = tmp_path_factory.mktemp("character") / "grey.png"
    picture = person(np.full((400, 300, 3), 255, np.uint8), (150, 380), 340, 0, 0, ((120, 120, 126), (70, 70, 80)), dots=True)  # fmt: skip
    Image.fromarray(picture).save(path)
    return path


def asked(video, image, prompt="she walks", **given) -> Edit:
    params = {"character_orientation": given.pop("orientation", "video")}
    return Edit("motion", "m", Kind.MOTION, prompt, video, images=(image,), seed=3, params=params, **given)  # fmt: skip


def made(edit, folder, tick=None):
    out = folder / "out.mp4"
    Classical().edit(edit, out, tick or Silent())
    return [frame.pixels.copy() for frame in frames(probe(out))]


@pytest.fixture(scope="module")
def staged(walker, character, tmp_path_factory):
    """(folder, frames, notes) of the character in the walker's place."""
    folder, tick = tmp_path_factory.mktemp("staged"), Notes()
    return folder, made(asked(walker, character), folder, tick), tick.said


def dot(picture, channel):
    others = [c for c in range(3) if c != channel]
    clear = picture[..., channel].astype(int) - picture[..., others].max(axis=2) > 60
    rows, columns = np.nonzero(clear)
    return np.array((columns.mean(), rows.mean()))


def leaning(picture):
    x, y = dot(picture, 0) - dot(picture, 1)
    return np.degrees(np.arctan2(x, -y))


def test_the_character_goes_where_the_person_goes_and_leans_as_much(walker, staged) -> None:
    folder, shown, notes = staged
    result = probe(folder / "out.mp4")
    told = ("width", "height", "rate", "frames", "duration")
    assert [getattr(result, t) for t in told] == [getattr(walker, t) for t in told]
    hips = np.array([dot(p, 1)[0] for p in shown])
    feet = np.array([truth(i)[0][0] for i in range(COUNT)])
    assert np.abs(hips - feet)[1:-1].max() < 5
    leans = np.array([leaning(p) for p in shown])
    true = np.array([truth(i)[1] for i in range(COUNT)])
    assert np.abs(leans - true)[2:-2].max() < 7
    assert np.corrcoef(leans, true)[0, 1] > 0.9
    assert any("Carried over" in note for note in notes)


def test_the_person_is_gone_and_the_place_is_not(staged) -> None:
    shown = staged[1]
    ground = texture(WIDTH, HEIGHT)
    for index in (3, 9, 15):
        red, green, blue = (shown[index][..., c].astype(int) for c in range(3))
        yellow = (red - blue > 90) & (green > 120)
        assert yellow.mean() < 0.001
        far = np.abs(np.arange(WIDTH) - truth(index)[0][0]) > 75
        assert np.abs(shown[index][:, far].astype(int) - ground[:, far]).mean() < 3


def test_where_the_image_leads_its_picture_is_the_first_frame(walker, character, tmp_path) -> None:
    shown = made(asked(walker, character, orientation="image"), tmp_path)
    result = probe(tmp_path / "out.mp4")
    assert (result.frames, result.rate) == (COUNT, RATE)
    assert result.width * 4 == pytest.approx(result.height * 3, abs=8)
    image = np.asarray(Image.open(character))
    still = cv2.resize(image, (result.width, result.height), interpolation=cv2.INTER_CUBIC)
    assert np.abs(shown[0].astype(int) - still).mean() < 4
    leans = np.array([leaning(p) for p in shown])
    true = np.array([truth(i)[1] for i in range(COUNT)])
    assert np.corrcoef(leans, true)[0, 1] > 0.9


def test_an_element_is_the_character(walker, character, tmp_path) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(texture(64, 64)).save(other)
    shown = made(asked(walker, other, elements=(Element(character),)), tmp_path)
    assert abs(dot(shown[9], 1)[0] - truth(9)[0][0]) < 6


def test_one_seed_makes_one_video(walker, character, staged, tmp_path) -> None:
    made(asked(walker, character), tmp_path)
    hashes = {hashlib.sha256((f / "out.mp4").read_bytes()).digest() for f in (staged[0], tmp_path)}
    assert len(hashes) == 1


def test_a_still_or_single_picture_moves_nobody(character, tmp_path) -> None:
    ground = texture(WIDTH, HEIGHT)
    empty = write(tmp_path / "empty.mp4", (ground for _ in range(COUNT)))
    with pytest.raises(CannotDo, match="found"):
        made(asked(empty, character), tmp_path)
    single = write(tmp_path / "one.mp4", iter([ground]))
    with pytest.raises(CannotDo, match="1 frame"):
        made(asked(single, character), tmp_path)
    assert not (tmp_path / "out.mp4").exists()


def test_an_image_without_a_subject_is_no_character(walker, tmp_path) -> None:
    image = tmp_path / "ground.png"
    Image.fromarray(texture(80, 60)).save(image)
    with pytest.raises(CannotDo, match="cut out"):
        made(asked(walker, image), tmp_path)


def test_other_wishes_are_refused(walker, character, tmp_path) -> None:
    with pytest.raises(CannotDo, match="zoom in"):
        made(asked(walker, character, "zoom in"), tmp_path)
    with pytest.raises(CannotDo, match="wear"):
        made(asked(walker, character, "make her wear a hat"), tmp_path)
    with pytest.raises(CannotDo, match="turns"):
        made(asked(walker, character, "she turns into a dragon"), tmp_path)


def test_a_mesh_turned_at_its_handles_is_turned_without_stretching() -> None:
    sprite = Sprite(np.zeros((80, 40, 3), np.uint8), np.ones((80, 40), np.float32))
    mesh = mesh_of(sprite)
    handles = np.array([(20.0, 4.0), (20.0, 76.0), (4.0, 40.0)])
    angle = np.radians(35)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bender = Bender(mesh, handles)
    places = bender.bent(handles @ turn.T + 7, mesh.points @ turn.T + 7)
    assert np.abs(places - (mesh.points @ turn.T + 7)).max() < 0.05
    # With one handle alone out of place the sides of the triangles keep their lengths all the same.
    pulled = bender.bent(handles + np.array([(10, 0), (0, 0), (0, 0)]), mesh.points)
    one, two = mesh.edges.T
    before = np.linalg.norm(mesh.points[one] - mesh.points[two], axis=1)
    after = np.linalg.norm(pulled[one] - pulled[two], axis=1)
    assert np.median(np.abs(after / before - 1)) < 0.03
