"""The remote engine over a server that speaks `/v1/videos` as SGLang and vLLM-Omni do."""

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from far import EDIT, Ticks, until
from PIL import Image
from scripted import scripted, send
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from videos_server import SGLANG, VLLM, Videos, data, serving

from cutroom.engine import Silent
from cutroom.engines.remote.engine import Remote
from cutroom.errors import Cancelled, CannotDo, CutroomError, EngineFailed, InvalidParams
from cutroom.media import images
from cutroom.media.decode import frames
from cutroom.media.film import film
from cutroom.media.probe import probe
from cutroom.media.sound import silence
from cutroom.types import Clip, Edit, Element, Encoding, Kind

KEY = "sk-of-this-server-alone"
TEXT = Edit("t", "kling-video-v2-6-pro-text-to-video", Kind.TEXT, "a ship", seed=2**53 - 1,
            params={"duration": 1, "aspect_ratio": "16:9", "negative_prompt": "fog", "generate_audio": False})  # fmt: skip
QUICK = Encoding(preset="ultrafast", crf=30)


@pytest.fixture
def videos(tmp_path, monkeypatch) -> Iterator[Videos]:
    with serving(Videos(tmp_path)) as up:
        monkeypatch.setenv("CUTROOM_REMOTE_URL", up.url)
        monkeypatch.setenv("CUTROOM_REMOTE_PROTOCOL", "openai")
        monkeypatch.setenv("CUTROOM_REMOTE_KEY", KEY)
        yield up


@pytest.fixture
def made(videos, tmp_path):
    """Make an edit with a server; the result and what was ticked."""

    def make(edit: Edit, **options) -> tuple[Clip, Ticks]:
        tick, out = Ticks(), tmp_path / "out.mp4"
        remote = Remote(**{"poll": 0.02, "patience": 2, **options})
        remote.edit(replace(edit, encoding=QUICK), out, tick)
        assert tick.told == sorted(tick.told)
        assert tick.told[-1] == 1.0
        return probe(out), tick

    return make


@pytest.fixture(scope="module")
def sounding(tmp_path_factory) -> Clip:
    """A second of 12 frames, 320x180, with sound."""
    path, sound = tmp_path_factory.mktemp("sounding") / "grey.mp4", iter([silence(48_000, 2)])
    grey = np.full((180, 320, 3), 200, np.uint8)
    film(path, (320, 180), Fraction(12), 12, lambda *_: grey, Silent(), encoding=QUICK, sound=sound)
    return probe(path)


def greys(clip: Clip) -> list[float]:
    return [float(np.mean(frame.pixels)) for frame in frames(clip)]


def test_a_film_of_words_from_sglang(videos, made) -> None:
    clip, tick = made(TEXT)
    assert videos.asked == [
        {"prompt": "a ship", "size": "1280x720", "num_frames": 25, "fps": 24, "seed": 2**53 - 1, "negative_prompt": "fog"}
    ]  # fmt: skip
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.audio) == (
        1280,
        720,
        24,
        24,
        None,
    )
    assert np.allclose(greys(clip), [20 + 4 * i for i in range(24)], atol=3)
    assert any("128x72" in note for note in tick.notes)
    assert any(0.4 < done < 0.45 for done in tick.told)  # step by step, as it tells
    assert videos.keys == {f"Bearer {KEY}"}
    until(lambda: videos.looks == {})  # nothing is left there


def test_a_first_image_goes_along_in_the_shape_of_the_film(videos, made, stills) -> None:
    for card in (SGLANG, VLLM):
        videos.card = card
        edit = Edit("i", "m", Kind.IMAGE, "the @Image1 moves", images=(stills[0],), start_image=stills[0],
                    params={"duration": 1, "aspect_ratio": "9:16"})  # fmt: skip
        clip, _ = made(edit)
        # A small image is enlarged twice at most; a model is asked for multiples of 16.
        assert abs(clip.width / clip.height - 9 / 16) < 0.01
        wide, tall = map(int, videos.asked[-1]["size"].split("x"))
        assert (wide % 16, tall % 16) == (0, 0)
        assert videos.asked[-1]["prompt"] == "the image moves"
        name, kind, content = videos.files[-1]["input_reference"]
        assert (name, kind) == ("first.png", "image/png")
        assert Image.open(io.BytesIO(content)).size == (wide, tall)


