"""Bodies of requests, read as the parameters of a model."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from cutroom import fields
from cutroom.errors import InvalidParams
from cutroom.fairness import PRIORITIES
from cutroom.params.kinds import (
    EditParams,
    ImageParams,
    MotionParams,
    ReferenceParams,
    TextParams,
)
from cutroom.params.omni import OmniParams
from cutroom.params.parts import Params
from cutroom.types import Kind, Model

CLASSES: Mapping[Kind, type[Params]] = {
    Kind.EDIT: EditParams,
    Kind.REFERENCE: ReferenceParams,
    Kind.IMAGE: ImageParams,
    Kind.TEXT: TextParams,
    Kind.MOTION: MotionParams,
    Kind.OMNI: OmniParams,
}
TIMED = frozenset({Kind.REFERENCE, Kind.IMAGE, Kind.TEXT})
"""Kinds whose requests say how long the result is."""


def parse(model: Model, body: Mapping[str, Any], *, keep_audio_default: bool = False) -> Params:
    """The parameters of a request to `model`, checked. Null and an empty list mean not given.

    Raises InvalidParams with a sentence for the caller.
    """
    given: dict[str, Any] = {"keep_audio": keep_audio_default} if model.kind is Kind.EDIT else {}
    given.update(
        (name, value)
        for name, value in body.items()
        if value is not None and value != [] and name not in model.without
    )
    try:
        params = CLASSES[model.kind].model_validate(given)
    except ValidationError as error:
        raise InvalidParams(fields.sentence(error.errors())) from error
    params.check(model)
    if isinstance(params, OmniParams):
        params = params.narrowed()
        params.check(model)
    return params


def seconds_at_most(params: Params, model: Model) -> Fraction:
    """The most seconds the result can last: what a hold is made for."""
    return params.seconds(model)


def seconds_asked(params: Params, model: Model) -> Fraction | None:
    """The length that the request asks for; None where the result's follows that of its input."""
    return params.seconds(model) if params.kind in TIMED else None


def priority(body: Mapping[str, Any]) -> int:
    """What a request comes to among its namespace's own: the lower goes first. Raises InvalidParams."""
    word = body.get("priority")
    if word is None:
        return 0
    if not isinstance(word, str) or word not in PRIORITIES:
        raise InvalidParams("priority must be low, normal or high")
    return PRIORITIES[word]


def num_generations(body: Mapping[str, Any]) -> int:
    """How many generations a queue request asks for, 1..4. Raises InvalidParams."""
    count = body.get("num_generations")
    if count is None:
        return 1
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 4:
        raise InvalidParams("num_generations must be an integer between 1 and 4")
    return count
