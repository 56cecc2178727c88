"""Clips whose every frame tells its number: `python numbered.py OUT RATE FRAMES [WIDTH HEIGHT COLOUR]`.

The number is a row of twelve squares, white for 1 and black for 0, the highest first; once in the left half and
once in the right, so that each half of a picture can be read by itself. Below it is the colour.
"""

import sys
from fractions import Fraction

import av
import numpy as np

BITS = 12


def frame(number: int, width: int, height: int, colour: tuple[int, int, int]) -> "np.ndarray":
    """The picture of a number, RGB."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    pixels[: height // 2] = 128
    square = width / 2 / (BITS + 2)
    for half in (0, width / 2):
        for bit in range(BITS):
            left = round(half + (bit + 1) * square)
            right = round(half + (bit + 2) * square)
            pixels[height // 8 : height * 3 // 8, left:right] = (
                255 if number >> (BITS - 1 - bit) & 1 else 0
            )
    return pixels


def write(
    out: str, rate: Fraction, frames: int, size: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """Write the clip, as H.264 with frames that are shown in another order than they are coded in."""
    with av.open(out, "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate, options={"crf": "16", "g": "48", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(frame(number, *size, colour), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


if __name__ == "__main__":
    target, rate, count, *more = sys.argv[1:]
    width, height = (int(side) for side in more[:2] or ("448", "256"))
    red, green, blue = bytes.fromhex(more[2] if len(more) > 2 else "a03030")
    write(target, Fraction(rate), int(count), (width, height), (red, green, blue))