def test_references_go_to_vllm_as_a_list_in_order(videos, made, tmp_path) -> None:
    videos.card = {**VLLM, "id": "Wan-AI/Wan2.1-VACE-14B-diffusers"}
    noise = np.random.default_rng(1)
    paths = [tmp_path / f"{n}.png" for n in range(3)]
    for path in paths:  # more than a megabyte each
        images.save(
            path,
            noise.integers(0, 255, (900, 600, 4), np.uint8) | np.array([0, 0, 0, 255], np.uint8),
        )
    edit = Edit("r", "m", Kind.REFERENCE, "@Image1 meets @Element1", images=(paths[0],),
                elements=(Element(paths[1], (paths[2],)),), params={"duration": 1, "aspect_ratio": "1:1"})  # fmt: skip
    clip, _ = made(edit)
    assert (clip.width, clip.height, clip.frames) == (960, 960, 24)
    (fields,) = videos.asked
    assert (
        fields["prompt"] == "reference image 1 meets the subject shown in reference images 2 and 3"
    )
    urls = [one["image_url"] for one in data(fields)]
    assert len(urls) == 3
    assert len(fields["image_reference"]) < 1 << 20
    for url in urls:
        head, _, text = url.partition(",")
        assert head == "data:image/jpeg;base64"
        assert Image.open(io.BytesIO(base64.b64decode(text))).size == (960, 960)


@pytest.mark.parametrize(
    ("card", "field"), [(SGLANG, "video_reference"), (VLLM, "input_reference")]
)
def test_an_edit_comes_back_as_its_source_was(
    videos, made, sounding, monkeypatch, card, field
) -> None:
    monkeypatch.setenv("CUTROOM_REMOTE_TAKES", '["edit"]')
    videos.card = card
    edit = Edit("e", EDIT, Kind.EDIT, "make @Video1 snowy", sounding, keep_audio=True)
    clip, _ = made(edit)
    (fields,) = videos.asked
    assert (fields["prompt"], fields["size"], str(fields["num_frames"]), str(fields["fps"])) == (
        "make the video snowy", "320x176", "13", "12",
    )  # fmt: skip
    assert videos.files[0][field][2] == sounding.path.read_bytes()
    assert (clip.width, clip.height, clip.rate, clip.frames, clip.duration, clip.audio) == (
        320, 180, 12, 12, sounding.duration, "aac",
    )  # fmt: skip
    assert np.allclose(greys(clip), [20 + 4 * i for i in range(12)], atol=3)


