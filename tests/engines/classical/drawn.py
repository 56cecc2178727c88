"""Small drawn clips with the truth about them: something that moves over a textured place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from cutroom.engine import Silent
from cutroom.engines.classical.op import Paint, Scene
from cutroom.engines.classical.planner.planner import plan
from cutroom.engines.classical.render import paint_of_plan
from cutroom.engines.classical.sight import Sight
from cutroom.errors import Cancelled
from cutroom.media.decode import frames
from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.types import Clip, Edit, Element, Encoding, Kind

WIDTH, HEIGHT, RATE, COUNT = 320, 180, 12, 18


@dataclass(frozen=True)
class Drawn:
    """A clip and, for each frame, where its mover is."""

    clip: Clip
    masks: tuple[np.ndarray, ...]
    """(height, width) bool; empty where nothing moves."""


class Notes(Silent):
    """A tick that remembers what the caller is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, sentence: str) -> None:
        self.said.append(sentence)


class Ticks(Silent):
    """Remembers what it is told; cancels once `stop` is reached."""

    def __init__(self, stop: float = 2.0) -> None:
        self.told: list[float] = []
        self.notes: list[str] = []
        self._stop = stop

    def __call__(self, done: float) -> None:
        self.told.append(done)
        if done >= self._stop:
            raise Cancelled

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def texture(width: int, height: int, seed: int = 1) -> np.ndarray:
    """A greenish and greyish ground with detail to hold on to; no strong colour."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for cell, strength in ((6, 26), (18, 26), (60, 20)):
        coarse = rng.normal(0, 1, (height // cell + 2, width // cell + 2)).astype(np.float32)
        total += strength * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    ground = np.stack([118 + total, 124 + 0.95 * total, 112 + 0.9 * total], axis=-1)
    return np.clip(ground, 0, 255).astype(np.uint8)


def write(
    path: Path, pictures: Iterator[np.ndarray], size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Clip:
    """The pictures of a size (width, height) as a clip, hardly compressed."""
    with Encoder(path, *size, Fraction(RATE), Encoding(crf=6)) as encoder:
        for index, picture in enumerate(pictures):
            encoder.write(np.ascontiguousarray(picture), Fraction(index, RATE))
    return probe(path)


def disc(centre: tuple[float, float], radius: float) -> np.ndarray:
    """A mask of a disc."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.asarray(np.hypot(x - centre[0], y - centre[1]) <= radius)


def ball(path: Path, colour: tuple[int, int, int] = (214, 60, 40), pan: float = 0.0) -> Drawn:
    """A shaded ball that rolls to the right; `pan` moves the camera, pixels a frame."""
    ground = texture(WIDTH + 80, HEIGHT + 10)
    masks = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            left = round(pan * index)
            picture = ground[4 : 4 + HEIGHT, left : left + WIDTH].copy()
            centre = (46 + 12.5 * index, 112 + 8 * np.sin(index / 3))
            mask = disc(centre, 22)
            y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
            light = 1.1 - 0.3 * np.clip(np.hypot(x - centre[0] + 7, y - centre[1] + 8) / 22, 0, 1.4)
            picture[mask] = np.clip(np.array(colour) * light[mask][:, None], 0, 255).astype(
                np.uint8
            )
            masks.append(mask)
            yield picture

    clip = write(path, pictures())
    return Drawn(clip, tuple(masks))


def walker(path: Path) -> Drawn:
    """An upright figure of one dull colour that walks to the left."""
    ground = texture(WIDTH, HEIGHT, 5)
    masks = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            x = 270 - 12 * index
            mask = np.zeros((HEIGHT, WIDTH), np.uint8)
            cv2.ellipse(mask, (x, 92), (13, 34), 0, 0, 360, 1, -1)
            cv2.circle(mask, (x, 52), 11, 1, -1)
            swing = round(9 * np.sin(index * 1.3))
            cv2.line(mask, (x, 120), (x - swing, 156), 1, 8)
            cv2.line(mask, (x, 120), (x + swing, 156), 1, 8)
            picture = ground.copy()
            picture[mask > 0] = (36, 40, 74)
            masks.append(mask > 0)
            yield picture

    clip = write(path, pictures())
    return Drawn(clip, tuple(masks))


