"""Prompts by the words in them."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.types import SHOTS


def mentioning(text: str) -> Sequence[sa.ColumnElement[bool]]:
    """What a row must be like to have every word of `text` in its prompt, or in those of its shots.

    Parts of words are found too, whatever their case; letters beyond ASCII as they are written, or all
    of the word's in lower or upper case.
    """
    return [sa.or_(*map(_mentions, sorted(_spellings(word)))) for word in text.split()]


def _spellings(word: str) -> set[str]:
    # SQLite knows the cases of ASCII alone, and PostgreSQL those of its locale.
    return {word} if word.isascii() else {word, word.lower(), word.upper()}


def _mentions(word: str) -> sa.ColumnElement[bool]:
    params = table.c.params
    prompts = [params["prompt"], *(params["multi_prompt", shot, "prompt"] for shot in range(SHOTS))]
    # Parsing is what takes long, and most rows do not have the word anywhere in their JSON.
    written = json.dumps(word)[1:-1]
    return sa.cast(params, sa.Text).icontains(written, autoescape=True) & sa.or_(
        *(prompt.as_string().icontains(word, autoescape=True) for prompt in prompts)
    )
