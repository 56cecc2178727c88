"""Prompts as a text encoder understood them, so that nothing is encoded twice."""

from collections import OrderedDict
from collections.abc import Callable

from torch import Tensor

KEPT = 16
"""One prompt of 512 tokens in bf16 is 4 MB with UMT5-XXL."""


class Embeddings:
    """What `encode` makes of a text, kept in main memory for the last few texts.

    The fixed negative prompt, the windows of a long clip and the shots of a film ask for the same texts over and over.
    """

    def __init__(self, encode: Callable[[str], Tensor], kept: int = KEPT) -> None:
        self._encode = encode
        self._most = kept
        self._kept: OrderedDict[str, Tensor] = OrderedDict()

    def __call__(self, text: str) -> Tensor:
        """The embedding of a text, on the CPU; not to be written into."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        # On the card they would add up beside the weights, and moving 4 MB costs nothing.
        made = self._encode(text).detach().cpu()
        self._kept[text] = made
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Keep nothing: the encoder has changed."""
        self._kept.clear()
