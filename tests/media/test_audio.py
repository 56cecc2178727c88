import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cutroom.media.encode import Encoder
from cutroom.media.probe import probe
from cutroom.media.transcode import transcode
from cutroom.types import Encoding


def payload(path: Path, track: int = 0) -> list[str]:
    """The digests of the sound's packets."""
    with av.open(str(path)) as container:
        packets = container.demux(audio=track)
        return [hashlib.md5(bytes(p)).hexdigest() for p in packets if p.size]


def heard(path: Path) -> np.ndarray:
    """The decoded samples of the first channel."""
    with av.open(str(path)) as container:
        parts = [f.to_ndarray() for f in container.decode(audio=0)]
        planar = container.streams.audio[0].format.is_planar
    return np.concatenate([p[0] if planar else p[0, ::2] for p in parts]).astype(float)


def carried(path: Path, out: Path, listener: Callable, **options: object) -> list[str]:
    tick = listener()
    transcode(
        probe(path), out, lambda p, _i, _s: p, tick, keep_audio=True, encoding=Encoding(), **options
    )
    return tick.notes


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        ("aac", "mp4"),
        ("aac", "mkv"),
        ("libmp3lame", "mp4"),
        ("ac3", "mp4"),
        ("libopus", "webm"),
        ("flac", "mkv"),
        ("alac", "mov"),
    ],
)
def test_packets_are_copied_bit_for_bit(
    tmp_path: Path,
    write_clip: Callable,
    draw: Callable,
    listener: Callable,
    codec: str,
    suffix: str,
) -> None:
    video = "libvpx-vp9" if suffix == "webm" else "libx264"
    source = write_clip(
        tmp_path / f"a.{suffix}", (draw(i) for i in range(24)), sound=codec, codec=video
    )
    out = tmp_path / "out.mp4"
    assert carried(source, out, listener) == []
    assert payload(out) == payload(source)
    assert probe(out).audio == probe(source).audio
    assert probe(out).duration == probe(source).duration


@pytest.mark.parametrize(("codec", "suffix"), [("aac", "ts"), ("aac", "flv")])
def test_sound_of_streaming_containers_is_kept(
    tmp_path: Path,
    write_clip: Callable,
    draw: Callable,
    listener: Callable,
    codec: str,
    suffix: str,
) -> None:
    source = write_clip(tmp_path / f"a.{suffix}", (draw(i) for i in range(24)), sound=codec)
    out = tmp_path / "out.mp4"
    carried(source, out, listener)
    before, after = heard(source), heard(out)
    assert abs(len(before) - len(after)) <= 2048
    assert np.abs(after).max() == pytest.approx(np.abs(before).max(), rel=0.2)


@pytest.mark.parametrize(
    ("codec", "suffix", "video"),
    [
        ("libvorbis", "mkv", "libx264"),
        ("pcm_s16le", "mov", "libx264"),
        ("pcm_s16le", "avi", "mpeg4"),
    ],
)
def test_what_mp4_does_not_hold_becomes_aac(
    tmp_path: Path,
    write_clip: Callable,
    draw: Callable,
    listener: Callable,
    codec: str,
    suffix: str,
    video: str,
) -> None:
    if codec == "libvorbis":
        codec = "vorbis"
    options = {"strict": "experimental"} if codec == "vorbis" else None
    source = write_clip(
        tmp_path / f"a.{suffix}",
        (draw(i) for i in range(24)),
        sound=codec,
        codec=video,
        sound_options=options,
    )
    out = tmp_path / "out.mp4"
    carried(source, out, listener)
    assert probe(out).audio == "aac"
    after = heard(out)
    assert len(after) == pytest.approx(48_000, abs=2048)
    inner = after[4800:43_200]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    assert np.argmax(spectrum) * 48_000 / len(inner) == pytest.approx(440, abs=3)
    assert np.abs(inner).max() == pytest.approx(0.1, rel=0.2)


def test_a_delay_between_sound_and_picture_stays(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    """The picture starts half a second after the sound, in ticks of 1/24 s."""
    source = write_clip(
        tmp_path / "a.mkv",
        (draw(i) for i in range(24)),
        pts=[i + 12 for i in range(24)],
        sound="aac",
        sound_seconds=1.5,
    )
    out = tmp_path / "out.mp4"
    carried(source, out, listener)
    assert payload(out) == payload(source)
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        starts = [s.start_time * s.time_base for s in (video, audio)]
    assert float(starts[0] - starts[1]) == pytest.approx(0.5, abs=0.025)
    assert probe(out).duration == probe(source).duration == 1


def test_sound_longer_than_the_picture_is_whole(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    source = write_clip(
        tmp_path / "a.mp4", (draw(i) for i in range(12)), sound="aac", sound_seconds=2
    )
    out = tmp_path / "out.mp4"
    carried(source, out, listener)
    assert payload(out) == payload(source)
    assert probe(out).duration == Fraction(1, 2)
    with av.open(str(source)) as a, av.open(str(out)) as b:
        assert a.duration == pytest.approx(b.duration, abs=2000)


def test_without_sound_a_note_says_so(
    tmp_path: Path, write_clip: Callable, draw: Callable, listener: Callable
) -> None:
    source = write_clip(tmp_path / "a.mp4", [draw(0)])
    notes = carried(source, tmp_path / "out.mp4", listener)
    assert notes == ["The source has no sound to keep."]


def test_sound_is_left_out_unless_asked_for(tmp_path: Path, clip_24: Path, draw: Callable) -> None:
    out = tmp_path / "out.mp4"
    with Encoder(out, 64, 48, Fraction(24)) as encoder:
        encoder.write(draw(0), Fraction(0))
    assert probe(out).audio is None


@pytest.mark.media
def test_every_track_of_a_real_clip_is_copied(
    tmp_path: Path, real_media: Path, listener: Callable
) -> None:
    source = real_media / "clips" / "pytorch_torchcodec__nasa_13013.mp4"
    out = tmp_path / "out.mp4"
    carried(source, out, listener)
    assert payload(out, 0) == payload(source, 0)
    assert payload(out, 1) == payload(source, 1)
