"""/v1 with OpenAI's own client, and by hand where that client cannot go."""

import json
import time
from io import BytesIO
from unittest.mock import ANY

import openai
import pytest
import requests
from PIL import Image

from cutroom.media.probe import probe

EDIT = "kling-video-o3-pro-video-to-video-edit"
STILL = "kling-video-o3-pro-image-to-video"
TEXT = "kling-video-v2-6-pro-text-to-video"
REFERENCE = "kling-video-o3-pro-reference-to-video"
MOTION = "kling-video-v3-pro-motion-control"
CLIP = "https://example.com/birds-on-wire.mp4"
SQUARE = "https://example.com/square.png"
# The client warns that OpenAI's own service behind it is gone.
pytestmark = pytest.mark.filterwarnings("ignore:.*Sora API.*:DeprecationWarning")


@pytest.fixture(scope="module")
def client(web):
    with openai.OpenAI(base_url=f"{web.url}/v1", api_key=web.key, max_retries=0) as made:
        yield made


@pytest.fixture(scope="module")
def edited(web, client):
    """An edit of an uploaded clip, done."""
    clip = (web.web / "birds-on-wire.mp4").read_bytes()
    video = client.videos.create_and_poll(
        model=EDIT, prompt="make it black and white", input_reference=("birds.mp4", clip, "video/mp4"), poll_interval_ms=200,
    )  # fmt: skip
    assert video.status == "completed", video
    return video


def post(web, body=None, path="/v1/videos", headers=None, **more):
    return requests.post(
        f"{web.url}{path}", headers=web.headers | (headers or {}), json=body, timeout=30, **more
    )


def look(web, video_id, path="", **more):
    url = f"{web.url}/v1/videos/{video_id}{path}"
    return requests.get(url, headers=more.pop("headers", web.headers), timeout=30, **more)


def cancelled(web, answer):
    """The row in the other dialect of what was accepted, which need not be made."""
    assert answer.status_code == 200, answer.text
    url = f"{web.url}/api/ai/queue/{answer.json()['id']}"
    requests.delete(url, headers=web.headers, timeout=10).raise_for_status()
    return requests.get(url, headers=web.headers, timeout=10).json()


def refused(answer, status=400):
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error


def test_an_edit_of_an_uploaded_clip_by_the_official_client(web, client, edited, tmp_path):
    assert (edited.object, edited.model, edited.progress) == ("video", EDIT, 100)
    assert edited.prompt == "make it black and white"
    assert edited.seconds == "1"
    assert edited.error is None
    assert time.time() - 600 < edited.created_at <= edited.completed_at <= time.time() + 1
    client.videos.download_content(edited.id).write_to_file(tmp_path / "out.mp4")
    clip = probe(tmp_path / "out.mp4")
    assert (clip.width, clip.height, clip.frames) == (320, 180, 12)
    row = requests.get(
        f"{web.url}/api/ai/queue/{edited.id}", headers=web.headers, timeout=10
    ).json()
    assert row["status"] == "succeeded"
    assert row["cost"] == "0.336000"
    assert row["input_video"].startswith(f"{web.url}/api/repos/alice/references/file/main/")


def test_its_file_comes_in_ranges(web, edited):
    part = look(web, edited.id, "/content", headers=web.headers | {"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-type"] == "video/mp4"
    again = look(
        web, edited.id, "/content", headers=web.headers | {"If-None-Match": part.headers["etag"]}
    )
    assert again.status_code == 304
    assert (
        "variant must be video"
        in refused(look(web, edited.id, "/content?variant=spritesheet"))["message"]
    )


def test_a_thumbnail(web, edited):
    small = look(web, edited.id, "/content?variant=thumbnail&width=160")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(small.content)).size == (160, 90)


def test_a_video_made_here_is_edited_again(web, client, edited, until_final):
    clip = client.videos.download_content(edited.id).read()
    sent = client.videos.edit(prompt="mirror it", video=("birds.mp4", clip))
    assert (sent.model, sent.status) == (EDIT, "queued")
    by_id = post(web, {"prompt": "mirror it", "video": {"id": edited.id}}, "/v1/videos/edits")
    in_a_form = {"prompt": (None, "mirror it"), "video[id]": (None, edited.id)}
    for made in (sent.id, by_id.json()["id"]):
        assert until_final(made)["status"] == "succeeded"
    assert cancelled(web, post(web, path="/v1/videos/edits", files=in_a_form))["input_video"]
    by_url = post(web, {"prompt": "mirror it", "video": CLIP}, "/v1/videos/edits")
    assert cancelled(web, by_url)["input_video"] == CLIP
    assert refused(post(web, {"prompt": "a", "video": {"id": "nonesuch"}}, "/v1/videos/edits"), 404)
    assert refused(post(web, {"prompt": "a", "video": 5}, "/v1/videos/edits"))["param"] == "video"
    assert refused(post(web, {"prompt": "a", "video": CLIP, "model": TEXT}, "/v1/videos/edits"))
    assert refused(post(web, {"model": EDIT, "prompt": "a", "video": CLIP}))["param"] == "video"


