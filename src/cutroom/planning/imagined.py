"""The edit of a request whose files nobody fetched: paths to nothing, in the right numbers."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from cutroom import fragment
from cutroom.params import Params
from cutroom.types import Clip, Edit, Element, Kind, Model

_NOWHERE = Path("not-fetched")
_CLIP = Clip(_NOWHERE, 1280, 720, Fraction(24), 240, Fraction(10), audio="aac")
"""What stands for a video where an engine must have one to plan."""


def _clip(given: Params) -> Clip | None:
    """What stands for the video; None for one whose length, which tells that of the edit, is not known."""
    source = given.sources().video
    stretch = fragment.of(source)
    if stretch is not None and (seconds := stretch.seconds) is not None:
        return replace(_CLIP, duration=seconds, frames=max(1, round(seconds * _CLIP.rate)))
    return _CLIP if source and given.kind is not Kind.EDIT else None


def imagined(model: Model, given: Params) -> Edit:
    """What an engine may plan by: the prompt, the parameters, and how many files there will be."""
    sources = given.sources()
    return Edit(
        id="plan",
        model=model.id,
        kind=given.kind,
        prompt=given.prompt,
        video=_clip(given),
        images=(_NOWHERE,) * len(sources.images),
        elements=tuple(
            Element(_NOWHERE, (_NOWHERE,) * len(one.reference_image_urls))
            for one in sources.elements
        ),
        start_image=_NOWHERE if sources.start_image else None,
        tail_image=_NOWHERE if sources.tail_image else None,
        keep_audio=given.keeps_audio,
        seed=given.seed or 0,
        params=given.options(),
    )
