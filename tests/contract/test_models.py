"""/api/ai/models: the catalog over HTTP."""

import pytest
import requests

from cutroom.catalog import Catalog
from cutroom.schema import request_schema

EDIT = "kling-video-o3-pro-video-to-video-edit"
IDS = {
    EDIT: 0.336,
    "kling-video-o3-pro-reference-to-video": 0.224,
    "kling-video-o3-pro-image-to-video": 0.224,
    "kling-video-v2-6-pro-text-to-video": 0.070,
    "kling-video-v2-6-pro-image-to-video": 0.070,
    "kling-video-v3-pro-motion-control": 0.168,
    "kling-video-o3-omni": 0.336,
}


def get(server, path=""):
    return requests.get(f"{server.url}/api/ai/models{path}", timeout=10)


def test_the_list(server):
    body = get(server).json()
    assert body["object"] == "list"
    assert {one["id"]: one["pricing"]["cost_per_second"] for one in body["data"]} == IDS
    assert [one["id"] for one in body["data"]] == list(IDS)
    assert {one["object"] for one in body["data"]} == {"model"}


@pytest.mark.parametrize(
    ("search", "found"),
    [("motion", 1), ("image-to-video", 2), ("KLING EDIT", 2), ("kling", 7), ("nonesuch", 0)],
)
def test_search(server, search, found):
    body = get(server, f"/search?search={search}").json()
    assert (body["object"], len(body["data"])) == ("list", found)


def test_a_search_for_nothing(server):
    answer = get(server, "/search")
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"] == "Field required: search"


def test_one(server):
    answer = get(server, f"/{EDIT}?deployment_status=live")
    assert answer.status_code == 200
    assert answer.json()["id"] == EDIT
    assert answer.json()["deployments"] == []
    assert "prompt" in answer.json()["request_schema"]["properties"]


def test_limits_that_are_lifted_are_not_told(server):
    told = get(server, f"/{EDIT}").json()["request_schema"]["properties"]["input_video"]
    assert told["x-limits"] == {}
    kept = request_schema(Catalog.load().model(EDIT))["properties"]["input_video"]
    assert kept["x-limits"]["max_seconds"] > 15


def test_one_that_is_not_there(server):
    answer = get(server, "/nonesuch")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"message": "Model not found: nonesuch"}}


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("developer_name=cutroom", True),
        ("developer_name=Cutroom", True),
        ("developer_name=", True),
        ("developer_name=openai", False),
        ("action=text_generation", False),
    ],
)
def test_models_of_a_developer_or_for_an_action(server, query, some):
    answer = requests.get(f"{server.url}/api/ai/models?{query}", timeout=10).json()
    assert answer["object"] == "list"
    assert bool(answer["data"]) is some
