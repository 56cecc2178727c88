"""Like an image: the clip takes the colours of `@Image1`, and thick strokes where a painting's style is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from cutroom.engines.classical.colour.exposure import samples
from cutroom.engines.classical.colour.grade import Floats, paint_of
from cutroom.engines.classical.colour.transfer import paintedness, transfer
from cutroom.engines.classical.marks.bristles import stroked
from cutroom.engines.classical.op import Paint, Pixels, Reading, Scene, Stage
from cutroom.engines.classical.planner.instruction import Instruction
from cutroom.errors import CannotDo
from cutroom.media.images import load

_PAINTED = 0.95
"""Share of worked parts from which on an image counts as painted; photographs of leaves reach it too."""
_OF = r"(?:the (?:image|picture|photo|painting|artwork|reference|reference image) )?@image(?P<image>\d+)"
_COLOURS = r"(?:colou?r )?(?:colou?rs?|palette|grade|grading|colou?r scheme|tones|tonality)"
_STYLE = r"(?:(?:artistic|visual|painting|art|overall|same|exact) )*(?:style|art style|look and style|brushwork|brush strokes|aesthetic|aesthetics)"
_VIDEO = r"(?:the |this |my )?(?:whole |entire )?(?:video|clip|footage|scene|film|it|frames|colou?rs of the (?:video|clip)|colou?rs)"
_COLOUR_FORMS = (
    rf"(?:in|with|using|use|apply|take|give (?:it|{_VIDEO})|adopt|copy|borrow) (?:the )?(?:same )?{_COLOURS} (?:of|from|in|as|like) {_OF}",
    rf"(?:match|transfer|apply|copy) (?:the )?{_COLOURS} (?:of|from|to|in|with) {_OF}(?: to {_VIDEO})?",
    rf"match (?:the )?{_COLOURS} (?:of {_VIDEO} )?(?:to|with) (?:that of |those of |the {_COLOURS} of )?{_OF}",
    rf"(?:colou?r grade|grade|colou?r match|match|recolou?r|colou?r) {_VIDEO} (?:to|like|after|as|to match|to look like|with|from|by) {_OF}",
    rf"colou?r match (?:to|with) {_OF}",
    rf"(?:make|let) {_VIDEO} (?:look|feel|be colou?red|be graded) like {_OF}",
    rf"look like {_OF}",
    rf"(?:the )?{_OF} (?:colou?rs|palette|colou?r palette|colou?r grade|grade)",
)
_STYLE_FORMS = (
    rf"(?:in|with|into|using|use|apply|adopt|copy|take|transfer|match|give {_VIDEO}) (?:the )?{_STYLE} (?:of|from|in|as|like) {_OF}(?: (?:to|on|onto) {_VIDEO})?",
    rf"(?:restyle|stylise|stylize|style|paint|repaint|render|redraw) {_VIDEO} (?:in the style of|like|as|after|with|using|to look like) {_OF}",
    rf"use {_OF} as (?:a |the )?(?:style|style reference|style image|reference for the style|colou?r and style reference)",
    rf"(?:in )?{_OF} style",
    rf"style transfer (?:from|with|using) {_OF}",
)


@dataclass(frozen=True, slots=True)
class LikeImage:
    """The colours of an image; of a painting whose style is asked for, strokes as well."""

    image: int
    """Its number in the mention."""
    style: bool = False
    strength: float = 1.0
    name: ClassVar[str] = "like_image"
    stage: ClassVar[Stage] = Stage.LOOK
    hint: ClassVar[str] = "@image"
    examples: ClassVar[tuple[str, ...]] = (
        "in the colours of @Image1",
        "make it look like @Image1",
        "apply the style of @Image1",
        "match the colour palette of @Image1",
    )

    @classmethod
    def read(cls, said: Instruction) -> Iterable[Reading]:
        """Every way to ask for an image's colours or style."""
        if cls.hint not in said.text:
            return
        for style, forms in ((False, _COLOUR_FORMS), (True, _STYLE_FORMS)):
            for form in forms:
                for found in said.find(form):
                    yield Reading(cls(int(found.groups["image"] or 1), style), found.words)

    def say(self) -> str:
        """Whose colours, or whose style."""
        return f"the {'style' if self.style else 'colours'} of @Image{self.image}"

    def prepare(self, scene: Scene) -> Paint:
        """One table for all frames, from some of them and the image."""
        held = scene.edit.images
        if not 0 < self.image <= len(held):
            raise CannotDo(f"@Image{self.image} is mentioned but was not attached.")
        picture, colours = _picture(held[self.image - 1])
        moved = transfer(samples(scene.clip), colours)

        def grade(rgb: Floats) -> Floats:
            return moved.grade(rgb, 0.92 * self.strength)

        if self.style and paintedness(picture) >= _PAINTED:
            scene.tick.note(
                f"Took the colours of @Image{self.image} and thick strokes; its brushwork is not copied."
            )
            return stroked(scene.clip, scene.seed, 1.0, grade)
        if self.style:
            scene.tick.note(
                f"Took the colours of @Image{self.image}; forms stay as they were filmed."
            )
        return paint_of(grade)


def _picture(path: Path) -> tuple[Pixels, Pixels]:
    """The image, (height, width, 3), and its opaque pixels, (1, n, 3). Raises InvalidMedia."""
    rgba = load(path)
    opaque = rgba[rgba[..., 3] > 127][:, :3]
    if len(opaque) < 64:
        raise CannotDo("The image is all transparent: it has no colours to take.")
    step = max(1, len(opaque) // 60_000)
    return np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(opaque[::step][None])
