"""/api/ai/generations: the history, page by page, and what it cost."""

import uuid
from decimal import Decimal

import pytest
import requests

EDIT = "kling-video-o3-pro-video-to-video-edit"
TEXT = "kling-video-v2-6-pro-text-to-video"


def get(server, path="", headers=None, **params):
    url = f"{server.url}/api/ai/generations{path}"
    return requests.get(url, headers=headers or server.headers, params=params, timeout=30)


@pytest.fixture(scope="module")
def carol(server, tenant):
    """The headers of a tenant with five generations, the third and the last cancelled."""
    headers = tenant("clio", 100)
    body = {"model": TEXT, "prompt": "a bird on a wire", "target_repo": "films", "cost": "9"}
    url = f"{server.url}/api/ai/queue"
    for count in (2, 3):
        answer = requests.post(
            url, headers=headers, json=body | {"num_generations": count}, timeout=30
        )
        last = answer.json()["generations"][-1]["generation_id"]
        requests.delete(f"{url}/{last}", headers=headers, timeout=30).raise_for_status()
    yield headers
    left = requests.get(url, headers=headers, timeout=30).json()["generations"]
    for one in left:
        requests.delete(f"{url}/{one['generation_id']}", headers=headers, timeout=30)


def test_one_in_its_envelope(web, done):
    answer = get(web, f"/{done['generation_id']}").json()
    assert (answer["status"], answer["status_message"]) == ("success", "resource_found")
    assert answer.keys() == {"generation", "status", "status_message"}
    row = answer["generation"]
    signed = {"result_url"}
    assert {name: row[name] for name in done.keys() - signed} == {
        name: done[name] for name in done.keys() - signed
    }
    assert row.keys() - done.keys() == {"user_id", "username", "user_image"}
    assert (row["username"], row["user_image"], row["cost"]) == ("alice", None, "0.336000")
    assert uuid.UUID(row["user_id"])
    assert requests.get(row["result_url"], timeout=10).status_code == 200


def test_the_history_has_what_is_done_and_what_it_cost(web, done):
    answer = get(web, page_size=1000, status="succeeded").json()
    assert done["generation_id"] in {row["generation_id"] for row in answer["generations"]}
    costs = [Decimal(row["cost"]) for row in answer["generations"]]
    assert Decimal(answer["total_cost"]) == sum(costs) > 0
    assert len({row["user_id"] for row in answer["generations"]}) == 1


def test_pages(web, carol):
    whole = get(web, headers=carol).json()
    assert {name: value for name, value in whole.items() if name != "generations"} == {
        "count": 5,
        "page_number": 1,
        "page_size": 50,
        "total_entries": 5,
        "total_pages": 1,
        "total_cost": None,
    }
    ids = [row["generation_id"] for row in whole["generations"]]
    pages = [get(web, headers=carol, page=page, page_size=2).json() for page in (1, 2, 3, 4)]
    assert [page["count"] for page in pages] == [2, 2, 1, 0]
    assert [page["page_number"] for page in pages] == [1, 2, 3, 4]
    assert {(page["total_entries"], page["total_pages"]) for page in pages} == {(5, 3)}
    assert [row["generation_id"] for page in pages for row in page["generations"]] == ids


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "cancelled"}, 2),
        ({"model": TEXT, "repo": "films"}, 5),
        ({"model": EDIT}, 0),
        ({"repo": "playground"}, 0),
        ({"folder": "x"}, 0),
        ({"media_type": "image"}, 0),
        ({"media_type": "video", "namespace": "clio"}, 5),
        ({"page": "", "page_size": "", "status": ""}, 5),
        ({"status": ["queued", "processing", "cancelled", "succeeded", "failed"]}, 5),
        ({"status": ["cancelled", "failed"]}, 2),
        ({"status": ["cancelled", "cancelled"]}, 2),
        ({"search": "WIRE bird"}, 5),
        ({"search": "wire % bird"}, 0),
        ({"search": "bird", "status": "cancelled"}, 2),
        ({"deleted": "false"}, 5),
        ({"deleted": "true"}, 0),
        ({"batch_id": "nonesuch"}, 0),
    ],
)
def test_filters(web, carol, query, found):
    answer = get(web, headers=carol, **query).json()
    assert (answer["count"], answer["total_entries"]) == (found, found)
    assert answer["total_pages"] == min(found, 1)


def test_a_batch_is_what_one_request_asked_for(web, carol):
    rows = get(web, headers=carol).json()["generations"]
    batches = [row["batch_id"] for row in rows]
    assert [batches.count(one) for one in dict.fromkeys(batches)] == [3, 2]
    found = get(web, headers=carol, batch_id=batches[0]).json()
    assert [row["generation_id"] for row in found["generations"]] == [
        row["generation_id"] for row in rows[:3]
    ]
    assert get(web, batch_id=batches[0]).json()["count"] == 0  # somebody else's


def test_what_the_request_says_never_stands_in_for_ours(web, carol):
    rows = get(web, headers=carol, status="cancelled").json()["generations"]
    assert [row["cost"] for row in rows] == [None, None]
    assert {row["username"] for row in rows} == {"clio"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"page": "0"}, "page must be an integer between 1 and 1000000000000"),
        ({"page": "-1"}, "page must be an integer between 1 and 1000000000000"),
        ({"page": "1e3"}, "page must be an integer between 1 and 1000000000000"),
        ({"page": "9" * 400}, "page must be an integer between 1 and 1000000000000"),
        ({"page": "\N{SUPERSCRIPT TWO}"}, "page must be an integer between 1 and 1000000000000"),
        ({"page_size": "1001"}, "page_size must be an integer between 1 and 1000"),
        ({"page_size": "0"}, "page_size must be an integer between 1 and 1000"),
        ({"status": "done"}, "status must be one of"),
        ({"status": ["queued", "done"]}, "status must be one of"),
        ({"deleted": "perhaps"}, "deleted must be one of true, false"),
        ({"search": "a" * 201}, "search: at most 10 words and 200 letters"),
        ({"search": "a " * 11}, "search: at most 10 words and 200 letters"),
    ],
)
def test_a_query_that_means_nothing_is_refused(web, query, sentence):
    answer = get(web, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)


def test_a_page_that_nobody_has_is_empty(web):
    assert get(web, page=10**12, page_size=1000).json()["generations"] == []


def test_strangers_see_nothing(web, done, bob):
    assert get(web, f"/{done['generation_id']}", headers=bob).status_code == 404
    assert get(web, headers=bob, namespace="alice").status_code == 403
    found = get(web, headers=bob).json()["generations"]
    assert done["generation_id"] not in {row["generation_id"] for row in found}
    assert get(web, headers={"Authorization": "Bearer no"}).status_code == 401
