"""A small picture of a clip's moment or of an image, as JPEG."""

from bisect import bisect_right
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from PIL import Image

from cutroom.media import images, timeline
from cutroom.media.decode import frames
from cutroom.media.probe import probe

QUALITY = 82
PAPER = (255, 255, 255)
"""What shows through an image's transparent parts."""

Size = tuple[int, int]
"""Width and height in pixels."""


def of_video(path: Path, box: Size, seconds: float) -> bytes:
    """The frame that is shown at this time, the last one past the end. Raises InvalidMedia."""
    clip = probe(path)
    line = timeline.of(path)
    later = bisect_right(range(len(line)), seconds, key=lambda index: float(line.time(index)))
    index = max(0, later - 1)
    size = fitted((clip.width * clip.pixel_aspect, Fraction(clip.height)), box)
    (frame,) = frames(clip, size=size, start=index, stop=index + 1)
    return jpeg(Image.fromarray(frame.pixels))


def of_image(path: Path, box: Size) -> bytes:
    """The image. Raises InvalidMedia."""
    image = Image.fromarray(images.load(path))
    size = fitted((Fraction(image.width), Fraction(image.height)), box)
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    flat = Image.new("RGB", size, PAPER)
    flat.paste(small, mask=small.getchannel("A"))
    return jpeg(flat)


def fitted(size: tuple[Fraction, Fraction], box: Size) -> Size:
    """The largest size of the same shape within the box, and never larger than it was."""
    width, height = size
    scale = min(box[0] / width, box[1] / height, Fraction(1))
    return max(1, round(width * scale)), max(1, round(height * scale))


def jpeg(image: Image.Image) -> bytes:
    """The bytes of a JPEG file."""
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
