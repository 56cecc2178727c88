"""Pictures brought to a size without being bent: what is too much at two sides is cut off."""

import cv2
import numpy as np

from cutroom.engines.diffusion.family import Pixels


def filling(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of the picture at that width and height; enlarged by Lanczos's filter, reduced by area."""
    width, height = size
    tall, wide = picture.shape[:2]
    scale = max(width / wide, height / tall)
    across, down = min(wide, round(width / scale)), min(tall, round(height / scale))
    left, top = (wide - across) // 2, (tall - down) // 2
    middle = picture[top : top + down, left : left + across]
    if (across, down) == size:
        return np.ascontiguousarray(middle)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(middle, size, interpolation=way), np.uint8)
