"""Films by the clock, the sizes and the cuts: made by a painter that says in each frame what it was asked for."""

import json
import resource
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from heard import Heard

from cutroom.engine import Silent
from cutroom.engines.diffusion.family import SmallerWindow
from cutroom.engines.diffusion.fitting.reel import Reel
from cutroom.engines.diffusion.tasks import films
from cutroom.engines.diffusion.tasks.crew import Crew
from cutroom.engines.diffusion.tasks.script import script
from cutroom.engines.diffusion.tasks.takes import between, framing, needs_framed, takes
from cutroom.errors import Cancelled, CannotDo, EngineFailed
from cutroom.media.decode import frames
from cutroom.media.images import save
from cutroom.media.probe import probe
from cutroom.types import Edit, Element, Encoding, Kind
from cutroom.weights.rows import Profile, Recipe

TEXT = Recipe(
    profile=Profile.SMALL, kind=Kind.TEXT, family="wan", weights=("text-set",), memory=1,
    memory_least=1, rate=16, window=81, multiple=16, long_side=256, area=256 * 144, steps=2,
    guidance={"text": 4.0}, overlap=1,
)  # fmt: skip
IMAGE = replace(TEXT, kind=Kind.IMAGE, weights=("image-set",), first=True, last=True)
LARGE = replace(TEXT, weights=("5b",), rate=24, window=121, first=True)
REFERENCE = replace(TEXT, kind=Kind.REFERENCE, family="bernini", weights=("bernini",), images=5)
VACE = replace(IMAGE, kind=Kind.REFERENCE, family="vace", weights=("vace",), images=4, overlap=17)


class Painter:
    """A make: frames that are flat and grow lighter with the place on the timeline; it keeps what was asked."""

    def __init__(self, level=40):
        self.shots = []
        self.level = level

    def __call__(self, shot, tick):
        self.shots.append(shot)
        tick(0.5)
        places = np.arange(shot.frames) + shot.start
        film = np.zeros((shot.frames, shot.height, shot.width, 3), np.uint8)
        film[:] = (self.level + places % 200)[:, None, None, None]
        tick(1.0)
        return film


def edit(kind=Kind.TEXT, prompt="a boat", **more):
    params = more.pop("params", {"duration": 1})
    return Edit(
        "id", "model", kind, prompt, seed=11, encoding=Encoding(preset="ultrafast", crf=20),
        params=params, **more,
    )  # fmt: skip


def picture(path, size, level):
    save(path, np.full((size[1], size[0], 3), level, np.uint8))
    return path


def made(tmp_path, what, recipe=TEXT, framed=None, paint=None):
    """The film's clip, the painters of both crews, and what was heard."""
    out, tick = tmp_path / "out.mp4", Heard()
    first, second = paint or Painter(), Painter()
    films.write(
        what, Crew(recipe, first), out, tick, framed=Crew(framed, second) if framed else None
    )
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".png"] == ["out.mp4"]
    assert tick.told == sorted(tick.told)
    assert tick.told[-1] == 1
    return probe(out), first, second, tick


def generated(tmp_path, what, recipe=TEXT, framed=None):
    """What the crews were asked for, the frames they made, and the script: all but the film itself."""
    told = script(what, recipe, framed)
    paints = Painter(), Painter()
    crews = [Crew(recipe, paints[0]), *([Crew(framed, paints[1])] if framed else [])]
    count = sum(take.made(told.rate) for take in told.takes)
    with Reel(tmp_path, count, (*told.made[::-1], 3)) as rushes:
        films._make(told, crews, rushes, Silent())
        greys = np.array([rushes[n].mean() for n in range(count)])
    return *(paint.shots for paint in paints), greys, told


def levels(clip):
    return np.array([one.pixels.mean() for one in frames(clip)])


@pytest.mark.parametrize(
    ("aspect", "size"), [("16:9", (1280, 720)), ("9:16", (720, 1280)), ("1:1", (960, 960))]
)
def test_a_film_has_the_size_of_its_ratio_at_24_frames_a_second(tmp_path, aspect, size):
    clip, paint, _, heard = made(tmp_path, edit(params={"duration": 1, "aspect_ratio": aspect}))
    assert (clip.width, clip.height) == size
    assert (clip.rate, clip.frames, clip.duration) == (Fraction(24), 24, Fraction(1))
    (shot,) = paint.shots
    assert shot.frames == 17
    assert shot.width % 16 == shot.height % 16 == 0
    told = f"The film was made at {shot.width}x{shot.height} and enlarged to {size[0]}x{size[1]}."
    assert told in heard.notes
    assert any("16 frames a second" in note for note in heard.notes)


