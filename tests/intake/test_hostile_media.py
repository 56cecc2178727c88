"""Files that were made, or damaged, to do harm: as video and as image, through the whole intake.

Run by hand with `pytest -rP` this prints what became of each.
"""

import resource
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cutroom.assault.lures import lures
from cutroom.catalog import Catalog
from cutroom.errors import InvalidMedia
from cutroom.intake import Bring, Intake
from cutroom.media import sniff
from cutroom.media.probe import probe
from cutroom.params import parse
from cutroom.settings import Settings
from cutroom.types import Edit, Generation, Model, Status
from cutroom.urls import OwnFile

SECONDS = 30
"""That one file may take."""
MEMORY = 1_000_000_000
"""Bytes that one file may take."""
FINE_VIDEOS = {
    "-video-with-dash-.mp4", "dolbyVision-hdr.MOV", "edit_list_positive_shift.mp4", "h265_10bits.mp4", "sample_av1.mp4",
    "sample_fragmented.mp4", "sample.flv", "sample_h265.ts", "transparent.webm", "video_90.mov", "rotating-squares.gif",
    "sample_rotate_and_reflect.mp4", "sample_mdat_too_long.mp4", "long_1080p_lowbitrate.mp4",
}  # fmt: skip
"""Odd but honest: must be taken as videos (limits of the model lifted)."""
FINE_IMAGES = {
    "Landscape_6.jpg": (450, 600), "hopper_orientation_6.webp": (128, 128), "rotating-squares.gif": (80, 80),
    "full-transparent.png": (300, 300), "exif-dpi-zerodivision.jpg": (200, 200),
}  # fmt: skip
NEVER = (
    "passwd",
    "ssrf",
    "SSRF",
    "XSS1",
    ".m3u8",
    "audio_only",
    "result.webm",
    "malformed_free",
    "zero_width",
)
"""Parts of names of files that are nothing whatever they are given as."""


def never_read(generation: Generation, file: OwnFile) -> Iterator[bytes]:
    raise AssertionError(f"{generation.id} asked for {file.key}")


def bring(
    body: dict[str, Any], model_id: str, media: Path, folder: Path, *, relax: bool = True
) -> Edit:
    settings = Settings(fetch_map={"https://media.example": media}, relax_limits=relax)
    model: Model = Catalog.load(settings).model(model_id)
    generation = Generation("g", "ada", "ada", model.id, body, Status.PROCESSING, 0, 0)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Intake(settings, Bring(settings, never_read)).edit(
        generation, model, parse(model, body), folder, lambda: None
    )


def as_video(name: str, media: Path, folder: Path, *, relax: bool = True) -> Edit:
    body = {"prompt": "x", "input_video": f"https://media.example/{name}"}
    return bring(body, "kling-video-o3-pro-video-to-video-edit", media, folder, relax=relax)


def as_image(name: str, media: Path, folder: Path) -> Edit:
    body = {"prompt": "x", "input_image": f"https://media.example/{name}"}
    return bring(body, "kling-video-o3-pro-image-to-video", media, folder)


def largest_child() -> int:
    """Bytes of the largest child process that has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def told(edit: Edit) -> str:
    """What a person wants to know of a file that was taken."""
    clip = edit.video
    if clip is None:
        return "an image"
    return f"{clip.width}x{clip.height}, {clip.frames} frames, {float(clip.duration):.2f} s, {clip.codec}"


@pytest.mark.media
@pytest.mark.slow
def test_every_hostile_file(real_media: Path, tmp_path: Path) -> None:
    media = real_media / "adversarial"
    names = sorted(path.name for path in media.iterdir())
    assert len(names) > 40
    before = largest_child()
    for name in names:
        short = name.rpartition("__")[2]
        for kind, call in (("video", as_video), ("image", as_image)):
            started = time.monotonic()
            try:
                edit = call(name, media, tmp_path / "in")
            except InvalidMedia as error:
                outcome = error.message
                assert outcome.endswith("."), f"{name} as {kind}: {outcome}"
                assert str(tmp_path) not in outcome
                assert short not in (FINE_VIDEOS if kind == "video" else FINE_IMAGES), outcome
            else:
                outcome = f"taken: {told(edit)}"
                assert not any(part in name for part in NEVER), f"{name} was taken as {kind}"
            took = time.monotonic() - started
            print(f"{took:5.2f} s  {short[:40]:40} {kind}  {outcome}")
            assert took < SECONDS, f"{name} as {kind} took {took:.1f} s"
    # The kernel keeps the largest of all children so far, those of other tests among them.
    assert largest_child() < MEMORY or largest_child() == before


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "androidx_media__long_1080p_lowbitrate.mp4",
            r"The video is 362\.8 s long; 3 to 15\.05 s are taken\.",
        ),
        (
            "androidx_media__sample_fragmented.mp4",
            r"The video is 1\.0 s long; 3 to 15\.05 s are taken\.",
        ),
        ("Zulko_moviepy__no_duration.webm", None),
        ("dmlc_decord__corrupted.mp4", None),
    ],
)
def test_limits_count_what_is_there(
    real_media: Path, tmp_path: Path, name: str, sentence: str | None
) -> None:
    """What a container claims of its length is not asked."""
    media = real_media / "adversarial"
    if sentence is None:
        assert as_video(name, media, tmp_path / "in", relax=False).video is not None
    else:
        with pytest.raises(InvalidMedia, match=sentence):
            as_video(name, media, tmp_path / "in", relax=False)


# --- playlists and their like -----------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def test_nothing_inside_a_file_is_followed(listener: socket.socket, tmp_path: Path) -> None:
    port = listener.getsockname()[1]
    media = tmp_path / "media"
    media.mkdir()
    for name, content in lures(port).items():
        (media / name).write_bytes(content)
    for path in sorted(media.iterdir()):
        for call in (as_video, as_image):
            with pytest.raises(InvalidMedia):
                call(path.name, media, tmp_path / "in")
        # Here, too, where no namespace of the child's stands between the demuxers and the network.
        with pytest.raises(InvalidMedia):
            probe(path)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_listener_would_notice(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()):
        listener.accept()[0].close()


@pytest.mark.parametrize(
    "head",
    [b"#EXTM3U", b"ffconcat version 1.0", b"<svg>", b"<?xml ?><svg>", b"%PDF-1.4", b"PK\x03\x04"],
)
def test_what_is_no_media_never_reaches_a_child(head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(head)
    with pytest.raises(InvalidMedia, match=r"^The file is "):
        sniff.sniff(path)