def test_pages(web, client, edited):
    ids = []
    for _ in range(3):
        answer = post(
            web, {"model": EDIT, "prompt": "make it black and white", "input_reference": CLIP}
        )
        ids.append(cancelled(web, answer)["generation_id"])
    page = client.videos.list(limit=2)
    assert [one.id for one in page.data] == ids[:-3:-1]
    assert page.has_more
    assert page.last_id == ids[-2]
    assert [one.id for one in page.get_next_page().data] == [ids[0], ANY]
    seen = [one.id for one in client.videos.list(limit=7)]
    assert seen == [one.id for one in client.videos.list(limit=100, order="asc")][::-1]
    assert len(set(seen)) == len(seen) >= 4
    (failed,) = client.videos.list(limit=1).data
    assert (failed.status, failed.error.code) == ("failed", "cancelled")


@pytest.mark.parametrize(
    ("query", "status", "param"),
    [("limit=0", 400, "limit"), ("limit=x", 400, "limit"), ("limit=101", 400, "limit"), ("order=up", 400, "order"), ("after=nonesuch", 404, None)],
)  # fmt: skip
def test_pages_that_there_are_not(web, query, status, param):
    url = f"{web.url}/v1/videos?{query}"
    assert refused(requests.get(url, headers=web.headers, timeout=10), status)["param"] == param


def test_deleting(web, client, until_final):
    answer = post(
        web, {"model": EDIT, "prompt": "make it black and white", "input_reference": CLIP}
    )
    video = answer.json()
    row = until_final(video["id"])
    assert requests.get(row["result_url"], timeout=10).status_code == 200
    told = client.videos.delete(video["id"])
    assert (told.id, told.object, told.deleted) == (video["id"], "video.deleted", True)
    assert requests.get(row["result_url"], timeout=10).status_code == 404
    for path in ("", "/content"):
        assert refused(look(web, video["id"], path), 404)["code"] == "resource_not_found"
    assert video["id"] not in {one.id for one in client.videos.list(limit=100)}
    with pytest.raises(openai.NotFoundError):
        client.videos.delete(video["id"])
    url = f"{web.url}/api/ai/queue/{video['id']}"
    kept = requests.get(url, headers=web.headers, timeout=10).json()
    assert (kept["status"], kept["cost"], kept["result_url"]) == ("succeeded", "0.336000", None)
    assert kept["notes"][-1] == "The result was deleted."
    waiting = post(web, {"model": EDIT, "prompt": "loop it", "input_reference": CLIP}).json()["id"]
    client.videos.delete(waiting)
    assert until_final(waiting)["status"] in {"cancelled", "succeeded"}


