"""Title: large words in the middle of the picture that fade in and out."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.wording import Written
from cutroom.engines.classical.text.inscription import inscribed


@dataclass(frozen=True, slots=True)
class Title(Written):
    """A title; for the first 4 seconds unless another time is said."""

    place: str = "middle"
    stop: float = 4.0
    bold: bool = True
    fade_in: float = 0.5
    fade_out: float = 0.5
    name: ClassVar[str] = "title"
    stage: ClassVar[Stage] = Stage.TEXT
    nouns: ClassVar[str] = (
        r"(?:opening |intro |main |movie |film )?titles?(?: card)?|headline|heading"
    )
    verbs: ClassVar[str] = "title"
    examples: ClassVar[tuple[str, ...]] = (
        'add a title that says "Summer"',
        'title: "The End"',
        'add the title "My Trip" for the first 3 seconds',
        "add a title that says Summer 2024",
    )

    def prepare(self, scene: Scene) -> Paint:
        """Set the title once. Raises CannotDo for text that cannot be drawn or does not fit."""
        return inscribed(self, scene, size=0.13, weight=700, room=0.85)