def test_another_rate_is_brought_back_and_said(videos, made, sounding, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_REMOTE_TAKES", '["edit"]')
    videos.changes = {"fps": 6, "num_frames": 6}
    clip, tick = made(Edit("e", EDIT, Kind.EDIT, "snow", sounding))
    assert (clip.rate, clip.frames, clip.audio) == (12, 12, None)
    found = greys(clip)
    assert found == sorted(found)
    assert len(set(np.round(found))) <= 6
    assert any("6 frames a second" in note for note in tick.notes)


def test_a_character_moves_as_the_driver_does(videos, made, sounding, stills) -> None:
    videos.card = {**SGLANG, "id": "Wan-AI/Wan2.2-Animate-2", "task_type": "I2V", "supported_task_types": ["I2V"], "pipeline_name": "WanAnimate2Pipeline"}  # fmt: skip
    edit = Edit("m", "kling-video-v3-pro-motion-control", Kind.MOTION, "", sounding, (stills[0],),
                keep_audio=True, params={"character_orientation": "video"})  # fmt: skip
    clip, _ = made(edit)
    assert set(videos.files[0]) == {"video_reference", "input_reference"}
    assert (clip.width, clip.height, clip.rate, clip.frames) == (320, 180, 12, 12)
    assert clip.audio == "aac"


def test_sound_is_asked_for_and_must_come(videos, made, monkeypatch) -> None:
    videos.card = {**VLLM, "id": "Lightricks/LTX-2"}
    edit = replace(TEXT, params={**TEXT.params, "generate_audio": True})
    with pytest.raises(CannotDo, match="a wish for sound"):
        made(edit)
    monkeypatch.setenv("CUTROOM_REMOTE_TAKES", '["text", "sound"]')
    with pytest.raises(EngineFailed, match="has none"):
        made(edit)
    assert videos.asked[0]["generate_sound"] == "true"
    videos.changes = {"sound": lambda: iter([silence(48_000, 2)])}
    assert made(edit)[0].audio == "aac"
    assert made(TEXT)[0].audio is None  # nobody asked for it


PAIR = (Path("a"), Path("b"))
SHOTS = {"multi_prompt": [{"prompt": "a", "duration": 3}]}


@pytest.mark.parametrize(
    ("card", "kind", "more", "sentence"),
    [
        (SGLANG, Kind.EDIT, {}, "a video to edit"),
        (SGLANG, Kind.EDIT, {"images": PAIR}, "a video to edit and reference images"),
        (SGLANG, Kind.IMAGE, {"start_image": PAIR[0], "tail_image": PAIR[1]}, "a last image"),
        (VLLM, Kind.IMAGE, {"start_image": PAIR[0], "tail_image": PAIR[1]}, "a last image"),
        (VLLM, Kind.TEXT, {}, "text alone"),
        (SGLANG, Kind.REFERENCE, {"images": PAIR}, "reference images"),
        (SGLANG, Kind.REFERENCE, {"elements": (Element(PAIR[0]),)}, "reference images or elements"),
        (SGLANG, Kind.REFERENCE, {"params": SHOTS}, "several shots"),
        (SGLANG, Kind.REFERENCE, {"images": PAIR, "start_image": PAIR[0]}, "references beside a first image"),
        (SGLANG, Kind.MOTION, {"images": PAIR[:1]}, "a character"),
        (SGLANG, Kind.TEXT, {"params": {"generate_audio": True}}, "a wish for sound"),
        ({**SGLANG, "supported_task_types": ["I2V"]}, Kind.TEXT, {}, "text alone"),
        ({**SGLANG, "supported_task_types": ["V2V"]}, Kind.EDIT, {}, "a video to edit"),
        ({**VLLM, "id": "somebody's"}, Kind.IMAGE, {"start_image": PAIR[0]}, "a first image"),
    ],
)  # fmt: skip
def test_what_a_server_cannot_be_given_is_refused_before_it_is_asked(
    videos, made, card, kind, more, sentence
) -> None:
    videos.card = card
    with pytest.raises(CannotDo) as told:
        made(Edit("x", "m", kind, "a prompt", **more))
    assert f"cannot be given {sentence}" in told.value.message
    assert [(method, path) for method, path, _ in videos.heard] == [("GET", "/v1/models")]


def test_which_server_it_is(videos, made, monkeypatch) -> None:
    videos.card = {"id": "x", "owned_by": "me"}
    with pytest.raises(EngineFailed, match="neither SGLang nor vLLM-Omni"):
        made(TEXT)
    monkeypatch.setenv("CUTROOM_REMOTE_PROTOCOL", "vllm-omni")
    monkeypatch.setenv("CUTROOM_REMOTE_URL", f"{videos.url}/v1/")
    monkeypatch.setenv("CUTROOM_REMOTE_MODEL", "x")
    made(TEXT)
    assert videos.asked[0]["model"] == "x"


def test_cancelling_deletes_there(videos, tmp_path) -> None:
    videos.progress = [10] * 10_000
    for card in (SGLANG, {**VLLM, "id": "t2v"}):
        videos.card = card
        with pytest.raises(Cancelled):
            Remote(poll=0.02).edit(
                TEXT, tmp_path / "out.mp4", Ticks(cancel=lambda _: any(videos.looks.values()))
            )
        until(lambda: videos.looks == {})
    assert not (tmp_path / "out.mp4").exists()


def test_another_attempt_on_this_machine_finds_what_the_first_began(videos, made, tmp_path) -> None:
    videos.progress = [10] * 10_000
    edit = replace(TEXT, parts=tmp_path / "parts")
    tick = Ticks(cancel=lambda _: any(videos.looks.values()))
    with pytest.MonkeyPatch.context() as patch:
        # Killed: it has no time for a last word.
        patch.setattr("cutroom.engines.remote.line.Line.last_word", lambda *_: None)
        with pytest.raises(Cancelled):
            Remote(poll=0.02).edit(edit, tmp_path / "out.mp4", tick)
    videos.progress = []
    clip, _ = made(edit)
    assert clip.frames == 24
    assert len(videos.asked) == 1


@pytest.mark.parametrize(
    ("status", "error", "kind", "sentence"),
    [
        (200, {"message": "CUDA out of memory"}, EngineFailed, "The remote server failed: CUDA out of memory"),
        (500, {"code": 500, "message": "the engine died"}, EngineFailed, "The remote server failed: the engine died"),
        (400, {"code": 400, "message": "16 pixels too few"}, InvalidParams, "16 pixels too few"),
        (404, {"code": 404, "message": "no such LoRA"}, InvalidParams, "no such LoRA"),
        (200, {"message": f"your key {KEY}\nis odd"}, EngineFailed, "The remote server failed: your key [the key] is odd"),
    ],
)  # fmt: skip
def test_its_failures_are_told(videos, made, status, error, kind, sentence) -> None:
    videos.failure = videos.failed(status, **error)
    with pytest.raises(CutroomError) as told:
        made(TEXT)
    assert type(told.value) is kind
    assert told.value.message == sentence


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (lambda: JSONResponse({"detail": "Video not found"}, 404), "does not know the generation any more"),
        (lambda: PlainTextResponse("<html>"), "not its API"),
        (lambda: JSONResponse([1]), "not its API"),
        (lambda: JSONResponse({"object": "video", "status": "dancing"}), "not its API"),
        (lambda: PlainTextResponse("x" * 5_000_000), "not its API"),
        (lambda: RedirectResponse("http://169.254.169.254/"), "sends us elsewhere"),
    ],
)  # fmt: skip
def test_nonsense_is_no_result(videos, made, failure, sentence) -> None:
    videos.failure = failure
    with pytest.raises(EngineFailed, match=sentence):
        made(TEXT, patience=0.3)


