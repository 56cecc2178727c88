"""/api/repos: repositories, and the pair by which clients of the hosted API bring their files in."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

DOCUMENTED = {
    "namespace": "alice",
    "name": "my-dataset",
    "user": {"name": "Alice", "email": "alice@example.com"},
    "description": "Example dataset",
}
HARNESS = {
    "name": "clips-of-a-tool",
    "namespace": "alice",
    "description": "Uploads and generations.",
    "visibility": "private",
    "workbench": True,
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def create(server, body, headers=None, path="/api/repos"):
    return requests.post(
        server.url + path, headers=headers or server.headers, json=body, timeout=20
    )


def look(server, name, namespace="alice", headers=None):
    url = f"{server.url}/api/repos/{namespace}/{name}"
    return requests.get(url, headers=headers or server.headers, timeout=20)


def test_the_documented_body_makes_a_repository_once(server):
    made = create(server, DOCUMENTED)
    assert made.status_code == 200, made.text
    told = made.json()
    assert (told["namespace"], told["name"], told["description"]) == (
        "alice",
        "my-dataset",
        "Example dataset",
    )
    assert re.fullmatch(TIME, told["created_at"])
    assert look(server, "my-dataset").json()["repository"] == told["repository"]
    again = create(server, DOCUMENTED | {"description": "another"})
    assert (again.status_code, again.json()["status_message"]) == (409, "resource_already_exists")
    assert look(server, "my-dataset").json()["repository"]["description"] == "Example dataset"


def test_the_body_of_the_hub_s_own_tools_with_a_slash(server):
    made = create(server, HARNESS, path="/api/repos/")
    assert made.status_code == 200, made.text
    assert made.json()["repository"]["name"] == "clips-of-a-tool"
    assert (made.json()["status"], made.json()["repository"]["visibility"]) == (
        "success",
        "private",
    )


def test_a_repository_is_there_once_something_is_in_it(server):
    assert look(server, "playground").status_code == 200
    assert look(server, "filled").status_code == 404
    assert look(server, "filled").json()["status_message"] == "resource_not_found"
    url = f"{server.url}/api/repos/alice/filled/file/main/a/b.mp4"
    requests.put(url, headers=server.headers, data=b"x", timeout=10).raise_for_status()
    told = look(server, "filled").json()["repository"]
    assert (told["name"], told["id"], told["created_at"]) == ("filled", None, None)
    assert create(server, DOCUMENTED | {"name": "filled"}).status_code == 409
    requests.delete(url, headers=server.headers, timeout=10).raise_for_status()
    assert look(server, "filled").status_code == 404


def test_of_many_at_once_one_makes_it(server):
    with ThreadPoolExecutor(8) as pool:
        bodies = [DOCUMENTED | {"name": "raced", "description": str(n)} for n in range(8)]
        answers = list(pool.map(lambda body: create(server, body), bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_one_s_own_namespace_unless_another_is_named(server):
    assert create(server, {"name": "mine"}).json()["namespace"] == "alice"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": None}, "Field required: name"),
        ({"name": 7}, "name must be a string"),
        ({"name": ""}, "A repository's name is"),
        ({"name": "../up"}, "A repository's name is"),
        ({"name": "a" * 101}, "A repository's name is"),
        ({"name": "a#1"}, "A repository's name is"),
        ({"namespace": []}, "namespace must be a string"),
        ({"description": 7}, "description must be a string"),
        ({"description": "d" * 2001}, "A repository's description may take"),
        ({"visibility": "public"}, "visibility must be 'private'"),
        ({"is_public": True}, "visibility must be 'private'"),
        ({"files": [{"path": "README.md", "contents": "x"}]}, "files: a repository is made empty"),
    ],
)
def test_what_cannot_be_made(server, change, sentence):
    answer = create(server, DOCUMENTED | {"name": "refused"} | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)
    assert look(server, "refused").status_code == 404


def test_another_tenant_makes_and_sees_none_of_alice_s(server, bob):
    assert create(server, DOCUMENTED | {"name": "bob-was-here"}, bob).status_code == 403
    assert look(server, "bob-was-here").status_code == 404
    assert look(server, "playground", headers=bob).status_code == 404
    assert look(server, "playground", "bob", headers=bob).status_code == 200
    assert create(server, DOCUMENTED | {"namespace": "nobody"}, bob).status_code == 403


# --- the workbench ------------------------------------------------------------------------------


def add(server, files, directory="a-tool", repo="playground", headers=None):
    data = {} if directory is None else {"directory": directory}
    return requests.post(
        f"{server.url}/api/repos/alice/{repo}/workbench/context",
        headers=headers or server.headers,
        files=files,
        data=data,
        timeout=20,
    )


def presigned(server, asset_path):
    url = f"{server.url}/api/repos/alice/playground/file/presigned_url/main/{asset_path}"
    answer = requests.get(url, headers=server.headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


def test_the_pair_brings_a_clip_into_an_edit(web, until_final):
    """Upload, presign, and use the URL, as the hub's own tools do; nobody else's key is needed."""
    me = {"clip": (web.web / "birds-on-wire.mp4").read_bytes(), "name": "Vögel #1? 100%.mp4"}
    told = add(web, {"file": (me["name"], me["clip"], "video/mp4")}).json()
    assert told["status"] == "success"
    uuid.UUID(told["uuid"])
    assert re.fullmatch(r"a-tool/[0-9a-f-]{36}-V-gel-1-100-\.mp4", told["asset_path"])
    url = presigned(web, told["asset_path"])
    assert "oxen_signature=" in url
    assert requests.get(url, timeout=10).content == me["clip"]
    body = {
        "model": "kling-video-o3-pro-video-to-video-edit",
        "prompt": "make it black and white",
        "input_video": url,
    }
    answer = requests.post(f"{web.url}/api/ai/queue", headers=web.headers, json=body, timeout=10)
    row = until_final(answer.json()["generations"][0]["generation_id"])
    assert row["status"] == "succeeded", row


def test_who_waits_for_a_file_that_is_removed_fails_and_pays_nothing(web, until_final):
    """The URL is good for anybody, as long as there is a file."""
    told = add(web, {"file": ("a.png", b"x")}, directory=None).json()
    assert told["asset_path"].startswith("workbench/")
    url = presigned(web, told["asset_path"])
    plain = f"{web.url}/api/repos/alice/playground/file/main/{told['asset_path']}"
    requests.delete(plain, headers=web.headers, timeout=10).raise_for_status()
    carol = web.headers_of(web.cutroom("keys", "create", "--namespace", "carol"))
    web.cutroom("credits", "add", "--namespace", "carol", "20")
    body = {"model": "kling-video-o3-pro-image-to-video", "prompt": "zoom in", "input_image": url}
    answer = requests.post(f"{web.url}/api/ai/queue", headers=carol, json=body, timeout=10)
    row = until_final(answer.json()["generations"][0]["generation_id"], headers=carol)
    assert (row["status"], row["cost"]) == ("failed", None)
    assert row["error_message"].startswith("input_image 1: 404 Client Error: Not Found")


def test_no_upload_replaces_another(server):
    paths = {add(server, {"file": ("same.mp4", b"x")}).json()["asset_path"] for _ in range(3)}
    assert len(paths) == 3


@pytest.mark.parametrize(
    ("files", "directory", "sentence"),
    [
        ({"other": ("a.mp4", b"x")}, "d", "Field required: file"),
        ([("file", ("a.mp4", b"x")), ("file", ("b.mp4", b"y"))], "d", "One file at a time"),
        ({"file": ("a.mp4", b"x")}, "../../bob", "Invalid path"),
        ({"file": ("a.mp4", b"x")}, "d/../..", "Invalid path"),
        ({"file": ("a.mp4", b"x")}, "a\x00b", "Invalid path"),
        (None, "d", "Send a form"),
    ],
)
def test_what_is_no_file_for_the_workbench(server, files, directory, sentence):
    answer = add(server, files, directory)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x.mp4", "", ".", "..", "a" * 300 + ".png"]
)
def test_a_name_leads_nowhere(server, name):
    told = add(server, {"file": (name, b"x") if name else ("\x01", b"x")})
    assert told.status_code == 200, told.text
    assert re.fullmatch(r"a-tool/[0-9a-f-]{36}-[A-Za-z0-9._-]{1,80}", told.json()["asset_path"])


def test_another_tenant_puts_nothing_on_alice_s_workbench(server, bob):
    answer = add(server, {"file": ("a.mp4", b"x")}, headers=bob)
    assert (answer.status_code, answer.json()["error"]["type"]) == (403, "forbidden")


# --- lists


def listed(server, place, headers=None, **query):
    url = f"{server.url}/api/repos/{place}"
    return requests.get(url, headers=headers or server.headers, params=query, timeout=20)


def names(answer):
    assert answer.status_code == 200, answer.text
    return [one["filename"] for one in answer.json()["entries"]]


@pytest.fixture(scope="module")
def shelf(server):
    """A repository with files and folders in it."""
    for path in ("b.mp4", "a%20b.PNG", "%C3%BC%23.txt", "elements/fox/frontal.png", "elements/bear/frontal.png"):  # fmt: skip
        url = f"{server.url}/api/repos/alice/shelf/file/main/{path}"
        requests.put(
            url, headers=server.headers, data=b"x" * len(path), timeout=10
        ).raise_for_status()
    return "alice/shelf/dir/main"


def test_a_folder_tells_what_is_in_it_and_not_below(server, shelf):
    told = listed(server, shelf).json()
    assert told["entries"][0] == {
        "filename": "elements",
        "is_dir": True,
        "size": None,
        "data_type": "dir",
        "mime_type": "inode/directory",
        "extension": "",
        "last_modified": None,
        "resource": {"path": "elements", "version": "main"},
    }
    assert re.fullmatch(TIME, told["entries"][2].pop("last_modified"))
    assert told["entries"][2] == {
        "filename": "b.mp4",
        "is_dir": False,
        "size": 5,
        "data_type": "video",
        "mime_type": "video/mp4",
        "extension": "mp4",
        "resource": {"path": "b.mp4", "version": "main"},
    }
    assert [one["filename"] for one in told["entries"]] == [
        "elements",
        "a b.PNG",
        "b.mp4",
        "ü#.txt",
    ]
    assert (told["resource"], told["total_entries"], told["total_pages"]) == (
        {"path": "", "version": "main"},
        4,
        1,
    )
    below = listed(server, f"{shelf}/elements/fox/").json()
    assert [one["resource"]["path"] for one in below["entries"]] == ["elements/fox/frontal.png"]
    assert str(server.data_dir) not in str(told) + str(below)


def test_folders_in_pages_and_in_other_orders(server, shelf):
    assert names(listed(server, f"{shelf}/", page=2, page_size=3)) == ["ü#.txt"]
    assert names(listed(server, shelf, page=3, page_size=3)) == []
    assert names(listed(server, shelf, reverse="true")) == [
        "elements",
        "ü#.txt",
        "b.mp4",
        "a b.PNG",
    ]
    assert names(listed(server, f"{shelf}/elements", reverse="true")) == ["fox", "bear"]
    newest = names(listed(server, shelf, sort_by="date", reverse="true"))
    assert newest == ["elements", "ü#.txt", "a b.PNG", "b.mp4"]
    for wrong in ({"page": "0"}, {"page_size": "1001"}, {"sort_by": "size"}, {"reverse": "1"}):
        assert listed(server, shelf, **wrong).status_code == 400


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("alice/shelf/dir/main/nonesuch", 404),
        ("alice/shelf/dir/main/b.mp4", 404),
        ("alice/shelf/dir/other", 404),
        ("alice/nonesuch/dir/main", 404),
        ("alice/playground/dir/main", 200),
        ("bob/shelf/dir/main", 404),
        ("alice/shelf/dir/main/%2E%2E/%2E%2E", 400),
        ("alice/shelf/dir/main/a//b", 400),
        ("alice/%2E%2E/dir/main", 400),
        (".aside/x/dir/main", 404),
        ("bob", 404),
        (".aside", 404),
    ],
)
def test_places_that_are_none_and_those_of_others(server, shelf, place, status):
    assert listed(server, place).status_code == status


def test_folders_are_for_their_owners_and_members(server, shelf, bob, tenant):
    assert listed(server, shelf, headers=bob).status_code == 404
    assert listed(server, "alice", headers=bob).status_code == 404
    assert listed(server, shelf, headers={"Authorization": "Bearer no"}).status_code == 401
    tenant("band")
    server.cutroom("members", "add", "--organisation", "band", "bob")
    url = f"{server.url}/api/repos/band/clips/file/main/x/a.mp4"
    requests.put(url, headers=bob, data=b"x", timeout=10).raise_for_status()
    assert names(listed(server, "band/clips/dir/main/x", headers=bob)) == ["a.mp4"]
    found = listed(server, "band", headers=bob).json()["repositories"]
    assert [one["name"] for one in found] == ["clips", "playground"]


def test_the_repositories_of_a_namespace(server, shelf):
    create(server, {"name": "made-and-empty"})
    assert names(listed(server, "alice/made-and-empty/dir/main")) == []
    found = listed(server, "alice").json()["repositories"]
    told = {one["name"]: one["id"] for one in found}
    assert list(told) == sorted(told)
    assert told["shelf"] is None
    assert uuid.UUID(told["made-and-empty"])
    assert "playground" in told
