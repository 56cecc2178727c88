"""Write the tables of docs/gpu.md from weights.toml and recipes.toml; run by `make docs`, compared by tests/weights."""

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cutroom.catalog import Catalog
from cutroom.types import Kind
from cutroom.weights.choice import profile_for
from cutroom.weights.rows import Profile, Recipe, recipes, size, weight_sets

PAGE = Path(__file__).resolve().parent.parent / "docs" / "gpu.md"
BEGIN = "<!-- {} written by make docs, from weights.toml and recipes.toml -->"
END = "<!-- until here -->"
CARDS = (8, 12, 16, 24, 32, 48, 80, 141)
"""Gigabytes of GPU memory that cards have."""
_WHEN = {
    "": "",
    "references": ", with references",
    "start": ", with a first frame",
    "tail": ", with a last frame",
}


def page() -> str:
    """The page with its tables made anew."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in {"models:": [*_work(), "", *_sets()], "cards:": [*_cards()]}.items():
        begin = BEGIN.format(name)
        before, rest = text.split(begin, 1)
        after = rest.split(END, 1)[1]
        text = f"{before}{begin}\n\n{chr(10).join(lines)}\n\n{END}{after}"
    return text


def _work() -> Iterator[str]:
    yield "| work | small | default | quality |"
    yield "| --- | --- | --- | --- |"
    for kind in dict.fromkeys(recipe.kind for recipe in recipes()):
        own = [recipe for recipe in recipes() if recipe.kind is kind]
        for when in dict.fromkeys(recipe.when for recipe in own):
            cells = (_cell(own, when, profile) for profile in Profile)
            yield f"| {kind}{_WHEN[when]} | {' | '.join(cells)} |"
    yield ""
    yield "| model | work |"
    yield "| --- | --- |"
    for kind, models in groupby(
        sorted(Catalog.load().models, key=lambda one: one.kind), lambda one: one.kind
    ):
        names = ", ".join(f"`{model.id}`" for model in models)
        done = f"{Kind.EDIT} or {Kind.REFERENCE}" if kind is Kind.OMNI else kind
        yield f"| {names} | {done} |"


def _cell(own: list[Recipe], when: str, profile: Profile) -> str:
    fitting = [one for one in own if one.profile is profile and one.when in {when, ""}]
    if not fitting:
        return "no"
    recipe = fitting[0]
    names = " + ".join(f"`{one}`" for one in recipe.weights)
    sides = f"{recipe.long_side} x {round(recipe.area / recipe.long_side)}"
    unguided = "" if recipe.guidance else " without guidance"
    memory = f"{size(recipe.memory_least).removesuffix(' GB')} to {size(recipe.memory)}"
    return f"{names}, {recipe.steps} steps{unguided}, {sides}, {memory}"


def _cards() -> Iterator[str]:
    yield "| card | profile | all resident | weights moved in and out | too small for |"
    yield "| --: | --- | --- | --- | --- |"
    for card in CARDS:
        free = card * 1_000_000_000
        own = [recipe for recipe in recipes() if recipe.profile is profile_for(free)]
        sorts: dict[str, list[str]] = {"resident": [], "moved": [], "not": []}
        for one in own:
            sort = (
                "resident" if one.memory <= free else "moved" if one.memory_least <= free else "not"
            )
            sorts[sort].append(f"{one.kind}{_WHEN[one.when]}")
        cells = (
            "all" if len(told) == len(own) else "; ".join(told) or "-" for told in sorts.values()
        )
        yield f"| {card} GB | {profile_for(free)} | {' | '.join(cells)} |"


def _sets() -> Iterator[str]:
    yield "| weights | what they are | from | commit | licence | on disk |"
    yield "| --- | --- | --- | --- | --- | --: |"
    for row in weight_sets().values():
        told = f"{row.title}. {row.notice}".strip() if row.notice else row.title
        licence = f"{row.licence}, restricted" if row.restricted else row.licence
        where = f"[{row.repo}](https://huggingface.co/{row.repo})"
        commit = f"`{row.revision[:12]}`" if row.revision else "the first pulled"
        yield f"| `{row.id}` | {told} | {where} | {commit} | {licence} | {size(row.bytes)} |"


if __name__ == "__main__":
    os.environ.pop("CUTROOM_RECIPES", None)
    PAGE.write_text(page(), encoding="utf-8")