def two_balls(path: Path) -> Drawn:
    """Two balls alike that roll towards each other, one above the other."""
    ground = texture(WIDTH, HEIGHT, 7)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            picture = ground.copy()
            picture[disc((40 + 12 * index, 54), 20)] = (30, 40, 160)
            picture[disc((280 - 12 * index, 132), 20)] = (160, 40, 30)
            yield picture

    return Drawn(write(path, pictures()), ())


def nothing(path: Path) -> Drawn:
    """A still place with a little grain."""
    ground = texture(WIDTH, HEIGHT, 9).astype(np.int16)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            grain = np.random.default_rng(index).normal(0, 1.5, (HEIGHT, WIDTH, 1))
            yield np.clip(ground + grain, 0, 255).astype(np.uint8)

    return Drawn(write(path, pictures()), ())


def crossing(path: Path) -> tuple[Clip, list[tuple[float, float]], list[tuple[float, float]]]:
    """A red and a blue ball that cross on one level; the clip, and where each is."""
    ground = texture(WIDTH, HEIGHT, 15)
    red = [(36 + 10.5 * i, 96.0) for i in range(2 * COUNT - 12)]
    blue = [(284 - 10.5 * i, 88.0) for i in range(2 * COUNT - 12)]

    def pictures() -> Iterator[np.ndarray]:
        for one, two in zip(red, blue, strict=True):
            picture = ground.copy()
            picture[disc(two, 20)] = (30, 40, 160)
            picture[disc(one, 20)] = (190, 50, 36)
            yield picture

    return write(path, pictures()), red, blue


def behind_a_post(path: Path) -> tuple[Clip, list[tuple[float, float]]]:
    """A ball that rests for a while, goes on, and passes behind a post; and where it is."""
    ground = texture(WIDTH, HEIGHT, 17)
    x, spots = 34.0, []
    for i in range(30):
        x += 0 if 6 <= i < 12 else 11
        spots.append((x, 104.0))

    def pictures() -> Iterator[np.ndarray]:
        for spot in spots:
            picture = ground.copy()
            picture[disc(spot, 18)] = (196, 60, 40)
            picture[30:, 170:218] = ground[30:, 20:68] // 3
            yield picture

    return write(path, pictures()), spots


def cut_in_two(path: Path) -> Drawn:
    """A red ball that rolls to the right; a cut; another place, where the ball rolls to the left."""
    masks = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(2 * COUNT):
            back = index >= COUNT
            ground = texture(WIDTH, HEIGHT, 4 if back else 3)
            ground = ground // 2 if back else ground
            at = index % COUNT
            centre = (280 - 13 * at, 66) if back else (46 + 12 * at, 112)
            masks.append(disc(centre, 22))
            ground[masks[-1]] = (206, 50, 40)
            yield ground

    return Drawn(write(path, pictures()), tuple(masks))


def mug(path: Path) -> Drawn:
    """A mug that stands on a table before a textured wall; only the grain moves."""
    wall = cv2.GaussianBlur(texture(WIDTH, HEIGHT, 11), (0, 0), 3).astype(np.int16)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(mask, (130, 70), (186, 140), 1, cv2.FILLED)
    cv2.ellipse(mask, (192, 104), (18, 22), 0, 0, 360, 1, 9)
    shade = np.linspace(1.15, 0.7, WIDTH)[None, :, None]
    wall[mask > 0] = (np.array((70, 90, 190)) * np.broadcast_to(shade, wall.shape))[mask > 0]

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            grain = np.random.default_rng(index).normal(0, 2, (HEIGHT, WIDTH, 1))
            yield np.clip(wall + grain, 0, 255).astype(np.uint8)

    return Drawn(write(path, pictures()), (mask > 0,) * COUNT)


def waver(path: Path) -> Drawn:
    """A figure that stands still, cut off by the frame's lower edge, and raises one arm."""
    wall = cv2.GaussianBlur(texture(WIDTH, HEIGHT, 13), (0, 0), 4)
    masks = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            body, skin = np.zeros((2, HEIGHT, WIDTH), np.uint8)
            cv2.ellipse(body, (160, 150), (38, 62), 0, 0, 360, 1, -1)
            cv2.circle(skin, (160, 66), 22, 1, -1)
            lift = np.deg2rad(20 + 6 * index)
            hand = round(190 + 52 * np.sin(lift)), round(112 + 52 * np.cos(lift))
            cv2.line(body, (186, 112), hand, 1, 13)
            cv2.circle(skin, hand, 9, 1, -1)
            picture = wall.copy()
            picture[body > 0] = (150, 40, 52)
            picture[skin > 0] = (206, 158, 130)
            masks.append((body | skin) > 0)
            yield picture

    clip = write(path, pictures())
    return Drawn(clip, tuple(masks))


