"""What an edit would come to, told before anything is made."""

from collections.abc import Mapping
from typing import Any

from cutroom.engines.diffusion.tasks.takes import takes
from cutroom.engines.diffusion.tasks.words import words
from cutroom.errors import CannotDo
from cutroom.types import Edit, Kind
from cutroom.weights.rows import Recipe


def planned(edit: Edit, recipe: Recipe) -> Mapping[str, Any]:
    """A plan as JSON values: an op for each shot, in the model's own words, and what it is shown.

    Raises CannotDo for more references than the weights see, InvalidParams for a mention of nothing.
    """
    if edit.params.get("generate_audio") and not recipe.sound:
        raise CannotDo(f"{recipe.weights[0]} makes no sound: ask without generate_audio.")
    prompts = [edit.prompt]
    if edit.kind not in {Kind.EDIT, Kind.MOTION}:
        prompts = [take.prompt for take in takes(edit)]
    worded = [words(edit, recipe, prompt) for prompt in prompts]
    return {
        "ops": [
            {"op": "generate", "prompt": one.prompt, "say": f"{recipe.weights[0]} makes it"}
            for one in worded
        ],
        "planner": "diffusion",
        "profile": recipe.profile.value,
        "weights": list(recipe.weights),
        "steps": recipe.steps,
        "shown": [exhibit.name for exhibit in worded[0].exhibits],
        "left_out": list(worded[0].left_out),
    }
