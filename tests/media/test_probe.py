import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from cutroom.errors import InvalidMedia
from cutroom.media import timeline
from cutroom.media.container import MAX_SIDE, check_size
from cutroom.media.probe import probe


def test_a_plain_clip(clip_24: Path) -> None:
    clip = probe(clip_24)
    assert (clip.width, clip.height, clip.frames) == (64, 48, 24)
    assert (clip.rate, clip.duration) == (24, 1)
    assert (clip.container, clip.codec, clip.pixel_format, clip.bits) == (
        "mov",
        "h264",
        "yuv420p",
        8,
    )
    assert (clip.audio, clip.rotation, clip.pixel_aspect) == ("aac", 0, 1)
    assert clip.bytes == clip_24.stat().st_size


@pytest.mark.parametrize("rate", [Fraction(30_000, 1001), Fraction(24_000, 1001), Fraction(25)])
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts", "flv"])
def test_rates_are_exact_in_every_container(
    tmp_path: Path, write_clip: Callable, draw: Callable, rate: Fraction, suffix: str
) -> None:
    codec = "libx264"
    path = write_clip(
        tmp_path / f"a.{suffix}", (draw(i) for i in range(30)), rate=rate, codec=codec
    )
    clip = probe(path)
    assert clip.frames == 30
    assert clip.rate == rate
    assert abs(clip.duration - 30 / rate) < Fraction(1, 500)


def test_gif_delays_count(tmp_path: Path, draw: Callable) -> None:
    pictures = [Image.fromarray(draw(i)) for i in range(4)]
    delays = [100, 200, 50, 150]
    path = tmp_path / "a.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=delays)
    clip = probe(path)
    assert (clip.frames, clip.duration) == (4, Fraction(1, 2))
    assert [float(t) for t in timeline.of(path).times()] == [0, 0.1, 0.3, 0.35, 0.5]


def test_variable_times_are_kept_and_the_rate_is_their_mean(
    tmp_path: Path, write_clip: Callable, draw: Callable
) -> None:
    pts = [0, 300, 1900, 2000, 5100, 9000]
    path = write_clip(
        tmp_path / "vfr.mp4",
        (draw(i) for i in range(6)),
        time_base=Fraction(1, 3000),
        pts=pts,
        rate=30,
    )
    clip, line = probe(path), timeline.of(path)
    assert [line.time(i) for i in range(6)] == [Fraction(p, 3000) for p in pts]
    assert clip.rate == 6 / clip.duration


def test_frames_cut_by_an_edit_list_do_not_count(
    tmp_path: Path, write_clip: Callable, draw: Callable
) -> None:
    path = write_clip(tmp_path / "a.mp4", (draw(i) for i in range(24)), options={"bf": "0"})
    data = bytearray(path.read_bytes())
    at = data.index(b"elst")
    # One edit: its length in milliseconds follows size, version and count. Half a second is shown.
    assert int.from_bytes(data[at + 12 : at + 16], "big") == 1000
    data[at + 12 : at + 16] = (500).to_bytes(4, "big")
    path.write_bytes(data)
    clip = probe(path)
    assert clip.frames == 12
    assert clip.duration == Fraction(1, 2)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_rotation_is_seen(tmp_path: Path, write_clip: Callable, draw: Callable, turn: int) -> None:
    path = write_clip(tmp_path / "a.mp4", [draw(0)], rotation=(turn, False, False))
    clip = probe(path)
    assert clip.rotation == turn
    assert (clip.width, clip.height) == ((48, 64) if turn in {90, 270} else (64, 48))


def test_pixel_aspect_turns_with_the_picture(
    tmp_path: Path, write_clip: Callable, draw: Callable
) -> None:
    wide = write_clip(tmp_path / "a.mp4", [draw(0)], aspect=Fraction(4, 3))
    assert probe(wide).pixel_aspect == Fraction(4, 3)
    tall = write_clip(
        tmp_path / "b.mp4", [draw(0)], aspect=Fraction(4, 3), rotation=(90, False, False)
    )
    assert probe(tall).pixel_aspect == Fraction(3, 4)


def test_colour_tags_and_depth(tmp_path: Path, write_clip: Callable, draw: Callable) -> None:
    path = write_clip(
        tmp_path / "a.mkv",
        [draw(0)],
        codec="ffv1",
        pixel_format="yuv420p10le",
        tags={"colorspace": 9, "color_primaries": 9, "color_trc": 16, "color_range": 1},
    )
    clip = probe(path)
    assert clip.bits == 10
    assert (clip.colour.matrix, clip.colour.primaries, clip.colour.transfer) == (
        "bt2020nc",
        "bt2020",
        "smpte2084",
    )