def test_frames_between_lie_where_the_clock_has_them(tmp_path):
    """At 16 frames a second the grey rises by one a frame: so by 2/3 a frame of the film."""
    clip, *_ = made(tmp_path, edit())
    seen = levels(clip)
    assert len(seen) == 24
    assert np.abs(seen - (seen[0] + np.arange(24) * 2 / 3)).max() < 1.5


def test_a_model_at_24_frames_a_second_is_shown_as_it_is(tmp_path):
    clip, paint, _, heard = made(tmp_path, edit(), LARGE)
    assert [shot.frames for shot in paint.shots] == [25]
    assert np.abs(levels(clip) - 40 - np.arange(24)).max() < 2.5
    assert not any("a second" in note for note in heard.notes)


def test_ten_seconds_are_made_of_two_windows_that_go_on(tmp_path):
    what = edit(params={"duration": 10})
    assert needs_framed(what, TEXT)
    assert framing(what).kind is Kind.IMAGE
    (first,), (second,), greys, told = generated(tmp_path, what, TEXT, IMAGE)
    assert (first.start, first.frames, first.first) == (0, 81, None)
    assert (second.start, second.frames, second.seed) == (80, 81, first.seed)
    assert (second.first == 40 + 80).all()  # the last frame of the first window
    assert any("made in 2 pieces" in note for note in told.notes)
    assert len(greys) == 161
    assert np.abs(np.diff(greys) - 1).max() < 1  # nothing jumps at the joint


def test_weights_that_take_a_first_frame_go_on_by_themselves(tmp_path):
    """Ten seconds of a small picture, to the frame."""
    what = edit(
        Kind.IMAGE, start_image=picture(tmp_path / "a.png", (64, 36), 40), params={"duration": 10}
    )
    assert not needs_framed(what, LARGE)
    clip, paint, _, _ = made(tmp_path, what, LARGE)
    assert (clip.width, clip.height) == (128, 72)
    assert (clip.frames, clip.duration) == (240, Fraction(10))
    assert [(shot.start, shot.frames) for shot in paint.shots] == [(0, 121), (120, 121)]
    assert (paint.shots[1].first == 40 + 120).all()


@pytest.mark.parametrize("seconds", range(1, 16))
@pytest.mark.parametrize("recipe", [IMAGE, LARGE, VACE])
def test_windows_cover_every_length(tmp_path, recipe, seconds):
    what = edit(
        Kind.IMAGE, start_image=picture(tmp_path / "a.png", (64, 36), 40),
        params={"duration": seconds},
    )  # fmt: skip
    told = script(what, recipe)
    spans = [one.span for one in told.windows[0]]
    assert spans[0].start == 0
    assert spans[-1].stop == told.takes[0].made(recipe.rate)
    assert spans[-1].stop - 1 >= (seconds * 24 - 1) * recipe.rate / 24
    assert all(one.frames % 4 == 1 and one.frames <= recipe.window for one in spans)
    assert all(one.start % 4 == 0 for one in spans)
    shared = [before.stop - after.start for before, after in pairwise(spans)]
    assert all(n == 1 if recipe.overlap == 1 else n >= 17 for n in shared)


def test_a_film_too_long_for_its_weights_is_refused_before_anything_is_made(tmp_path):
    paint = Painter()
    with pytest.raises(CannotDo, match="at most 5 seconds at once"):
        films.write(edit(params={"duration": 10}), Crew(TEXT, paint), tmp_path / "a.mp4", Silent())
    assert not paint.shots
    assert not list(tmp_path.iterdir())


def test_shots_are_joined_at_the_cuts(tmp_path):
    shots = [{"prompt": f"shot {n}", "duration": n} for n in (1, 2, 1)]
    what = edit(Kind.REFERENCE, "", params={"multi_prompt": shots})
    clip, paint, _, _ = made(tmp_path, what, REFERENCE)
    assert clip.frames == 4 * 24
    assert [shot.prompt for shot in paint.shots] == ["shot 1", "shot 2", "shot 1"]
    assert [shot.seed for shot in paint.shots] == [11, 12, 13]
    assert [shot.start for shot in paint.shots] == [0, 0, 0]
    drops = np.flatnonzero(np.diff(levels(clip)) < -5) + 1
    assert drops.tolist() == [24, 72]  # every shot begins dark again


