"""Generations and models as the API's JSON tells them."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cutroom.api.errors import answer_for
from cutroom.errors import by_kind
from cutroom.line import Place
from cutroom.schema import request_schema
from cutroom.service import Estimate
from cutroom.types import Generation, Kind, Model, Status

DEVELOPER = "cutroom"
"""Whose work the models here are, under the names that callers know."""

INPUTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EDIT: ("text", "image", "video"),
    Kind.REFERENCE: ("text", "image"),
    Kind.IMAGE: ("text", "image"),
    Kind.TEXT: ("text",),
    Kind.MOTION: ("text", "image", "video"),
    Kind.OMNI: ("text", "image", "video"),
}

DELETED = "The result was deleted."
"""What a row says then: it stays, for what it cost."""


def dollars(micros: int | None) -> str | None:
    """Micro-dollars as the decimal string of dollars."""
    return None if micros is None else f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def row(
    generation: Generation,
    result_url: str | None,
    *,
    place: Place | None = None,
    preview_url: str | None = None,
) -> dict[str, Any]:
    """A generation as the queue shows it: the request's parameters, and over them what is ours."""
    prompt = generation.params.get("prompt")
    return dict(generation.params) | {
        "generation_id": generation.id,
        "model_name": generation.model,
        "model": generation.model,
        "prompt": prompt if isinstance(prompt, str) else "",
        "media_type": "video",
        "status": generation.status.value,
        "result_url": result_url,
        "error_message": generation.error_message,
        "error_type": error_type(generation),
        "enqueued_at": generation.enqueued_at,
        "started_at": generation.started_at,
        "completed_at": generation.completed_at,
        "deleted_at": generation.deleted_at,
        "target_namespace": generation.namespace,
        "target_repo": generation.repo,
        "target_directory": generation.folder,
        "retried_from_id": generation.retried_from,
        "batch_id": generation.batch,
        "queue_position": place and place.position,
        "eta": eta(place),
        "progress": round(generation.progress, 4),
        "preview_url": preview_url,
        "cost": dollars(generation.cost),
        "seed": generation.seed,
        "notes": [*generation.notes, *[DELETED] * (generation.deleted_at is not None)],
        "details": dict(generation.details),
    }


def eta(place: Place | None) -> dict[str, Any] | None:
    """When it begins and ends, each from and to in unix seconds; None where too little is known."""
    if place is None or place.eta is None:
        return None
    return {name: asdict(getattr(place.eta, name)) for name in ("start", "finish")}


def asker(generation: Generation) -> dict[str, Any]:
    """Who asked for a generation, as the history tells it beside the row."""
    return {
        "user_id": user_id(generation.user),
        "username": generation.user,
        "user_image": None,
    }


def user_id(username: str) -> str:
    """A UUID for a name, the same wherever it is asked for."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"cutroom:{username}"))


def error_type(generation: Generation) -> str | None:
    """The word of `errors.ANSWERS` for what the generation failed with, None when it did not."""
    if generation.error_kind is None:
        return None
    return answer_for(by_kind(generation.error_kind)()).type


def accepted(generation: Generation) -> dict[str, Any]:
    """A generation as the answer to its request tells it, the same however often it is given."""
    return {"generation_id": generation.id, "status": Status.QUEUED.value}


def estimate(told: Estimate) -> dict[str, Any]:
    """What a request would come to."""
    return {
        "model": told.model.id,
        "engine": told.engine,
        "plan": told.plan,
        "refusal": told.refusal,
        "cost": {
            "per_second": dollars(told.model.price),
            "seconds": told.seconds,
            "at_most": dollars(told.at_most),
        },
        "pace": told.pace
        and {"per_second": round(told.pace.per_second, 3), "runs": told.pace.runs},
    }


def model_object(
    model: Model, *, keep_audio_default: bool = False, relax_limits: bool = False
) -> dict[str, Any]:
    """A model as the models API describes it."""
    released = datetime.fromisoformat(model.released_at) if model.released_at else None
    return {
        "id": model.id,
        "object": "model",
        "created": int(released.timestamp()) if released else 0,
        "owned_by": DEVELOPER,
        "display_name": model.display_name,
        "description": model.description,
        "summary": model.summary,
        "model_type": "base",
        "endpoint": "/videos/generate",
        "capabilities": {"input": list(INPUTS[model.kind]), "output": ["video"]},
        "pricing": {
            "method": "per_video_output_second",
            "input_cost_per_token": None,
            "output_cost_per_token": None,
            "cost_per_second": model.price / 1_000_000,
            "cost_per_image": None,
            "cost_per_second_high_res": None,
            "cost_per_second_with_audio": None,
        },
        "fine_tuning": None,
        "deployments": [],
        "developer": {"name": DEVELOPER, "logo": None},
        "source_model": None,
        "image_url": None,
        "released_at": model.released_at,
        "request_schema": request_schema(
            model, keep_audio_default=keep_audio_default, relax_limits=relax_limits
        ),
    }
