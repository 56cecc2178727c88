"""An engine for the server that works for others: says what it was given, and does what the prompt asks of it."""

import hashlib
import json
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from cutroom.errors import CannotDo, EngineFailed
from cutroom.media.film import film


class Told:
    def edit(self, edit, out, tick):
        if "refuse" in edit.prompt:
            raise CannotDo("This engine cannot do “dragons”; it can do snow.")
        if "fail" in edit.prompt:
            raise EngineFailed("The GPU has melted.")
        if "wait for" in edit.prompt:
            awaited, step = Path(edit.prompt.split("wait for ")[1]), 0
            while not awaited.exists():
                step += 1
                tick(min(0.5, 0.1 + step / 100))
                time.sleep(0.05)
        tick.note(json.dumps(_given(edit)))
        grey = np.full((36, 64, 3), 128, np.uint8)
        film(out, (64, 36), Fraction(12), 12, lambda *_: grey, tick, encoding=edit.encoding)


def _given(edit):
    return {
        "kind": edit.kind,
        "prompt": edit.prompt,
        "seed": edit.seed,
        "keep_audio": edit.keep_audio,
        "params": edit.params,
        "video": digest(edit.video and edit.video.path),
        "images": [digest(path) for path in edit.images],
        "elements": [[digest(one.frontal), *map(digest, one.angles)] for one in edit.elements],
        "start": digest(edit.start_image),
        "tail": digest(edit.tail_image),
    }


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path else None
