"""Caption: a line of text over the picture, as a subtitle, for all of the clip or a part of it."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.wording import Written, bare_forms
from cutroom.engines.classical.text.inscription import inscribed


@dataclass(frozen=True, slots=True)
class Caption(Written):
    """Text where it was asked for; at the bottom unless said otherwise."""

    name: ClassVar[str] = "caption"
    stage: ClassVar[Stage] = Stage.TEXT
    nouns: ClassVar[str] = (
        r"captions?|subtitles?|sub|text(?: overlay)?|words?|sentence|lower third|label|text caption|onscreen text"
        r"|on-screen text|line of text|phrase|message|lettering"
    )
    verbs: ClassVar[str] = "caption|subtitle|label"
    alone: ClassVar[str] = bare_forms()
    examples: ClassVar[tuple[str, ...]] = (
        'add the caption "Hello" at the bottom',
        'subtitle: "Good morning"',
        'add the text "SALE" in the top left corner in yellow',
        'show the words "To be continued" for the last 2 seconds',
    )

    def prepare(self, scene: Scene) -> Paint:
        """Set the text once. Raises CannotDo for text that cannot be drawn or does not fit."""
        return inscribed(self, scene, size=0.058, weight=700 if self.bold else 500, room=0.5)