def test_only_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", 48_000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(InvalidMedia, match="no video stream: it holds only sound"):
        probe(path)


def test_a_cut_off_file_is_refused(tmp_path: Path, clip_24: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(clip_24.read_bytes()[:600])
    with pytest.raises(InvalidMedia):
        probe(path)


def test_a_header_without_frames_is_refused(tmp_path: Path, clip_24: Path) -> None:
    data = clip_24.read_bytes()
    path = tmp_path / "zeros.mp4"
    payload = data.index(b"mdat") + 4
    end = data.find(b"moov") - 4 if data.find(b"moov") > payload else len(data)
    path.write_bytes(data[:payload] + bytes(end - payload) + data[end:])
    with pytest.raises(InvalidMedia, match="can be decoded"):
        probe(path)


def test_a_playlist_is_never_followed(tmp_path: Path, clip_24: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n{clip_24}\n#EXT-X-ENDLIST\n")
    with pytest.raises(InvalidMedia, match="playlist"):
        probe(path)


def test_a_playlist_behind_a_video_header_is_never_followed(tmp_path: Path, clip_24: Path) -> None:
    playlist = f"#EXTM3U\n#EXTINF:1.0,\n{clip_24}\n".encode()
    for head in (b"RIFF\xff\x00\x00\x00AVI LIST", b"\x47" + b"\xff" * 187, b"\x1a\x45\xdf\xa3"):
        path = tmp_path / "video.mp4"
        path.write_bytes((head * (1 if len(head) < 100 else 4)) + playlist)
        with pytest.raises(InvalidMedia):
            probe(path)


@pytest.mark.parametrize(("width", "height"), [(MAX_SIDE + 2, 16), (8000, 8000), (0, 10)])
def test_size_limits_tell_the_size(width: int, height: int) -> None:
    with pytest.raises(InvalidMedia, match=f"{width}x{height}"):
        check_size(width, height)


PROBE = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from cutroom.errors import InvalidMedia
from cutroom.media.images import load
from cutroom.media.probe import probe
told = {}
for name in sys.argv[1:]:
    try:
        clip = probe(Path(name))
        told[name] = ["clip", clip.width, clip.height, clip.frames, float(clip.duration)]
    except InvalidMedia as error:
        told[name] = ["refused", error.message]
    try:
        load(Path(name))
    except InvalidMedia as error:
        assert error.message.endswith("."), error.message
print(json.dumps(told))
"""


@pytest.mark.media
def test_hostile_files_are_refused_or_right(real_media: Path) -> None:
    files = sorted((real_media / "adversarial").iterdir())
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    told = {Path(name).name: answer for name, answer in json.loads(run.stdout).items()}
    assert len(told) == len(files)
    for name, answer in told.items():
        if answer[0] == "refused":
            assert answer[1].endswith("."), (name, answer)
    right = {
        "androidx_media__edit_list_positive_shift.mp4": [1920, 1080, 270, 9.0],
        "androidx_media__iibbibb_editlist_videoonly.mp4": [704, 576, 12, 12.5],
        "androidx_media__long_1080p_lowbitrate.mp4": [1920, 1080, 10883, 10883 / 30],
        "androidx_media__sample_fragmented.mp4": [1080, 720, 30, 1.001],
        "androidx_media__sample_rotate_and_reflect.mp4": [720, 1080, 30, 1.001],
        "dmlc_decord__video_90.mov": [320, 568, 3, 0.1],
        "Zulko_moviepy__pigs_in_a_polka.gif": [314, 273, 30, 3.0],
        "Zulko_moviepy__no_duration.webm": [1280, 720, 74, 4.938],
        "Zulko_moviepy__-video-with-dash-.mp4": [1, 1, 5, 5.0],
    }
    for name, want in right.items():
        assert told[name] == ["clip", *want], name
    for name in (
        "swisskyrepo_PayloadsAllTheThings__read_passwd_bypass.mp4",
        "swisskyrepo_PayloadsAllTheThings__ssrf_ffmpeg.avi",
        "androidx_media__playlist.m3u8",
        "Zulko_moviepy__result.webm",
        "androidx_media__sample_audio_only.mp4",
    ):
        assert told[name][0] == "refused", name


def test_a_file_that_breaks_off_is_told_and_not_taken_for_a_shorter_one(
    birds_clip: Path, tmp_path: Path
) -> None:
    whole = birds_clip.read_bytes()
    for share in (0.5, 0.9):
        cut = tmp_path / f"cut-{share}.mp4"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InvalidMedia, match=r"cut short: \d+ of its 12 frames"):
            probe(cut)
