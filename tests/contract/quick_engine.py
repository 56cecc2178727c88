"""An engine that makes a small grey film of whatever it is asked, for tests of everything around it."""

import time
from fractions import Fraction

import numpy as np

from cutroom.media.film import film


class Quick:
    """Asked to wait, it shows a wide red frame and goes on until it is stopped."""

    def edit(self, edit, out, tick):
        while edit.prompt == "wait":
            tick.show(lambda: np.full((540, 960, 3), (200, 0, 0), np.uint8))
            tick(0.5)
            time.sleep(0.05)
        grey = np.full((36, 64, 3), 128, np.uint8)
        film(out, (64, 36), Fraction(12), 36, lambda *_: grey, tick, encoding=edit.encoding)
