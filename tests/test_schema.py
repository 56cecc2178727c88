"""request_schema: what a form is drawn from, the same as what is parsed."""

import json

import pytest

from cutroom.catalog import Catalog
from cutroom.schema import request_schema
from cutroom.settings import Settings

CATALOG = Catalog.load(Settings())
IDS = [model.id for model in CATALOG.models]
EDIT = "kling-video-o3-pro-video-to-video-edit"


@pytest.mark.parametrize("model_id", IDS)
def test_a_schema_stands_alone(model_id):
    schema = request_schema(CATALOG.model(model_id))
    text = json.dumps(schema, allow_nan=False)
    assert "$ref" not in text
    assert "anyOf" not in text
    assert (schema["type"], schema["title"]) == ("object", "Input")
    properties = schema["properties"]
    assert set(schema["required"]) | set(schema["basic"]) <= properties.keys()
    assert [spec["x-order"] for spec in properties.values()] == list(range(len(properties)))
    assert all(spec["type"] and spec["title"] for spec in properties.values())
    assert not {"model", "response_format", "target_namespace"} & properties.keys()


@pytest.mark.parametrize(
    ("model_id", "required"),
    [
        (EDIT, ["prompt", "input_video"]),
        ("kling-video-o3-pro-reference-to-video", []),
        ("kling-video-o3-pro-image-to-video", ["prompt", "input_image"]),
        ("kling-video-v2-6-pro-text-to-video", ["prompt"]),
        ("kling-video-v2-6-pro-image-to-video", ["prompt"]),
        ("kling-video-v3-pro-motion-control", ["prompt", "input_image", "input_video"]),
        ("kling-video-o3-omni", ["prompt"]),
    ],
)
def test_what_each_model_requires(model_id, required):
    assert request_schema(CATALOG.model(model_id))["required"] == required


def test_the_edit_model_in_detail():
    schema = request_schema(CATALOG.model(EDIT), keep_audio_default=True)
    properties = schema["properties"]
    assert list(properties) == [
        "prompt",
        "input_video",
        "input_image",
        "elements",
        "keep_audio",
        "seed",
    ]
    assert properties["keep_audio"]["default"] is True
    assert properties["input_video"]["format"] == "uri"
    assert properties["input_image"]["items"]["renderType"] == "image-url"
    assert properties["input_image"]["maxItems"] == 4
    angles = properties["elements"]["items"]["properties"]["reference_image_urls"]
    assert angles["maxItems"] == 3
    assert [group["field"] for group in properties["prompt"]["x-media-references"]["groups"]] == [
        "input_image",
        "elements",
        "input_video",
    ]


def test_durations_are_a_range_or_a_choice():
    ranged = request_schema(CATALOG.model("kling-video-o3-pro-image-to-video"))["properties"]
    chosen = request_schema(CATALOG.model("kling-video-v2-6-pro-image-to-video"))["properties"]
    assert (ranged["duration"]["minimum"], ranged["duration"]["maximum"]) == (3, 15)
    assert chosen["duration"]["enum"] == [5, 10]
    assert "aspect_ratio" not in chosen


def test_the_model_of_several_kinds_in_detail():
    schema = request_schema(CATALOG.model("kling-video-o3-omni"), keep_audio_default=False)
    properties = schema["properties"]
    assert properties["keep_audio"]["default"] is True
    assert properties["input_image"]["maxItems"] == 7
    assert (properties["video_mode"]["enum"], properties["video_mode"]["default"]) == (
        ["edit", "reference"],
        "edit",
    )
    assert properties["resolution"]["enum"] == ["720p", "1080p", "4k"]
    assert (properties["duration"]["minimum"], properties["duration"]["maximum"]) == (3, 15)
    assert schema["basic"] == ["input_image", "input_video", "elements"]