def test_references_are_the_same_in_every_shot(tmp_path):
    dog, hat, side = (picture(tmp_path / f"{n}.png", (60, 40), 50 * n) for n in (1, 2, 3))
    shots = [
        {"prompt": "@Image1 on a beach", "duration": 1},
        {"prompt": "@Element1 with @Image1", "duration": 1},
    ]
    what = edit(
        Kind.REFERENCE, "", params={"multi_prompt": shots}, images=(dog,),
        elements=(Element(hat, (side,)),),
    )  # fmt: skip
    (one, two), *_ = generated(tmp_path, what, REFERENCE)
    assert "@" not in one.prompt + two.prompt
    assert [int(image.mean()) for image in one.images] == [50, 100, 150]
    assert all((a == b).all() for a, b in zip(one.images, two.images, strict=True))


def test_the_start_image_begins_the_first_shot_and_the_tail_image_ends_the_last(tmp_path):
    start = picture(tmp_path / "start.png", (1280, 720), 200)
    tail = picture(tmp_path / "tail.png", (1280, 720), 20)
    shots = [{"prompt": f"shot {n}", "duration": 1} for n in range(3)]
    what = edit(
        Kind.REFERENCE, "", params={"multi_prompt": shots}, start_image=start, tail_image=tail
    )
    assert between(what).start_image is between(what).tail_image is None
    assert between(replace(what, params={"duration": 3})) == replace(what, params={"duration": 3})
    assert needs_framed(what, REFERENCE)
    (free,), (begins, ends), greys, _ = generated(tmp_path, what, REFERENCE, VACE)
    assert [shot.prompt for shot in (begins, free, ends)] == ["shot 0", "shot 1", "shot 2"]
    assert (begins.first == 200).all()
    assert begins.last is ends.first is free.first is free.last is None
    assert (ends.last == 20).all()
    # In their order, whoever made them when.
    assert (np.diff(greys) < 0).nonzero()[0].tolist() == [
        16,
        33,
    ]  # in their order, whoever made them when


def test_vace_goes_on_from_the_frames_that_two_windows_share(tmp_path):
    what = edit(Kind.REFERENCE, params={"duration": 10})
    (before,), (after, *_), *_ = generated(tmp_path, what, REFERENCE, VACE)
    lead = after.options["lead"]
    assert len(lead) == before.frames - after.start
    assert len(lead) >= 17
    assert (lead[0] == 40 + after.start).all()


@pytest.mark.parametrize(
    ("size", "aspect", "film"),
    [((800, 600), None, (1108, 832)), ((800, 600), "1:1", (960, 960)), ((100, 100), None, (200, 200))],
)  # fmt: skip
def test_a_film_of_an_image_has_the_images_shape(tmp_path, size, aspect, film):
    image = picture(tmp_path / "image.png", size, 150)
    what = edit(
        Kind.IMAGE, "the dog in @Image1 barks", start_image=image, images=(image,),
        params={"duration": 3, "aspect_ratio": aspect},
    )  # fmt: skip
    told = script(what, IMAGE)
    assert told.size == film
    shot = told.windows[0][0].shot
    assert shot.prompt == "the dog in the image barks"
    assert shot.first.shape == (shot.height, shot.width, 3)
    assert (shot.first == 150).all()


