"""Which recipe an edit is made by: by its kind, what it has, the profile, the memory there is and the licences accepted."""

from collections.abc import Container, Iterator, Mapping, Sequence

from cutroom.errors import CannotDo, EngineFailed
from cutroom.types import Edit, Kind
from cutroom.weights.rows import Profile, Recipe, WeightSet, size, weight_sets
from cutroom.weights.rows import recipes as all_recipes

DEFAULT_FROM = 40_000_000_000
"""Free bytes of GPU memory from which `default` is taken where no profile is asked for; a 48 GB card has about 47 free."""
_GIVEN = {
    "tail": "with a last frame",
    "start": "with a first frame",
    "references": "with references",
}


def choose(
    edit: Edit,
    *,
    profile: str = "",
    free: int | None = None,
    accepted: frozenset[str] = frozenset(),
    recipes: Sequence[Recipe] | None = None,
    sets: Mapping[str, WeightSet] | None = None,
) -> Recipe:
    """The recipe for an edit.

    `profile` is small, default or quality; empty: by `free`, the bytes of GPU memory that are free, None where
    none were measured. Sets of weights under a restricted licence are used only if `accepted` names them.

    Raises CannotDo where the profile has no recipe for it, EngineFailed where memory or a licence stands against it.
    """
    rows = all_recipes() if recipes is None else recipes
    known = weight_sets() if sets is None else sets
    asked = Profile(profile) if profile else _measured(edit, free, rows)
    fitting = list(_for(edit, asked, rows))
    if not fitting:
        raise CannotDo(_nothing_for(edit, asked, rows))
    allowed = [one for one in fitting if not list(locked(one, known, accepted))]
    if not allowed:
        raise EngineFailed(licence_sentence(next(locked(fitting[0], known, accepted))))
    if free is not None and allowed[0].memory_least > free:
        raise EngineFailed(_too_little(edit, allowed[0], free, rows))
    return allowed[0]


def used(profile: Profile, accepted: frozenset[str] = frozenset()) -> Iterator[Recipe]:
    """The recipes of a profile that some edit is made by: none that stands behind one for the same, or is locked."""
    taken: set[tuple[Kind, str]] = set()
    for one in all_recipes():
        if one.profile is not profile or any(locked(one, weight_sets(), accepted)):
            continue
        if not taken & {(one.kind, ""), (one.kind, one.when)}:
            taken.add((one.kind, one.when))
            yield one


def needed(
    profile: Profile, kinds: Container[Kind] | None = None, accepted: frozenset[str] = frozenset()
) -> list[WeightSet]:
    """The sets of weights that a profile takes for these kinds of work, or for all; each once."""
    names = {
        name: None
        for recipe in used(profile, accepted)
        if kinds is None or recipe.kind in kinds
        for name in recipe.weights
    }
    return [weight_sets()[name] for name in names]


def profile_for(free: int | None) -> Profile:
    """The profile for so many free bytes of GPU memory. `quality` is only ever asked for: it takes several times as long."""
    return Profile.DEFAULT if free is not None and free >= DEFAULT_FROM else Profile.SMALL


def _measured(edit: Edit, free: int | None, rows: Sequence[Recipe]) -> Profile:
    """The profile of the memory there is, or a smaller one where that is too little for this very work."""
    profile = profile_for(free)
    least = min((one.memory_least for one in _for(edit, profile, rows)), default=0)
    return Profile.SMALL if free is not None and least > free else profile


def kind_of(edit: Edit) -> Kind:
    """The kind of work an edit comes to: without an image to begin with, a film is made from the text alone."""
    if edit.kind is Kind.IMAGE and edit.start_image is None and edit.tail_image is None:
        return Kind.TEXT
    return edit.kind


def given(edit: Edit) -> frozenset[str]:
    """What an edit has of what `Recipe.when` can name."""
    has = {
        "tail": edit.tail_image is not None,
        "start": edit.start_image is not None,
        "references": bool(edit.images or edit.elements),
    }
    return frozenset(name for name, there in has.items() if there)


def locked(
    recipe: Recipe, sets: Mapping[str, WeightSet], accepted: frozenset[str]
) -> Iterator[WeightSet]:
    """Those of a recipe's sets of weights whose restricted licence was not accepted."""
    for one in recipe.weights:
        if sets[one].restricted and one not in accepted:
            yield sets[one]


def licence_sentence(row: WeightSet) -> str:
    """Why a set of weights is not used, and how its licence is accepted."""
    said = (
        f"The weights {row.id} are under a restricted licence, {row.licence}. {row.notice}".strip()
    )
    return (
        f"{said} Read it at https://huggingface.co/{row.repo} and, if you accept it, name them in"
        f" CUTROOM_ACCEPT_LICENCE='[\"{row.id}\"]'."
    )


def _for(edit: Edit, profile: Profile, rows: Sequence[Recipe]) -> Iterator[Recipe]:
    kind, has = kind_of(edit), given(edit)
    for one in rows:
        if (one.profile, one.kind) == (profile, kind) and (not one.when or one.when in has):
            yield one


def _work(edit: Edit) -> str:
    has = given(edit)
    told = [words for name, words in _GIVEN.items() if name in has]
    return " ".join([kind_of(edit).value, " and ".join(told)]).strip()


def _nothing_for(edit: Edit, profile: Profile, rows: Sequence[Recipe]) -> str:
    said = f"The profile {profile} cannot do {_work(edit)}."
    for other in Profile:
        for able in _for(edit, other, rows):
            return (
                f"{said} The profile {other} can, with at least {size(able.memory_least)} of GPU memory:"
                f" CUTROOM_DIFFUSION_PROFILE={other}."
            )
    return said


def _too_little(edit: Edit, recipe: Recipe, free: int, rows: Sequence[Recipe]) -> str:
    said = (
        f"In the profile {recipe.profile}, {_work(edit)} needs at least {size(recipe.memory_least)} of free GPU"
        f" memory, and there are {size(free)}."
    )
    for other in Profile:
        for able in _for(edit, other, rows):
            if able.memory_least <= free:
                return f"{said} The profile {other} would do: CUTROOM_DIFFUSION_PROFILE={other}."
    return said
