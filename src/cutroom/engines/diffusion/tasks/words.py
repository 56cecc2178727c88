"""A prompt as the weights of a recipe are told it, and what they are shown beside it."""

from collections.abc import Mapping

from cutroom.engines.slots import Exhibit, Slots, Wording, slots, spoken
from cutroom.prompt import MentionKind
from cutroom.types import Edit, Kind
from cutroom.weights.rows import Recipe

_OF_STILLS: Mapping[MentionKind, str] = {
    "image": "the image",
    "element": "the image",
    "video": "the image",
}
_OF_MOTION: Mapping[MentionKind, str] = {
    "image": "the character",
    "element": "the character",
    "video": "the video",
}


def words(edit: Edit, recipe: Recipe, prompt: str | None = None) -> Slots:
    """The words for an edit's prompt, or for another of its prompts, such as that of one shot.

    Raises CannotDo for more references than the weights see, InvalidParams for a mention of what is not there.
    """
    text = edit.prompt if prompt is None else prompt
    if edit.kind in {Kind.EDIT, Kind.REFERENCE}:
        wording = Wording.INDEXED if recipe.family == "bernini" else Wording.SPOKEN
        return slots(edit, recipe.images, prompt=text, wording=wording)
    if edit.kind is Kind.MOTION:
        return Slots(
            tuple(Exhibit(path, "@Image1") for path in edit.images[:1]), spoken(text, _OF_MOTION)
        )
    return Slots((), spoken(text, _OF_STILLS))  # the film begins at the one image there is