@pytest.mark.parametrize(
    ("fields", "params"),
    [
        ({"model": TEXT, "seconds": "10", "size": "720x1280"}, {"duration": 10, "aspect_ratio": "9:16"}),
        ({"model": TEXT, "seconds": 5, "size": "960x960"}, {"duration": 5, "aspect_ratio": "1:1"}),
        ({"model": REFERENCE, "input_reference": [SQUARE, {"image_url": CLIP}]}, {"input_image": [SQUARE, CLIP]}),
        ({"model": STILL, "input_reference": {"image_url": SQUARE}, "seconds": "3"}, {"input_image": SQUARE, "duration": 3}),
        ({"model": EDIT, "input_reference": CLIP}, {"input_video": CLIP}),
        ({"model": EDIT, "input_reference": SQUARE, "input_video": CLIP}, {"input_video": CLIP, "input_image": [SQUARE]}),
        ({"model": EDIT, "input_reference": {"video_url": SQUARE}}, {"input_video": SQUARE}),
        ({"model": EDIT, "input_reference": "https://example.com/clip"}, {"input_video": "https://example.com/clip"}),
        ({"model": MOTION, "input_reference": [CLIP, SQUARE]}, {"input_video": CLIP, "input_image": SQUARE}),
        ({"model": EDIT, "input_video": CLIP, "keep_audio": True, "elements": [{"frontal_image_url": SQUARE}], "favourite": 7}, {"keep_audio": True, "elements": [{"frontal_image_url": SQUARE}], "favourite": 7}),
    ],
)  # fmt: skip
def test_what_a_request_comes_to(web, fields, params):
    row = cancelled(web, post(web, {"prompt": "a beach"} | fields))
    assert params.items() <= row.items()
    assert not row.keys() & {"size", "seconds", "input_reference"}


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({}, "model", "GET /v1/models lists them"),
        ({"model": TEXT, "seconds": "4"}, "seconds", "must be one of 5, 10"),
        ({"model": TEXT, "seconds": [5]}, "seconds", "must be one of 5, 10"),
        ({"model": TEXT, "seconds": "5", "duration": 5}, "seconds", "beside duration"),
        ({"model": TEXT, "size": "1792x1024"}, "size", "1280x720, 720x1280, 960x960"),
        ({"model": TEXT, "size": 7}, "size", "must be one of"),
        ({"model": TEXT, "size": "1280x720", "aspect_ratio": "16:9"}, "size", "beside aspect_ratio"),
        ({"model": TEXT, "fps": 30}, "fps", "cannot be asked for"),
        ({"model": TEXT, "n": 2}, "n", "each request makes one video"),
        ({"model": TEXT, "input_reference": SQUARE}, "input_reference", "text alone"),
        ({"model": EDIT, "input_reference": CLIP, "size": "1280x720"}, "size", "depends on what comes in"),
        ({"model": EDIT, "input_reference": CLIP, "seconds": "5"}, "seconds", "as long as its input"),
        ({"model": EDIT, "input_reference": [CLIP, CLIP]}, "input_reference", "second video"),
        ({"model": EDIT, "input_reference": {"file_id": "file-1"}}, "input_reference", "file_id"),
        ({"model": EDIT, "input_reference": 7}, "input_reference", "must be a file"),
        ({"model": EDIT, "input_reference": {}}, "input_reference", "exactly one of"),
        ({"model": STILL, "input_reference": CLIP}, "input_reference", "must be an image"),
        ({"model": STILL, "input_reference": [SQUARE, SQUARE]}, "input_reference", "second image"),
        ({"model": EDIT}, "input_video", "Field required: input_video"),
        ({"model": EDIT, "input_reference": "birds.mp4"}, "input_video", "Invalid URL"),
        ({"model": EDIT, "input_reference": CLIP, "prompt": "put @Image3 there"}, None, "@Image3"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(web, fields, param, says):
    error = refused(post(web, {"prompt": "a beach"} | fields))
    assert (error["type"], error["code"], error["param"]) == (
        "invalid_request_error",
        "invalid_params",
        param,
    )
    assert says in error["message"]


def test_errors_have_openai_s_shape(web, client):
    with openai.OpenAI(base_url=f"{web.url}/v1", api_key="nonsense", max_retries=0) as nobody:
        with pytest.raises(openai.AuthenticationError) as caught:
            nobody.videos.retrieve("x")
        assert caught.value.code == "unauthenticated"
    with pytest.raises(openai.NotFoundError) as caught:
        client.videos.create(model="sora-2", prompt="a")
    assert (caught.value.code, caught.value.body["message"]) == (
        "model_not_found",
        "Model not found: sora-2",
    )
    assert (
        refused(requests.get(f"{web.url}/v1/nonsense", timeout=10), 404)["code"]
        == "resource_not_found"
    )
    assert (
        refused(requests.put(f"{web.url}/v1/videos", timeout=10), 405)["code"]
        == "method_not_allowed"
    )
    poor = web.headers_of(web.cutroom("keys", "create", "--namespace", "poorer"))
    answer = post(web, {"model": TEXT, "prompt": "a beach"}, headers=poor)
    assert refused(answer, 402)["type"] == "insufficient_quota"


def test_the_models(client):
    found = {one.id: one for one in client.models.list()}
    assert EDIT in found
    assert client.models.retrieve(EDIT) == found[EDIT]


def stored(web):
    """The files that lie in alice's references."""
    return {one.name for one in web.data_dir.glob("files/alice/references/**/*") if one.is_file()}


def form(web, files=(), fields=(), **headers):
    return post(
        web, files=[*[(name, (None, text)) for name, text in fields], *files], headers=headers
    )


def test_a_form_with_a_clip_and_an_image(web):
    clip = ("clip", (web.web / "birds-on-wire.mp4").read_bytes(), "text/plain")
    image = ("../../../x.exe", (web.web / "square.png").read_bytes(), "application/x-msdownload")
    answer = form(
        web,
        [("input_reference", clip), ("input_reference[]", image)],
        [("model", EDIT), ("prompt", "make it like @Image1"), ("keep_audio", "true"), ("seed", "7"), ("elements", "[]")],
    )  # fmt: skip
    row = cancelled(web, answer)
    assert row["input_video"].endswith(".mp4")
    assert [url[-4:] for url in row["input_image"]] == [".png"]
    assert (row["keep_audio"], row["seed"], row["elements"]) == (True, 7, [])
    assert row["input_image"][0].rpartition("/")[2] in stored(web)


def test_brackets_of_the_client_in_a_form(web, client):
    element = {"frontal_image_url": SQUARE, "reference_image_urls": [SQUARE, SQUARE]}
    more = {"input_video": CLIP, "elements": [element], "input_reference": {"image_url": SQUARE}}
    made = client.videos.create(model=EDIT, prompt="make it black and white", extra_body=more)
    url = f"{web.url}/api/ai/queue/{made.id}"
    row = requests.get(url, headers=web.headers, timeout=10).json()
    requests.delete(url, headers=web.headers, timeout=10)
    assert row["elements"] == [element]
    assert row["input_image"] == [SQUARE]
    with pytest.raises(
        openai.BadRequestError, match="elements: write a list of several objects as JSON"
    ):
        client.videos.create(
            model=EDIT, prompt="a", extra_body=more | {"elements": [element, element]}
        )
    written = json.dumps([element, element])
    made = client.videos.create(
        model=EDIT, prompt="mirror it", extra_body=more | {"elements": written}
    )
    requests.delete(f"{web.url}/api/ai/queue/{made.id}", headers=web.headers, timeout=10)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"%PDF-1.7", "a PDF document"), (b"#EXTM3U\n/etc/passwd", "a playlist"), (b"\x00" * 5000, "neither a video nor an image")],
)  # fmt: skip
def test_files_that_are_none_are_not_kept(web, content, says):
    before = stored(web)
    answer = form(
        web, [("input_reference", ("a.mp4", content))], [("model", EDIT), ("prompt", "a")]
    )
    assert says in refused(answer)["message"]
    assert stored(web) == before