def standing(path: Path, colour: tuple[int, int, int] = (36, 40, 74)) -> Drawn:
    """An upright figure of one colour that does not stir."""
    ground = texture(WIDTH, HEIGHT, 5)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, (160, 92), (13, 34), 0, 0, 360, 1, -1)
    cv2.circle(mask, (160, 52), 11, 1, -1)
    for side in (-4, 4):
        cv2.line(mask, (160 + side, 120), (160 + 2 * side, 158), 1, 8)

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            picture = ground.astype(np.float32)
            picture[mask > 0] = colour
            grain = np.random.default_rng(index).normal(0, 1.5, (HEIGHT, WIDTH, 1))
            yield np.clip(picture + grain, 0, 255).astype(np.uint8)

    return Drawn(write(path, pictures()), (mask > 0,) * COUNT)


def car(path: Path) -> Drawn:
    """A low red car that drives to the right."""
    ground = texture(WIDTH, HEIGHT, 5)
    masks = []

    def pictures() -> Iterator[np.ndarray]:
        for index in range(COUNT):
            x = 20 + 12 * index
            mask = np.zeros((HEIGHT, WIDTH), bool)
            mask[100:130, x : x + 80], mask[85:102, x + 18 : x + 60] = True, True
            picture = ground.copy()
            picture[mask] = (176, 40, 40)
            masks.append(mask)
            yield picture

    clip = write(path, pictures())
    return Drawn(clip, tuple(masks))


def glass(path: Path) -> Drawn:
    """Bottles on a smooth wall: dark caps, thin rims, and the wall seen through them."""
    wall = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    for left in (WIDTH // 6, WIDTH // 2):
        box = (left, HEIGHT // 3), (left + WIDTH // 8, HEIGHT * 5 // 6)
        cv2.rectangle(wall, *box, (150, 152, 155), 2)
        cap = (left + WIDTH // 24, HEIGHT // 4), (left + WIDTH // 12, HEIGHT // 3)
        cv2.rectangle(wall, *cap, (40, 40, 60), cv2.FILLED)
    return Drawn(write(path, (wall for _ in range(COUNT))), ())


def figure(path: Path, *, plain: bool = False, width: int = 90, height: int = 200) -> Path:
    """A reference image: a yellow figure, transparent around it or on a plain white ground."""
    rgba = np.zeros((height + 40, width + 40, 4), np.uint8)
    cv2.ellipse(
        rgba,
        (20 + width // 2, 20 + height // 2),
        (width // 2, height // 2),
        0,
        0,
        360,
        (240, 210, 30, 255),
        -1,
    )
    cv2.circle(rgba, (20 + width // 2, 70), 14, (40, 40, 200, 255), -1)
    if plain:
        rgba[rgba[..., 3] == 0] = (250, 250, 250, 255)
    Image.fromarray(rgba, "RGBA").save(path)
    return path


def scene_of(
    clip: Clip, prompt: str, images: tuple[Path, ...] = (), elements: tuple[Element, ...] = ()
) -> tuple[Scene, Notes]:
    """A scene as the engine makes it, and the notes told meanwhile."""
    notes = Notes()
    edit = Edit("1", "m", Kind.EDIT, prompt, clip, images, elements, seed=3)
    return Scene(edit, clip, Sight(clip, notes), notes, 3), notes


def paint_of(
    clip: Clip, prompt: str, images: tuple[Path, ...] = (), elements: tuple[Element, ...] = ()
) -> tuple[Paint, Notes]:
    """The paint of the one op that a prompt comes to, and the notes told while it was prepared."""
    scene, notes = scene_of(clip, prompt, images, elements)
    ops = plan(scene.edit).ops
    assert len(ops) == 1
    return paint_of_plan(ops, scene), notes


def painted(clip: Clip, paint: Callable[..., np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(source, painted) of every frame; the source is read-only."""
    pairs = []
    for frame in frames(clip):
        frame.pixels.setflags(write=False)
        pairs.append((frame.pixels, paint(frame.pixels, frame.index, float(frame.time))))
    return pairs
