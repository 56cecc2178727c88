from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from cutroom.errors import InvalidMedia
from cutroom.media.decode import frames
from cutroom.media.gamut import PEAK, WHITE, nits_to_pq, pq_to_nits, roll_off
from cutroom.media.probe import probe
from cutroom.types import Clip

LUMA = {
    "bt709": (1, 0.2126, 0.0722),
    "smpte170m": (6, 0.299, 0.114),
    "bt2020nc": (9, 0.2627, 0.0593),
}
PATCH = 16
COLOURS = np.random.default_rng(7).integers(0, 256, (6, 8, 3)).astype(np.uint8)
COLOURS[0, :8] = [
    (0, 0, 0),
    (255, 255, 255),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (128, 128, 128),
    (255, 255, 0),
    (1, 254, 3),
]


def yuv_patches(
    colours: np.ndarray, matrix: str, *, full: bool, bits: int, chroma: int = 2
) -> VideoFrame:
    """Patches of known RGB (0..1 floats) as YUV, by the formulas of ITU-T H.273."""
    _, kr, kb = LUMA[matrix]
    image = colours.repeat(PATCH, 0).repeat(PATCH, 1)
    red, green, blue = np.moveaxis(image, -1, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    cb, cr = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    top, step = 2**bits - 1, 2 ** (bits - 8)
    planes = (
        [luma * top, cb * top + 128 * step, cr * top + 128 * step]
        if full
        else [(16 + 219 * luma) * step, (128 + 224 * cb) * step, (128 + 224 * cr) * step]
    )
    name = {2: "yuv420p", 1: "yuv444p"}[chroma] + ("10le" if bits == 10 else "")
    frame = VideoFrame(image.shape[1], image.shape[0], name)
    for index, (plane, values) in enumerate(zip(frame.planes, planes, strict=True)):
        sampled = values if index == 0 else values[::chroma, ::chroma]
        kind = np.dtype(np.uint16 if bits > 8 else np.uint8)
        view = np.ndarray(
            sampled.shape, kind, buffer=memoryview(plane), strides=(plane.line_size, kind.itemsize)
        )
        view[:] = np.clip(np.rint(sampled), 0, top)
    return frame


def centres(pixels: np.ndarray) -> np.ndarray:
    return pixels[PATCH // 2 :: PATCH, PATCH // 2 :: PATCH].astype(int)


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize(("bits", "chroma"), [(8, 2), (8, 1), (10, 2), (10, 1)])
@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_colours_come_back_through_lossless_code(
    tmp_path: Path, write_clip: Callable, matrix: str, bits: int, chroma: int, full: bool
) -> None:
    frame = yuv_patches(COLOURS / 255, matrix, full=full, bits=bits, chroma=chroma)
    path = write_clip(
        tmp_path / "a.mkv",
        [frame],
        codec="ffv1",
        pixel_format=frame.format.name,
        tags={"colorspace": LUMA[matrix][0], "color_range": 2 if full else 1},
    )
    got = next(frames(probe(path)))
    error = centres(got.pixels) - COLOURS.astype(int)
    assert np.abs(error).max() <= 2, error
    assert abs(error.mean()) < 0.5


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_colours_come_back_through_h264(
    tmp_path: Path, write_clip: Callable, matrix: str, full: bool
) -> None:
    frame = yuv_patches(COLOURS / 255, matrix, full=full, bits=8)
    path = write_clip(
        tmp_path / "a.mp4",
        [frame],
        tags={"colorspace": LUMA[matrix][0], "color_range": 2 if full else 1},
        options={"crf": "6"},
    )
    got = next(frames(probe(path)))
    assert np.abs(centres(got.pixels) - COLOURS.astype(int)).max() <= 4


def test_untagged_clips_are_read_as_players_do(tmp_path: Path, write_clip: Callable) -> None:
    small = yuv_patches(COLOURS / 255, "smpte170m", full=False, bits=8)
    large = yuv_patches(np.tile(COLOURS / 255, (1, 10, 1)), "bt709", full=False, bits=8)
    for name, frame in (("small", small), ("large", large)):
        path = write_clip(tmp_path / f"{name}.mkv", [frame], codec="ffv1", tags={"color_range": 1})
        got = centres(next(frames(probe(path))).pixels)[:, :8]
        assert np.abs(got - COLOURS.astype(int)).max() <= 2, name


@pytest.mark.parametrize("transfer", [16, 18], ids=["pq", "hlg"])
def test_hdr_greys_land_where_the_formulas_say(
    tmp_path: Path, write_clip: Callable, transfer: int
) -> None:
    if transfer == 16:
        nits = np.array([0, 1, 10, 50, 100, WHITE, 400, PEAK])
        code = nits_to_pq(nits)
    else:
        scene = np.array([0, 0.001, 0.01, 0.05, 0.1, 0.2647, 0.5, 1.0])
        nits = PEAK * scene**1.2
        root = np.sqrt(3 * scene)
        log = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        code = np.where(scene <= 1 / 12, root, log)
    want = 255 * (roll_off(nits) / WHITE) ** (1 / 2.4)
    patches = np.repeat(code[None, :, None], 3, axis=2)
    frame = yuv_patches(patches, "bt2020nc", full=False, bits=10)
    path = write_clip(
        tmp_path / "a.mkv",
        [frame],
        codec="ffv1",
        pixel_format="yuv420p10le",
        tags={"colorspace": 9, "color_primaries": 9, "color_trc": transfer, "color_range": 1},
    )
    got = centres(next(frames(probe(path))).pixels)[0]
    assert np.abs(got - want[:, None]).max() <= 2, (got[:, 0], want)


def test_sdr_colours_shown_in_hdr_keep_their_hue(tmp_path: Path, write_clip: Callable) -> None:
    """BT.709 colours of 90 nits and less, carried in BT.2020 PQ, come out as they were."""
    to_2020 = np.linalg.inv(
        np.array(
            [
                [1.6604910, -0.5876411, -0.0728499],
                [-0.1245505, 1.1328999, -0.0083494],
                [-0.0181508, -0.1005789, 1.1187297],
            ]
        )
    )
    light = (COLOURS / 255 * 0.7) ** 2.4
    code = nits_to_pq(np.clip(light @ to_2020.T, 0, 1) * WHITE)
    path = write_clip(
        tmp_path / "a.mkv",
        [yuv_patches(code, "bt2020nc", full=False, bits=10)],
        codec="ffv1",
        pixel_format="yuv420p10le",
        tags={"colorspace": 9, "color_primaries": 9, "color_trc": 16, "color_range": 1},
    )
    got = centres(next(frames(probe(path))).pixels)
    want = COLOURS * 0.7
    lit = want.min(axis=2) > 20  # near black one step of 10 bits is several of 8
    assert np.abs(got - want)[lit].max() <= 3


def test_the_pq_curve_is_its_own_inverse_and_meets_known_points() -> None:
    nits = np.array([0.005, 0.1, 1, 100, 203, 1000, 10_000])
    assert pq_to_nits(nits_to_pq(nits)) == pytest.approx(nits, rel=1e-6)
    assert float(nits_to_pq(np.array(100.0))) == pytest.approx(0.5081, abs=1e-4)
    assert float(nits_to_pq(np.array(203.0))) == pytest.approx(0.5807, abs=1e-4)


@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turns_and_mirrors_are_in_the_pixels(
    tmp_path: Path, write_clip: Callable, turn: int, flips: tuple[bool, bool]
) -> None:
    """A flag of four corners: mirrored first, then turned counter-clockwise, as FFmpeg defines it."""
    stored = np.zeros((32, 48, 3), np.uint8)
    stored[:16, :24], stored[:16, 24:] = (200, 30, 30), (30, 200, 30)
    stored[16:, :24], stored[16:, 24:] = (30, 30, 200), (200, 200, 200)
    tags = {"colorspace": 1, "color_range": 1}
    path = write_clip(tmp_path / "a.mp4", [stored], rotation=(turn, *flips), tags=tags)
    shown = np.rot90(stored, turn // 90)
    shown = shown[:, ::-1] if flips[0] else shown
    shown = shown[::-1] if flips[1] else shown
    got = next(frames(probe(path))).pixels
    assert got.shape == shown.shape
    assert got.flags.c_contiguous
    corners = (slice(6, None, 20), slice(6, None, 20))
    assert np.abs(got[corners].astype(int) - shown[corners]).max() < 25


def test_times_are_exact(tmp_path: Path, write_clip: Callable, draw: Callable) -> None:
    rate = Fraction(30_000, 1001)
    for suffix in ("mp4", "mkv"):
        path = write_clip(tmp_path / f"a.{suffix}", (draw(i) for i in range(12)), rate=rate)
        assert [f.time for f in frames(probe(path))] == [i / rate for i in range(12)]


@pytest.mark.parametrize(("start", "stop"), [(0, 3), (10, 14), (59, None), (23, 24), (70, None)])
def test_a_part_is_the_same_as_in_the_whole(
    tmp_path: Path, write_clip: Callable, draw: Callable, start: int, stop: int | None
) -> None:
    path = write_clip(
        tmp_path / "a.mp4", (draw(i) for i in range(60)), options={"g": "12", "bf": "2"}
    )
    clip = probe(path)
    whole = list(frames(clip))[start:stop]
    part = list(frames(clip, start=start, stop=stop))
    assert [f[:2] for f in part] == [f[:2] for f in whole]
    assert all((a.pixels == b.pixels).all() for a, b in zip(part, whole, strict=True))


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_every_start_gives_the_frames_that_the_beginning_gives(
    tmp_path: Path, write_clip: Callable, draw: Callable, suffix: str
) -> None:
    """Also where pictures are shown before the key frame they follow, and a jump lands behind its aim."""
    open_gops = "open-gop=1:keyint=8:min-keyint=4:bframes=3:scenecut=0"
    path = write_clip(
        tmp_path / f"a.{suffix}", (draw(i) for i in range(36)), options={"x264-params": open_gops}
    )
    clip = probe(path)
    whole = list(frames(clip))
    for start in range(36):
        part = list(frames(clip, start=start, stop=start + 2))
        assert [f[:2] for f in part] == [f[:2] for f in whole[start : start + 2]]
        assert all((a.pixels == b.pixels).all() for a, b in zip(part, whole[start:], strict=False))


def test_scaled_frames(clip_24: Path) -> None:
    clip = probe(clip_24)
    small = list(frames(clip, size=(32, 24)))
    whole = list(frames(clip))
    assert len(small) == 24
    for tiny, large in zip(small, whole, strict=True):
        assert tiny.pixels.shape == (24, 32, 3)
        assert abs(tiny.pixels.mean() - large.pixels.mean()) < 3


def test_transparent_turns_black(tmp_path: Path, write_clip: Callable) -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[...] = (200, 100, 50, 255)
    pixels[:, 8:16, 3], pixels[:, 16:, 3] = 128, 0
    frame = VideoFrame.from_ndarray(pixels, format="rgba")
    path = write_clip(tmp_path / "a.mov", [frame], codec="png", pixel_format="rgba")
    row = next(frames(probe(path))).pixels[8]
    assert row[4].tolist() == [200, 100, 50]
    assert row[12].tolist() == [100, 50, 25]
    assert row[24].tolist() == [0, 0, 0]


def damaged(path: Path, out: Path) -> Path:
    """The clip with a few packets of its middle overwritten."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
        for packet in packets[20:24]:
            assert packet.pos is not None
            data[packet.pos + 4 : packet.pos + packet.size] = b"\xff" * (packet.size - 4)
    out.write_bytes(data)
    return out


def test_damage_in_the_middle_keeps_the_time_line(
    tmp_path: Path, write_clip: Callable, draw: Callable
) -> None:
    whole = write_clip(tmp_path / "a.mp4", (draw(i) for i in range(48)), options={"g": "12"})
    clip = probe(damaged(whole, tmp_path / "b.mp4"))
    got = list(frames(clip))
    assert [f.index for f in got] == list(range(48))
    assert [f.time for f in got] == [Fraction(i, 24) for i in range(48)]
    clean = list(frames(probe(whole)))
    assert (got[10].pixels == clean[10].pixels).all()
    assert (got[47].pixels == clean[47].pixels).all()


def test_a_clip_that_is_damaged_all_over_is_refused(tmp_path: Path, clip_24: Path) -> None:
    clip = probe(clip_24)
    data = clip_24.read_bytes()
    start = data.index(b"mdat") + 4
    broken = tmp_path / "a.mp4"
    broken.write_bytes(
        data[:start] + bytes(len(data) - start) if data.find(b"moov") < start else data
    )
    if data.find(b"moov") > start:
        end = data.find(b"moov") - 4
        broken.write_bytes(data[:start] + bytes(end - start) + data[end:])
    with pytest.raises(InvalidMedia, match="can be decoded"):
        list(frames(Clip(broken, 64, 48, clip.rate, 24, clip.duration)))


def test_leaving_early_closes_the_file(clip_24: Path) -> None:
    stream = frames(probe(clip_24))
    assert next(stream).index == 0
    stream.close()  # type: ignore[attr-defined]