@pytest.mark.parametrize(
    ("files", "fields", "says"),
    [
        ([("input_reference", ("a.png", b"\x89PNG\r\n\x1a\n"))], [("model", EDIT)], "Field required: prompt"),
        ([("favourite", ("a.png", b"\x89PNG\r\n\x1a\n"))], [("model", EDIT)], "favourite cannot be a file"),
        ([], [("model", EDIT), ("model", TEXT)], "twice"),
        ([], [("model", EDIT), ("a[b]", "1"), ("a[]", "2")], "twice"),
        ([], [("model", EDIT), ("[", "1")], "means nothing"),
        ([], [("model", EDIT), ("elements", "[" * 999)], "elements: "),
        ([], [("model", EDIT), ("prompt", "a\x00b")], "NUL"),
    ],
)  # fmt: skip
def test_forms_that_are_refused_leave_nothing(web, files, fields, says):
    before = stored(web)
    assert says in refused(form(web, files, fields))["message"]
    assert stored(web) == before


def test_a_repeated_request_makes_one_video(web):
    def send(content):
        return form(
            web, [("input_reference", ("a.mp4", content))], [("model", EDIT), ("prompt", "make it black and white")],
            **{"Idempotency-Key": "the-same-again"},
        )  # fmt: skip

    clip = (web.web / "birds-on-wire.mp4").read_bytes()
    first, again = send(clip), send(clip)
    kept = stored(web)
    assert first.json()["id"] == cancelled(web, again)["generation_id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert refused(send(clip + b"more"), 422)
    assert stored(web) == kept


def test_another_tenant_finds_nothing(web, edited, tenant):
    bob = tenant("who-has-no-videos")
    for path in ("", "/content"):
        assert refused(look(web, edited.id, path, headers=bob), 404)
    answer = requests.delete(f"{web.url}/v1/videos/{edited.id}", headers=bob, timeout=10)
    assert refused(answer, 404)
    url = f"{web.url}/v1/videos"
    assert requests.get(url, headers=bob, timeout=10).json()["data"] == []
    assert refused(requests.get(f"{url}?after={edited.id}", headers=bob, timeout=10), 404)
    assert refused(requests.get(f"{url}?namespace=alice", headers=bob, timeout=10), 403)
    body = {"prompt": "mirror it", "video": {"id": edited.id}}
    assert refused(requests.post(f"{url}/edits", headers=bob, json=body, timeout=10), 404)


@pytest.mark.parametrize("model", [TEXT, REFERENCE])
def test_the_sizes_of_the_catalog_are_those_of_the_engine(web, model):
    for size, ratio in (("1280x720", "16:9"), ("720x1280", "9:16"), ("960x960", "1:1")):
        body = {
            "model": model,
            "prompt": "a red car drives along a beach",
            "aspect_ratio": ratio,
            "input_image": [],
        }
        plan = post(web, body, "/api/ai/plan").json()["plan"]
        assert "x".join(map(str, plan["size"])) == size
        made = post(web, {"model": model, "prompt": body["prompt"], "size": size})
        assert made.json()["size"] == size
        cancelled(web, made)