def test_the_first_frame_shows_all_of_the_image(tmp_path):
    """Whatever sizes the weights can make: its rim is neither cut off here nor there."""
    rimmed = np.full((100, 290, 3), 40, np.uint8)
    rimmed[:, :30] = rimmed[:, -30:] = rimmed[:10] = rimmed[-10:] = 240
    save(tmp_path / "rimmed.png", rimmed)

    def still_film(shot, tick):
        return np.repeat(shot.first[None], shot.frames, axis=0)

    clip, *_ = made(
        tmp_path, edit(Kind.IMAGE, start_image=tmp_path / "rimmed.png"), IMAGE, paint=still_film
    )
    shown = next(iter(frames(clip))).pixels.mean(axis=2)
    tall, wide = shown.shape
    assert (wide, tall) == (580, 200)
    assert np.abs(shown[tall // 2, [20, 100, wide - 101, wide - 21]] - [240, 40, 40, 240]).max() < 8
    assert np.abs(shown[[6, 60, tall - 61, tall - 7], wide // 2] - [240, 40, 40, 240]).max() < 8


def test_the_last_image_is_where_the_last_window_ends(tmp_path):
    start, tail = (picture(tmp_path / f"{n}.png", (1280, 720), n) for n in (100, 30))
    what = edit(Kind.IMAGE, start_image=start, tail_image=tail, params={"duration": 10})
    (one, two), _, _, told = generated(tmp_path, what, IMAGE)
    assert (one.first == 100).all()
    assert one.last is None
    assert (two.last == 30).all()
    assert any("Only from second 5.0" in note for note in told.notes)
    with pytest.raises(CannotDo, match="cannot end a film at an image"):
        script(what, LARGE)


def test_without_an_image_the_text_alone_is_filmed():
    told = script(edit(Kind.IMAGE), TEXT)
    assert told.size == (1280, 720)
    assert told.windows[0][0].shot.first is None


def test_how_much_the_prompt_counts():
    params = {"duration": 3, "negative_prompt": "rain"}
    for scale, factor in ((0.0, 0.5), (0.5, 1.0), (1.0, 1.5), (7.0, 1.5)):
        told = script(edit(params={**params, "cfg_scale": scale}), TEXT)
        shot = told.windows[0][0].shot
        assert shot.options["guidance"] == factor
        assert shot.negative == "rain"
        assert any("7 was taken as 1" in note for note in told.notes) == (scale == 7)
    told = script(edit(params={**params, "cfg_scale": 0.9}), replace(TEXT, guidance={}))
    assert sum("has no bearing" in note for note in told.notes) == 2


def test_sound_is_refused_where_there_is_none():
    what = edit(params={"duration": 3, "generate_audio": True})
    with pytest.raises(CannotDo, match="makes pictures alone"):
        script(what, TEXT)


class Narrow(Painter):
    """A painter with memory for so many frames at once."""

    def __init__(self, most):
        super().__init__()
        self.most = most

    def __call__(self, shot, tick):
        if shot.frames > self.most:
            raise SmallerWindow("too much", (shot.frames - 1) // 8 * 4 + 1)
        return super().__call__(shot, tick)


def test_where_memory_is_short_a_film_is_made_in_shorter_windows(tmp_path):
    image = picture(tmp_path / "a.png", (64, 36), 40)
    what = edit(Kind.IMAGE, start_image=image, params={"duration": 2})
    clip, paint, _, heard = made(tmp_path, what, IMAGE, paint=Narrow(17))
    assert clip.frames == 48
    assert [(shot.start, shot.frames) for shot in paint.shots] == [(0, 17), (16, 17)]
    assert sum("Memory was short" in note for note in heard.notes) == 1
    assert np.abs(np.diff(levels(clip)) - 2 / 3).max() < 1.5
    _, paint, _, _ = made(tmp_path, what, VACE, paint=Narrow(17))
    assert [(shot.start, shot.frames) for shot in paint.shots] == [(0, 17), (8, 17), (16, 17)]
    assert [len(shot.options.get("lead", ())) for shot in paint.shots] == [0, 9, 9]


def test_weights_that_cannot_go_on_fail_where_memory_is_short(tmp_path):
    with pytest.raises(SmallerWindow, match="too much"):
        films.write(edit(), Crew(TEXT, Narrow(9)), tmp_path / "a.mp4", Silent())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("after", [0.3, 0.95])
def test_cancelling_leaves_no_file(tmp_path, after):
    class Stop(Silent):
        def __call__(self, done):
            if done > after:
                raise Cancelled

    with pytest.raises(Cancelled):
        films.write(edit(), Crew(TEXT, Painter()), tmp_path / "out.mp4", Stop())
    assert not list(tmp_path.iterdir())


def test_a_full_disk_fails_in_words_and_leaves_nothing(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))  # as a disk with no more room
    try:
        with pytest.raises(EngineFailed, match="frames cannot be kept on disk"):
            films.write(edit(), Crew(TEXT, Painter()), tmp_path / "out.mp4", Silent())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_the_takes_of_an_edit_are_its_shots():
    shots = json.loads('[{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 3}]')
    told = takes(edit(Kind.REFERENCE, "", params={"multi_prompt": shots}))
    assert [(one.prompt, one.seconds, one.shown) for one in told] == [("a", 2, 48), ("b", 3, 72)]
    assert [one.made(16) for one in told] == [33, 49]
    assert [one.made(24) for one in told] == [49, 73]
