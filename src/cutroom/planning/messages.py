"""What is said to the process that plans, one JSON line each: a Question, and its Answer."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from cutroom.types import Edit, Model


@dataclass(frozen=True, slots=True)
class Question:
    """What would the model's engine make of this edit? Its files are not there."""

    model: Model
    edit: Edit


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan, a refusal, the error that ended the planning, or nothing of an engine that tells no plans."""

    plan: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None
    error_kind: str = ""
    message: str = field(default="", repr=False)


questions = TypeAdapter(Question)
answers = TypeAdapter(Answer)