def endless():
    while True:
        yield b"\0" * 10_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda _: Response(b"", headers={"Content-Length": str(3 * 10**9)}), "larger than"),
        (lambda _: StreamingResponse(endless()), "larger than"),
        (lambda _: Response(b"no video", media_type="video/mp4"), "not a video"),
        (lambda _: PlainTextResponse("gone", 404), "status 404"),
        (lambda _: RedirectResponse("file:///etc/passwd"), "could not be had"),
        (lambda _: RedirectResponse("http://127.0.0.1:1/x.mp4"), "could not be had|not public"),
        (lambda _: RedirectResponse("http://10.0.0.1/x.mp4"), "not public"),
        (lambda request: RedirectResponse(str(request.url)), "redirects too often"),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_had(videos, made, tmp_path, content, sentence) -> None:
    videos.content = content
    with pytest.raises(EngineFailed, match=sentence):
        made(TEXT, most=1_000_000)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".png"] == []


def test_a_result_at_another_private_address_is_not_fetched_nor_told_the_key(videos, made) -> None:
    with scripted(lambda handler, _: send(handler, b"secret")) as other:
        videos.content = lambda _: RedirectResponse(f"{other.url}/secret.mp4")
        with pytest.raises(EngineFailed, match="not public") as told:
            made(TEXT)
        assert other.asked == []
    assert "secret" not in told.value.message


def test_a_redirect_at_home_is_followed(videos, made, tmp_path) -> None:
    videos.content = lambda request: (
        Response(videos.drawn(videos.asked[0]).read_bytes())
        if request.query_params
        else RedirectResponse(f"{request.url.path}?x=1")
    )
    assert made(TEXT)[0].frames == 24


