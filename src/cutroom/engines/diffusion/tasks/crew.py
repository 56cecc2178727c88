"""Who makes the shots of a film: recipes, each with what makes frames by it."""

from dataclasses import dataclass

from cutroom.engines.diffusion.family import Make
from cutroom.weights.rows import Recipe


@dataclass(frozen=True, slots=True)
class Crew:
    """A recipe, and what makes shots by it; its weights may be loaded only when the first is asked for."""

    recipe: Recipe
    make: Make


def able(recipe: Recipe, *, first: bool, last: bool) -> bool:
    """Whether a recipe makes shots that begin and end at given frames, where they have to."""
    return (recipe.first or not first) and (recipe.last or not last)
