"""Watermark: small translucent words in a corner, throughout."""

from dataclasses import dataclass
from typing import ClassVar

from cutroom.engines.classical.op import Paint, Scene, Stage
from cutroom.engines.classical.planner.wording import Written, marked_forms
from cutroom.engines.classical.text.inscription import inscribed


@dataclass(frozen=True, slots=True)
class Watermark(Written):
    """A mark of whose it is; bottom right unless another corner is said."""

    place: str = "bottom right"
    name: ClassVar[str] = "watermark"
    stage: ClassVar[Stage] = Stage.TEXT
    nouns: ClassVar[str] = r"(?:text )?watermark|copyright(?: notice| line| mark)?|text logo"
    verbs: ClassVar[str] = "watermark"
    alone: ClassVar[str] = marked_forms()
    examples: ClassVar[tuple[str, ...]] = (
        'add a watermark "ACME"',
        "put a watermark © ACME bottom right",
        'watermark it with "preview" in the top left corner',
    )

    def prepare(self, scene: Scene) -> Paint:
        """Set the mark once. Raises CannotDo for text that cannot be drawn or does not fit."""
        return inscribed(
            self, scene, size=0.045, weight=700 if self.bold else 500, room=0.3, opacity=0.55
        )
