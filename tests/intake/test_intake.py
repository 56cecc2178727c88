"""Requests made into edits, through the whole intake."""

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cutroom.catalog import Catalog
from cutroom.errors import Cancelled, Forbidden, InvalidMedia, InvalidParams, NotFound
from cutroom.intake import Bring, Intake
from cutroom.media import images
from cutroom.media.pieces import Receiver, Sender
from cutroom.params import parse
from cutroom.sample import birds
from cutroom.settings import Settings
from cutroom.types import Edit, Encoding, Generation, Kind, Model, Status
from cutroom.urls import OwnFile

EDIT = "kling-video-o3-pro-video-to-video-edit"
MEDIA = "https://media.example"


def model(model_id: str = EDIT) -> Model:
    return Catalog.load(Settings()).model(model_id)


def generation(body: dict[str, Any], model_id: str = EDIT) -> Generation:
    return Generation(
        id="00000000-0000-4000-8000-000000000001", namespace="ada", user="ada", model=model_id, params=body,
        status=Status.PROCESSING, progress=0, enqueued_at=0, seed=7,
    )  # fmt: skip


class Files:
    """The uploads of a namespace, by key."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[OwnFile] = []

    def __call__(self, generation: Generation, file: OwnFile) -> Iterator[bytes]:
        self.asked.append(file)
        if not file.key.startswith(f"{generation.namespace}/"):
            raise Forbidden
        if file.key not in self.files:
            raise NotFound
        yield self.files[file.key]


@pytest.fixture
def media(tmp_path: Path, birds_clip: Path) -> Path:
    """The folder that stands for https://media.example."""
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "birds.mp4").write_bytes(birds_clip.read_bytes())
    for name, size in (("red.png", 320), ("blue.jpg", 400), ("small.png", 299)):
        images.save(folder / name, np.full((size, size, 3), len(name) * 20, np.uint8))
    return folder


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def settings(media: Path) -> Settings:
    return Settings(fetch_map={MEDIA: media}, relax_limits=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


Edited = Callable[..., Edit]


@pytest.fixture
def bring(settings: Settings, files: Files, folder: Path) -> Edited:
    def bring(
        body: dict[str, Any], model_id: str = EDIT, *, limits: bool = False, **more: Any
    ) -> Edit:
        used = settings.model_copy(update={"relax_limits": not limits})
        params = parse(model(model_id), body)
        intake = Intake(used, Bring(used, files))
        return intake.edit(
            generation(body, model_id),
            model(model_id),
            params,
            folder,
            more.pop("alive", lambda: None),
            **more,
        )

    return bring


def test_a_full_edit(bring: Edited, folder: Path) -> None:
    edit = bring(
        {
            "prompt": "put @Image1 and @Element1 on the wire",
            "input_video": f"{MEDIA}/birds.mp4",
            "input_image": [f"{MEDIA}/red.png"],
            "elements": [
                {
                    "frontal_image_url": f"{MEDIA}/blue.jpg",
                    "reference_image_urls": [f"{MEDIA}/red.png"],
                },
                {},
            ],
            "keep_audio": True,
        }
    )
    assert edit.id == "00000000-0000-4000-8000-000000000001"
    assert (edit.model, edit.kind, edit.seed, edit.keep_audio) == (EDIT, Kind.EDIT, 7, True)
    assert edit.video is not None
    assert (edit.video.width, edit.video.frames) == (320, 12)
    assert edit.video.path.parent == folder
    [element] = edit.elements
    assert element.angles == edit.images  # one URL is brought in once
    assert images.load(element.frontal).shape == (400, 400, 4)
    assert sorted(path.name for path in folder.iterdir()) == ["image-1", "image-2", "video"]


def test_the_encoding_is_the_settings(settings: Settings, files: Files, folder: Path) -> None:
    body = {"prompt": "x", "input_video": f"{MEDIA}/birds.mp4"}
    used = settings.model_copy(update={"codec": "vp9", "crf": 30})
    edit = Intake(used, Bring(used, files)).edit(
        generation(body), model(), parse(model(), body), folder, lambda: None
    )
    assert edit.encoding == Encoding("vp9", "veryfast", 30)


def test_image_to_video(bring: Edited) -> None:
    edit = bring(
        {
            "prompt": "x",
            "input_image": f"{MEDIA}/red.png",
            "tail_image_url": f"{MEDIA}/blue.jpg",
            "duration": 3,
        },
        "kling-video-o3-pro-image-to-video",
    )
    assert edit.video is None
    assert edit.start_image == edit.images[0]
    assert edit.tail_image not in {None, edit.start_image}
    assert edit.params["duration"] == 3


def test_text_needs_no_files(bring: Edited, folder: Path) -> None:
    edit = bring({"prompt": "a bird"}, "kling-video-v2-6-pro-text-to-video")
    assert (edit.video, edit.images) == (None, ())
    assert list(folder.iterdir()) == []


def test_data_uris_are_told_by_their_content(bring: Edited, media: Path, birds_clip: Path) -> None:
    def uri(path: Path, kind: str) -> str:
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"

    edit = bring(
        {
            "prompt": "@Image1",
            "input_video": uri(birds_clip, "image/png"),
            "input_image": [uri(media / "red.png", "video/mp4")],
        }
    )
    assert edit.video is not None
    assert edit.video.frames == 12
    assert len(edit.images) == 1


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "https://cut.example",
        "http://box.lan:8080",
    ],
)
def test_uploads_are_read_without_a_request(
    settings: Settings, files: Files, folder: Path, birds_clip: Path, origin: str
) -> None:
    files.files["ada/r/my birds.mp4"] = birds_clip.read_bytes()
    body = {
        "prompt": "x",
        "input_video": f"{origin}/api/repos/ada/r/file/main/my%20birds.mp4?oxen_signature=s",
    }
    used = settings.model_copy(update={"public_url": "https://cut.example/"})
    edit = Intake(used, Bring(used, files)).edit(
        generation(body),
        model(),
        parse(model(), body),
        folder,
        lambda: None,
        origins=["http://box.lan:8080"],
    )
    assert edit.video is not None
    assert edit.video.frames == 12
    assert files.asked[0].query == "oxen_signature=s"


