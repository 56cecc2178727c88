from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cutroom.errors import InvalidMedia
from cutroom.media import images

FLAG = np.zeros((8, 12, 3), np.uint8)
FLAG[:4, :6], FLAG[:4, 6:] = (255, 0, 0), (0, 255, 0)
FLAG[4:, :6], FLAG[4:, 6:] = (0, 0, 255), (255, 255, 255)


@pytest.mark.parametrize("suffix", ["png", "bmp", "webp", "avif", "gif", "jpg"])
def test_every_accepted_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    big = FLAG.repeat(8, 0).repeat(8, 1)
    Image.fromarray(big).save(path, **({"lossless": True} if suffix == "webp" else {"quality": 95}))
    pixels = images.load(path)
    assert (pixels.shape, pixels.dtype) == ((64, 96, 4), np.uint8)
    assert (pixels[..., 3] == 255).all()
    assert np.abs(pixels[::24, ::40, :3].astype(int) - big[::24, ::40]).max() < 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    stored = {
        1: FLAG,
        2: FLAG[:, ::-1],
        3: FLAG[::-1, ::-1],
        4: FLAG[::-1],
        5: FLAG.swapaxes(0, 1),
        6: np.rot90(FLAG),
        7: FLAG[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(FLAG, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.png"
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif)
    assert (images.load(path)[..., :3] == FLAG).all()
    assert images.size(path) == (12, 8)


def test_deep_grey_palette_and_cmyk(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 32_768, 65_535]], np.uint16)).save(tmp_path / "deep.png")
    assert images.load(tmp_path / "deep.png")[0, :, 0].tolist() == [0, 128, 255]
    Image.fromarray(FLAG).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "p.png")
    assert (images.load(tmp_path / "p.png")[..., :3] == FLAG).all()
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "c.jpg", quality=100)
    red = images.load(tmp_path / "c.jpg")[0, 0, :3].astype(int)
    assert red[0] > 200
    assert red[1:].max() < 60


def test_transparency_is_kept(tmp_path: Path) -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, np.arange(0, 256, 17).reshape(4, 4)
    images.save(tmp_path / "a.png", pixels)
    assert (images.load(tmp_path / "a.png") == pixels).all()


def test_the_first_picture_of_an_animation(tmp_path: Path) -> None:
    pictures = [Image.new("RGB", (8, 8), c) for c in ((250, 0, 0), (0, 250, 0))]
    for suffix in ("gif", "webp", "png"):
        path = tmp_path / f"a.{suffix}"
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100)
        assert images.load(path)[4, 4, 0] > 200, suffix


@pytest.mark.parametrize("suffix", ["png", "webp", "jpg", "gif", "bmp", "avif"])
@pytest.mark.parametrize("part", [0.3, 0.8])
def test_cut_short_is_refused(tmp_path: Path, suffix: str, part: float) -> None:
    path = tmp_path / f"a.{suffix}"
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InvalidMedia, match="image"):
        images.load(path)


def test_a_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (9000, 9000)).save(path)
    with pytest.raises(InvalidMedia, match="9000x9000"):
        images.load(path)


def test_an_svg_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'><image href='http://a/b'/></svg>")
    with pytest.raises(InvalidMedia, match="SVG"):
        images.load(path)


@pytest.mark.media
def test_real_images(real_media: Path) -> None:
    for path in sorted((real_media / "images").iterdir()):
        if path.suffix == ".heic":
            with pytest.raises(InvalidMedia, match="HEIC"):
                images.load(path)
            continue
        pixels = images.load(path)
        assert pixels.ndim == 3
        assert pixels.shape[2] == 4
