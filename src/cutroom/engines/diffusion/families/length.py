"""How much of a prompt is read by Wan and what was trained from it."""

from typing import Any

from cutroom.errors import CannotDo

TOKENS = 512
"""What stands behind them would be cut off without a word."""


def whole(
    text: str,
    tokenizer: Any,  # noqa: ANN401  any of transformers'
    weights: str,
    most: int = TOKENS,
) -> str:
    """The text, if all of it is read. Raises CannotDo, with the numbers, if it is too long."""
    count = len(tokenizer(text).input_ids)
    if count > most:
        raise CannotDo(
            f"The prompt is too long for {weights}: {count} tokens, of which {most} are read. Shorten it."
        )
    return text
