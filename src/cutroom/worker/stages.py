"""What a trace is told of the stages of a generation; nothing of what was asked for, or by whom."""

from cutroom.catalog import engine_name
from cutroom.generations import Claim
from cutroom.types import Edit, Model

Told = dict[str, str | float]


def attempt(claim: Claim) -> Told:
    """Of one attempt, which all the stages are parts of."""
    return {"generation": claim.id, "attempt": claim.attempt}


def engine(edit: Edit, model: Model) -> Told:
    """Of the engine's work. `frames` are those of the video that it was given."""
    told: Told = {"model": model.id, "engine": engine_name(model)}
    return told | ({"frames": edit.video.frames} if edit.video else {})
