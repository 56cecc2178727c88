"""Generations as OpenAI's clients read them."""

from collections.abc import Mapping
from typing import Any

from cutroom.api.wire import dollars, error_type
from cutroom.types import Generation, Model, Status

STATUSES: Mapping[Status, str] = {
    Status.QUEUED: "queued",
    Status.PROCESSING: "in_progress",
    Status.SUCCEEDED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}


def video(generation: Generation, model: Model | None) -> dict[str, Any]:
    """The Video object, and beside it what the other dialect tells that this one does not know."""
    prompt = generation.params.get("prompt")
    done = generation.status is Status.SUCCEEDED
    return {
        "id": generation.id,
        "object": "video",
        "model": generation.model,
        "status": STATUSES[generation.status],
        "progress": 100 if done else min(99, int(generation.progress * 100)),
        "created_at": generation.enqueued_at,
        "completed_at": generation.completed_at,
        "expires_at": None,
        "seconds": seconds(generation, model),
        "size": size(generation, model),
        "prompt": prompt if isinstance(prompt, str) else "",
        "remixed_from_video_id": None,
        "error": error(generation),
        "target_namespace": generation.namespace,
        "cost": dollars(generation.cost),
        "seed": generation.seed,
        "notes": list(generation.notes),
        "details": dict(generation.details),
    }


def error(generation: Generation) -> dict[str, str] | None:
    """Why there is no video; None while there may be one."""
    if generation.status is Status.CANCELLED:
        return {"code": "cancelled", "message": "The generation was cancelled."}
    if generation.status is Status.FAILED:
        return {
            "code": error_type(generation) or "unknown_error",
            "message": generation.error_message or "",
        }
    return None


def seconds(generation: Generation, model: Model | None) -> str | None:
    """The length as a text: that of the result, or what was asked for; None where it is not known yet."""
    if generation.seconds is not None:
        return f"{generation.seconds:.3f}".rstrip("0").rstrip(".")
    shots = generation.params.get("multi_prompt")
    if model is None or not model.limits.durations:
        return None
    if isinstance(shots, list) and shots:
        return str(sum(int(shot.get("duration") or 5) for shot in shots))
    return str(generation.params.get("duration") or 5)


def size(generation: Generation, model: Model | None) -> str | None:
    """WIDTHxHEIGHT, where the model's results are of known sizes; else None: it follows the input."""
    if model is None:
        return None
    return model.sizes.get(str(generation.params.get("aspect_ratio") or "16:9"))
