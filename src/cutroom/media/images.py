"""Still images in and out."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutroom.errors import InvalidMedia
from cutroom.media import sniff

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000
"""Pixels of the largest image that is decoded."""

_DEEP_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}


def load(path: Path) -> NDArray[np.uint8]:
    """The image as (height, width, 4) RGBA, upright; of an animation, the first picture.

    Raises InvalidMedia, saying what is wrong, for what is no JPEG, PNG, WebP, GIF, AVIF or BMP, is
    damaged or cut short, or has more than MAX_PIXELS.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - most edits have no image

    kind = sniff.image(path)
    try:
        with warnings.catch_warnings(), Image.open(path, formats=(kind,)) as image:
            warnings.simplefilter("ignore")  # odd metadata and sizes; what matters is checked here
            _check_size(image.width, image.height)
            image.seek(0)
            image.load()
            return _rgba(_upright(image))
    except InvalidMedia:
        raise
    except UnidentifiedImageError as error:
        raise InvalidMedia(f"The {kind} image is damaged and cannot be read.") from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise InvalidMedia(f"The {kind} image is too large to decode.") from error
    # Pillow's decoders raise many kinds of error on damaged files; all mean the same here.
    except (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        LookupError,
        EOFError,
        ArithmeticError,
    ) as error:
        raise InvalidMedia(f"The {kind} image is damaged or cut short: {error}.") from error


def size(path: Path) -> tuple[int, int]:
    """Width and height of the image when upright. Raises InvalidMedia as `load` does."""
    height, width = load(path).shape[:2]
    return width, height


def save(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write (height, width, 3 or 4) pixels, or (height, width) grey; the name's suffix is the format."""
    from PIL import Image  # noqa: PLC0415 - as above

    Image.fromarray(pixels).save(path)


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise InvalidMedia(f"The image has no size ({width}x{height}).")
    if width * height > MAX_PIXELS:
        raise InvalidMedia(
            f"The image is too large: {width}x{height}; at most {MAX_PIXELS:,} pixels are taken."
        )


def _upright(image: "Image.Image") -> "Image.Image":
    """Turned as its EXIF orientation says; a broken EXIF block turns nothing."""
    from PIL import ImageOps  # noqa: PLC0415 - as above

    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError):
        return image


def _rgba(image: "Image.Image") -> NDArray[np.uint8]:
    if image.mode in _DEEP_MODES:
        grey = _eight_bits(np.asarray(image))
        return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    return np.array(image.convert("RGBA"))


def _eight_bits(samples: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey of 16 bits, or of a float that ends at 1 or 255, as 8 bits."""
    values = samples.astype(np.float64)
    deep = samples.dtype.kind != "f"
    top = 65_535.0 if deep else 1.0 if values.max(initial=0) <= 1 else 255.0
    return np.rint(np.clip(values / top, 0, 1) * 255).astype(np.uint8)
