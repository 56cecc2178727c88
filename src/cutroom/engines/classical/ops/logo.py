"""Logo: `@Image1` small in a corner, as a mark or translucent as a watermark."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from cutroom.engines.classical.op import Paint, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.engines.classical.planner.span import Span
from cutroom.engines.classical.planner.wording import PLACES, looks, modes
from cutroom.engines.classical.text.inscription import timed
from cutroom.engines.classical.text.lettering import Lettering
from cutroom.errors import CannotDo
from cutroom.media import images

_MARK = r"(?:(?:small|large|big|tiny|translucent|transparent|semi-transparent) )?(?P<mark>logo|watermark|emblem|badge|brand mark)"
_VERB = r"(?:add|put|show|display|place|overlay|insert|use|have|set|include|superimpose)"
_IT = r"(?P<mention>@image\d+)"
_THE = r"(?:(?:the|my|our|a|an|its) )?"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in a corner of every frame."""

    mention: str
    """`@image1`."""
    place: str = "bottom right"
    start: float = 0.0
    stop: float = 0.0
    size: float = 1.0
    faint: bool = False
    """Whether the picture shows through, as through a watermark."""
    fade_in: float = 0.0
    fade_out: float = 0.0
    name: ClassVar[str] = "logo"
    stage: ClassVar[Stage] = Stage.TEXT
    hint: ClassVar[str] = "@image"
    choices: ClassVar[Mapping[str, Collection[str]]] = {"place": PLACES}
    bounds: ClassVar[Mapping[str, tuple[float, float]]] = {
        "size": (0.3, 3.0),
        "fade_in": (0.0, 60.0),
        "fade_out": (0.0, 60.0),
    }
    examples: ClassVar[tuple[str, ...]] = (
        "put the logo @Image1 in the top left corner",
        "add @Image1 as a watermark",
        "use @Image1 as a small logo at the bottom right for the last 2 seconds",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every picture that is to be a mark."""
        if cls.hint not in said.text or not re.search(_MARK, said.text):
            return
        after = modes()
        forms = (
            rf"{_VERB} {_THE}{_MARK}(?: from| of| in)? {_IT}(?P<m1>{after})",
            rf"{_VERB} {_IT}(?P<m1>{after}) as {_THE}{_MARK}(?P<m2>{after})",
            rf"(?P<mark>watermark) (?:it|this|the (?:video|clip)) with {_IT}(?P<m1>{after})",
        )
        for form in forms:
            for found in said.find(form):
                groups = found.groups
                words = said.original(found.words).lower()
                fields = looks(f"{groups.get('m1') or ''} {groups.get('m2') or ''}")
                if fields is None or fields.keys() & {"colour", "bold"}:
                    continue
                size = next((s for w, s in _SIZES.items() if f" {w} " in words), 1.0)
                faint = (
                    groups["mark"] == "watermark"
                    or "transparent" in words
                    or "translucent" in words
                )
                mention = groups["mention"] or ""
                yield Reading(cls(mention, faint=faint, **{"size": size, **fields}), found.words)

    def say(self) -> str:
        """Which picture, where and when."""
        faint = " as a watermark" if self.faint else ""
        return f"{self.mention}{faint} at the {self.place}{Span(self.start, self.stop).say()}"

    def prepare(self, scene: Scene) -> Paint:
        """Fit the picture into its corner. Raises CannotDo where the edit does not hold it."""
        number = int(self.mention.removeprefix("@image"))
        if not 1 <= number <= len(scene.edit.images):
            raise CannotDo(f"The instruction speaks of {self.mention}, which is not there.")
        mark = _fitted(images.load(scene.edit.images[number - 1]), scene, self.size)
        return timed(mark, self, scene.clip, 0.55 if self.faint else 1.0)


_SIZES = {"tiny": 0.6, "small": 0.75, "large": 1.4, "big": 1.4}


def _fitted(rgba: np.ndarray, scene: Scene, size: float) -> Lettering:
    """The picture at most 16 % of the frame's shorter side tall and 26 % of its width wide."""
    clip = scene.clip
    room = (0.26 * size * clip.width, 0.16 * size * min(clip.width, clip.height))
    scale = min(room[0] / rgba.shape[1], room[1] / rgba.shape[0])
    fit = (max(1, round(rgba.shape[1] * scale)), max(1, round(rgba.shape[0] * scale)))
    cover = rgba[..., 3:].astype(np.float32) / 255
    colour = (
        rgba[..., :3].astype(np.float32) * cover
    )  # times its cover: no fringe of what is unseen
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(np.dstack([colour, cover]), fit, interpolation=way)
    return Lettering(
        np.asarray(small[..., :3], np.float32), np.asarray(small[..., 3:].clip(0, 1), np.float32), 0
    )