def test_uploads_that_are_missing_or_somebody_elses(bring: Edited, folder: Path) -> None:
    base = "http://127.0.0.1:8080/api/repos"
    with pytest.raises(
        InvalidMedia, match=f"^input_video: 404 Client Error: Not Found for url: {base}/ada/r/"
    ):
        bring({"prompt": "x", "input_video": f"{base}/ada/r/file/main/none.mp4"})
    with pytest.raises(InvalidMedia, match=r"^input_video: 403 Client Error: Forbidden for url: "):
        bring({"prompt": "x", "input_video": f"{base}/bob/r/file/main/his.mp4"})
    assert list(folder.iterdir()) == []


def test_other_pages_of_ours_are_not_public(bring: Edited, files: Files) -> None:
    with pytest.raises(InvalidMedia, match="its address is not public"):
        bring({"prompt": "x", "input_video": "http://127.0.0.1:8080/readyz"})
    assert files.asked == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"input_video": f"{MEDIA}/none.mp4"}, r"^input_video: 404 Client Error: Not Found for url: https://media\.example/none\.mp4$"),
        ({"input_video": f"{MEDIA}/red.png"}, "^input_video: The file is a PNG image, not a video"),
        ({"input_image": [f"{MEDIA}/red.png", f"{MEDIA}/birds.mp4"]}, "^input_image 2: The file is a video"),
        ({"input_image": ["data:image/png;base64,AAAA"]}, "^input_image 1: The file is neither a video nor an image"),
        ({"input_image": ["data:image/png;base64,A"]}, "^input_image 1: The data: URI does not hold valid base64"),
        ({"input_video": "data:,"}, "^input_video: The file is empty"),
        ({"elements": [{"frontal_image_url": f"{MEDIA}/none"}]}, "^elements 1: 404"),
        ({"input_video": "https://127.0.0.1/x.mp4"}, "^input_video: https://127.0.0.1/x.mp4 could not be fetched: its host is unknown or its address is not public"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_parameter(
    bring: Edited, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidMedia, match=sentence):
        bring({"prompt": "x", "input_video": f"{MEDIA}/birds.mp4", **change})


def test_limits_of_the_model(bring: Edited) -> None:
    with pytest.raises(
        InvalidMedia, match=r"^input_video: The video is 1\.0 s long; 3 to 15\.05 s are taken\.$"
    ):
        bring({"prompt": "x", "input_video": f"{MEDIA}/birds.mp4"}, limits=True)
    small = {"prompt": "x", "input_image": f"{MEDIA}/small.png"}
    with pytest.raises(
        InvalidMedia, match=r"^input_image 1: The image is 299x299 pixels; at least 300"
    ):
        bring(small, "kling-video-o3-pro-image-to-video", limits=True)
    assert bring(small, "kling-video-o3-pro-image-to-video").images


def test_bytes_of_the_model_and_of_the_installation(
    settings: Settings, files: Files, folder: Path, media: Path
) -> None:
    body = {"prompt": "x", "input_video": f"{MEDIA}/birds.mp4"}
    size = (media / "birds.mp4").stat().st_size
    tight = replace(model(), limits=replace(model().limits, max_video_bytes=size - 1))
    strict = settings.model_copy(update={"relax_limits": False})
    for used, offered in (
        (strict, tight),
        (
            settings.model_copy(update={"max_upload_bytes": size - 1}),
            model(),
        ),  # relaxed: a cap stays
    ):
        with pytest.raises(
            InvalidMedia, match=r"^input_video: The file of .* is too large: at most"
        ):
            Intake(used, Bring(used, files)).edit(
                generation(body), offered, parse(model(), body), folder, lambda: None
            )


def test_cancelling_between_and_within_files(bring: Edited) -> None:
    calls = 0

    def alive() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        bring(
            {
                "prompt": "x",
                "input_video": f"{MEDIA}/birds.mp4",
                "input_image": [f"{MEDIA}/red.png"],
            },
            alive=alive,
        )
    assert calls == 4


def test_no_path_of_the_server(bring: Edited, media: Path) -> None:
    for url in (
        str(media / "birds.mp4"),
        f"file://{media}/birds.mp4",
        "birds.mp4",
        "../media/birds.mp4",
    ):
        with pytest.raises(InvalidParams, match="Invalid URL"):
            bring({"prompt": "x", "input_video": url})


def test_a_stretch_of_a_clip(bring: Edited, folder: Path, birds_clip: Path) -> None:
    whole = base64.b64encode(birds_clip.read_bytes()).decode()
    for url in (f"{MEDIA}/birds.mp4#t=0.25,0.75", f"data:video/mp4;base64,{whole}#t=0.25,0.75"):
        edit = bring({"prompt": "x", "input_video": url})
        assert edit.video is not None
        assert (edit.video.frames, edit.video.rate, edit.video.duration) == (6, 12, Fraction(1, 2))
        assert edit.notes == ("Cut from 0.25 s to 0.75 s of the clip.",)
        # The whole stays as long as the attempt: the result's manifest names it.
        assert {path.name for path in folder.iterdir()} == {"video", "whole"}
    assert bring({"prompt": "x", "input_video": f"{MEDIA}/birds.mp4#xywh=1,2,3,4"}).notes == ()


def test_limits_hold_for_the_stretch(bring: Edited, media: Path, folder: Path) -> None:
    birds(media / "long.mp4", seconds=5, size=(160, 90), rate=6)
    for said, sentence in (
        ("1,3.5", r"The stretch of the video is 2\.5 s long; 3 to 15\.05 s are taken\.$"),
        ("1,4", r"The video is 160x90 pixels; 720 to 3840 pixels are taken on each side\.$"),
        ("5,9", r"The stretch that was asked for begins at 5 s; the video is 5\.00 s long\.$"),
    ):
        with pytest.raises(InvalidMedia, match=f"^input_video: {sentence}"):
            bring({"prompt": "x", "input_video": f"{MEDIA}/long.mp4#t={said}"}, limits=True)


def test_a_stretch_that_is_cancelled_leaves_no_file(bring: Edited, folder: Path) -> None:
    def alive() -> None:
        if (folder / "stretch").exists():
            raise Cancelled

    with pytest.raises(Cancelled):
        bring({"prompt": "x", "input_video": f"{MEDIA}/birds.mp4#t=0.25,0.75"}, alive=alive)
    assert [path.name for path in folder.iterdir()] == ["video"]


def test_pieces_of_a_file_stay_within_its_bytes(tmp_path: Path) -> None:
    heard, told = os.pipe()
    sender = Sender(told)
    sender.write(b"....moov")
    sender.seek(0)
    sender.write(b"ftyp")
    sent = os.read(heard, 1000)
    with Receiver(tmp_path / "a", 8) as receiver:
        for byte in sent:
            receiver.take(bytes([byte]))
    assert (tmp_path / "a").read_bytes() == b"ftypmoov"
    for at, size in ((8, 1), (0, 9), (2**63, 1), (0, 2**31)):
        with (
            pytest.raises(InvalidMedia, match="too large to be cut out"),
            Receiver(tmp_path / "b", 8) as receiver,
        ):
            receiver.take(at.to_bytes(8, "little") + size.to_bytes(4, "little"))
        assert not (tmp_path / "b").exists()
