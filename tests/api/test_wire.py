"""Rows: exactly the documented fields, and nothing a caller sends can stand in for ours."""

from typing import Any

from cutroom.api import wire
from cutroom.catalog import Catalog
from cutroom.settings import Settings
from cutroom.types import Generation, Status

EDIT = "kling-video-o3-pro-video-to-video-edit"


def generation(params: dict[str, Any], **more: Any) -> Generation:
    row = {
        "id": "4ef840a4-0000-4000-8000-000000000000",
        "namespace": "birds",
        "user": "alice",
        "model": EDIT,
        "params": params,
        "status": Status.SUCCEEDED,
        "progress": 1.0,
        "enqueued_at": 1775090723,
        "started_at": 1775090724,
        "completed_at": 1775090730,
        "cost": 1_344_000,
        "notes": ("HDR became SDR.",),
        "details": {"enhanced_prompt": "thick snow falls"},
    }
    return Generation(**(row | more))


def test_a_row_in_full():
    params = {
        "prompt": "make it snow",
        "input_video": "https://example.com/a.mp4",
        "target_namespace": "birds",
        "response_format": "b64_json",
    }
    assert wire.row(generation(params, seed=5), "https://host/x.mp4?sig") == {
        "generation_id": "4ef840a4-0000-4000-8000-000000000000",
        "model_name": EDIT,
        "model": EDIT,
        "prompt": "make it snow",
        "media_type": "video",
        "status": "succeeded",
        "result_url": "https://host/x.mp4?sig",
        "error_message": None,
        "error_type": None,
        "enqueued_at": 1775090723,
        "started_at": 1775090724,
        "completed_at": 1775090730,
        "deleted_at": None,
        "input_video": "https://example.com/a.mp4",
        "target_namespace": "birds",
        "target_repo": "playground",
        "target_directory": None,
        "retried_from_id": None,
        "batch_id": None,
        "queue_position": None,
        "eta": None,
        "preview_url": None,
        "response_format": "b64_json",
        "progress": 1.0,
        "cost": "1.344000",
        "seed": 5,
        "notes": ["HDR became SDR."],
        "details": {"enhanced_prompt": "thick snow falls"},
    }


def test_a_callers_fields_never_stand_in_for_ours():
    ours = wire.row(generation({"prompt": "a"}, status=Status.QUEUED, cost=None), None)
    liar = {name: "forged" for name in ours if name != "prompt"} | {"prompt": "a"}
    assert wire.row(generation(liar, status=Status.QUEUED, cost=None), None) == ours


def test_a_request_of_several_shots_has_an_empty_prompt():
    shots = [{"prompt": "a", "duration": 5}]
    row = wire.row(generation({"multi_prompt": shots}), None)
    assert (row["prompt"], row["multi_prompt"]) == ("", shots)


def test_a_failed_row_tells_the_word_of_its_error():
    for kind, told in (("cannot_do", "cannot_do"), ("invalid_media", "invalid_params"), ("upstream", "upstream"), ("nonsense", "unknown_error"), (None, None)):  # fmt: skip
        row = wire.row(generation({}, status=Status.FAILED, error_kind=kind), None)
        assert row["error_type"] == told


def test_dollars_are_exact():
    assert wire.dollars(None) is None
    assert wire.dollars(0) == "0.000000"
    assert wire.dollars(5_056_800) == "5.056800"
    assert wire.dollars(10**18 + 1) == "1000000000000.000001"


def test_a_model_as_the_models_api_tells_it():
    told = wire.model_object(Catalog.load(Settings()).model(EDIT))
    assert told["id"] == EDIT
    assert told["object"] == "model"
    assert isinstance(told["created"], int)
    assert told["endpoint"] == "/videos/generate"
    assert told["capabilities"] == {"input": ["text", "image", "video"], "output": ["video"]}
    assert told["pricing"]["method"] == "per_video_output_second"
    assert told["pricing"]["cost_per_second"] == 0.336
    assert told["request_schema"]["required"] == ["prompt", "input_video"]
