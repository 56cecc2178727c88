"""`?thumbnail=true`: small pictures of files, for whoever may see the file."""

import io

import numpy as np
import pytest
import requests
from PIL import Image

from cutroom.media import images


@pytest.fixture(scope="module")
def clip(web):
    """The address of a drawn clip of alice's: 320x180, 1 s."""
    url = f"{web.url}/api/repos/alice/small/file/main/birds.mp4"
    content = (web.web / "birds-on-wire.mp4").read_bytes()
    requests.put(url, headers=web.headers, data=content, timeout=20).raise_for_status()
    return url


@pytest.fixture(scope="module")
def picture(web, tmp_path_factory):
    """The address of an image: 400x200, transparent but for a green bar."""
    pixels = np.zeros((200, 400, 4), np.uint8)
    pixels[80:120] = (0, 200, 0, 255)
    path = tmp_path_factory.mktemp("pictures") / "bar.png"
    images.save(path, pixels)
    url = f"{web.url}/api/repos/alice/small/file/main/bar.png"
    requests.put(url, headers=web.headers, data=path.read_bytes(), timeout=20).raise_for_status()
    return url


def ask(server, url, **query):
    query = {"thumbnail": "true", **query}
    return requests.get(url, headers=server.headers, params=query, timeout=30)


def small(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    image = Image.open(io.BytesIO(answer.content))
    assert image.format == "JPEG"
    return np.asarray(image.convert("RGB")).astype(int)


def test_a_clip_has_thumbnails_of_its_moments(web, clip):
    first, last = (small(ask(web, clip, timestamp=at)) for at in (0, 999))
    assert first.shape == last.shape == (180, 320, 3)
    assert np.abs(first - last).max() > 60  # the birds have moved
    assert small(ask(web, clip, width=64)).shape == (36, 64, 3)
    assert small(ask(web, clip, width=1024, height=90)).shape == (90, 160, 3)


def test_an_image_lies_on_white(web, picture):
    pixels = small(ask(web, picture, width=100))
    assert pixels.shape == (50, 100, 3)
    assert pixels[2, 50].min() > 245
    assert pixels[25, 50][1] > 150 > pixels[25, 50][0]


def test_whoever_may_see_the_file_sees_its_thumbnail(web, clip, bob):
    presign = clip.replace("/file/main/", "/file/presigned_url/main/")
    signed = requests.get(presign, headers=web.headers, timeout=10).json()["url"]
    assert small(requests.get(f"{signed}&thumbnail=true&width=32", timeout=20)).shape == (18, 32, 3)
    query = {"thumbnail": "true"}
    assert requests.get(clip, params=query, timeout=10).status_code == 401
    assert requests.get(clip, headers=bob, params=query, timeout=10).status_code == 404
    missing = clip.replace("birds", "no-birds")
    assert requests.get(missing, headers=web.headers, params=query, timeout=10).status_code == 404


def test_a_thumbnail_is_known_again_until_the_file_changes(web, picture, clip):
    first = ask(web, clip, width=48)
    tag = first.headers["etag"]
    headers = web.headers | {"If-None-Match": tag}
    query = {"thumbnail": "true", "width": "48"}
    again = requests.get(clip, headers=headers, params=query, timeout=20)
    assert (again.status_code, again.content) == (304, b"")
    other = requests.get(clip, headers=headers, params=query | {"width": "49"}, timeout=20)
    assert other.status_code == 200
    assert requests.get(clip, headers=headers, timeout=20).headers["etag"] != tag
    head = requests.head(clip, headers=web.headers, params=query, timeout=20)
    assert (head.headers["etag"], head.headers["content-length"]) == (tag, str(len(first.content)))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"width": "0"}, "width must be a whole number from 16 to 1024"),
        ({"width": "1025"}, "width must be a whole number"),
        ({"height": "1e3"}, "height must be a whole number"),
        ({"height": "-16"}, "height must be a whole number"),
        ({"width": "٣٢"}, "width must be a whole number"),
        ({"timestamp": "-1"}, "timestamp must be seconds"),
        ({"timestamp": "nan"}, "timestamp must be seconds"),
        ({"timestamp": "inf"}, "timestamp must be seconds"),
        ({"timestamp": "soon"}, "timestamp must be seconds"),
    ],
)
def test_what_cannot_be_asked_for(web, clip, query, sentence):
    answer = ask(web, clip, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"words", "Only videos and images have thumbnails."),
        ("broken.mp4", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 2000, ""),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"x" * 2000, ""),
        ("page.mp4", b"<html>", ""),
        ("list.mp4", b"#EXTM3U\nhttp://127.0.0.1/", ""),
    ],
)
def test_what_has_no_thumbnail(web, name, content, sentence):
    url = f"{web.url}/api/repos/alice/small/file/main/{name}"
    requests.put(url, headers=web.headers, data=content, timeout=20).raise_for_status()
    answer = ask(web, url)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["detail"].startswith(sentence)


def test_without_the_word_the_file_itself_comes(web, clip):
    answer = requests.get(clip, headers=web.headers, params={"thumbnail": "false"}, timeout=10)
    assert answer.headers["content-type"] == "video/mp4"
