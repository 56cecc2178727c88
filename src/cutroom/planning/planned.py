"""What an engine made of a request, and a plan in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, or a refusal in words; neither of an engine that tells no plans."""

    plan: Mapping[str, Any] | None = None
    refusal: Mapping[str, Any] | None = None


def sentence(plan: Mapping[str, Any]) -> str:
    """The plan in words: `night, falling snow; the camera movement kept`. Empty where its parts say nothing."""
    shots = [say for shot in plan.get("shots") or () if (say := said(shot))]
    ops = [say for op in plan.get("ops") or () if (say := said(op))]
    kept = [str(one) for one in plan.get("kept") or ()]
    parts = [*shots, ", ".join(ops), f"{' and '.join(kept)} kept" if kept else ""]
    return "; ".join(part for part in parts if part)


def said(part: object) -> str:
    """What an op or a shot says of itself."""
    return str(part.get("say") or "") if isinstance(part, Mapping) else ""