def test_a_result_that_is_too_short(videos, made) -> None:
    videos.changes = {"num_frames": 12}
    with pytest.raises(EngineFailed, match=r"lasts 0.50 s; 1.00 s were due"):
        made(TEXT)


def test_a_server_that_is_busy_is_asked_when_it_wants_to_be(videos, made) -> None:
    videos.on_post = lambda number: JSONResponse({"detail": "busy"}, 503 if number == 1 else 429, headers={"Retry-After": "1"}) if number < 3 else None  # fmt: skip
    made(TEXT, patience=30)
    moments = [at for method, _, at in videos.heard if method == "POST"]
    assert len(moments) == 3
    assert all(later - at >= 0.99 for at, later in pairwise(moments))
    videos.on_post = lambda _: JSONResponse({}, 429, headers={"Retry-After": "3600"})
    with pytest.raises(EngineFailed, match="too busy"):
        made(TEXT)
    assert len(videos.asked) == 4


def test_nobody_knows_whether_it_began_so_it_is_not_asked_twice(videos, made) -> None:
    def breaks(number: int) -> Response:
        raise RuntimeError(number)  # 500, from a server that may have begun

    videos.on_post = breaks
    with pytest.raises(EngineFailed, match="status 500"):
        made(TEXT)
    assert len(videos.asked) == 1


def test_the_time_for_everything_is_limited_and_the_server_told(videos, made, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_ENGINE_TIMEOUT", "1")
    videos.progress = [10] * 100_000
    with pytest.raises(EngineFailed, match="not done after"):
        made(TEXT)
    until(lambda: videos.looks == {})


def test_references_of_an_edit_go_along_behind_its_video(
    videos, made, sounding, stills, monkeypatch
) -> None:
    monkeypatch.setenv("CUTROOM_REMOTE_TAKES", '["edit", "references"]')
    videos.card = {**VLLM, "id": "MiniMaxAI/MiniMax-H3"}
    edit = Edit(
        "e",
        EDIT,
        Kind.EDIT,
        "@Element1 takes @Image1",
        sounding,
        (stills[0],),
        (Element(stills[1]),),
    )
    clip, _ = made(edit)
    assert clip.frames == 12
    assert videos.asked[0]["prompt"].startswith(
        "The subject shown in reference image 2 takes reference image 1"
    )
    assert videos.several == [[path.read_bytes() for path in (sounding.path, stills[0], stills[1])]]
    videos.card = SGLANG
    with pytest.raises(CannotDo, match="reference images or elements"):
        made(edit)


def test_a_first_and_a_last_image_go_to_vllm_as_a_list(videos, made, stills, monkeypatch) -> None:
    monkeypatch.setenv("CUTROOM_REMOTE_TAKES", '["image", "tail"]')
    videos.card = VLLM
    edit = Edit(
        "i",
        "m",
        Kind.IMAGE,
        "it turns",
        None,
        (stills[0],),
        (),
        stills[0],
        stills[1],
        params={"duration": 1},
    )
    made(edit)
    assert len(data(videos.asked[0])) == 2
    assert videos.files == [{}]


def test_a_result_in_a_store_is_fetched_from_there(videos, made) -> None:
    there = f"{videos.url}/v1/videos/video-1/content?cloud"
    videos.failure = lambda: JSONResponse(videos.row("video-1", "completed", 100, url=there))
    queries = []
    videos.content = lambda request: (
        queries.append(request.url.query) or Response(videos.drawn(videos.asked[0]).read_bytes())
    )
    assert made(TEXT)[0].frames == 24
    assert queries == ["cloud"]


def test_a_server_that_stands_still_is_left(videos, made) -> None:
    videos.progress = [10, 40, *[40] * 10_000]
    with pytest.raises(EngineFailed, match="stood still"):
        made(TEXT, stalled=0.3)
    until(lambda: videos.looks == {})
    videos.card = {**VLLM, "id": "t2v"}  # which tells no progress: it may take its time
    videos.progress = [0] * 40
    made(TEXT, stalled=0.3)
