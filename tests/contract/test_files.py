"""/api/repos: results and uploads as bytes, whole and in ranges, signed and by key."""

import hashlib
import re
import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from cutroom.settings import Settings
from cutroom.signatures import Signatures

LOOK = {"model": "kling-video-o3-pro-video-to-video-edit", "prompt": "make it black and white"}


def at(server, path):
    return f"{server.url}/api/repos/{path}"


@pytest.fixture(scope="module")
def data(server) -> bytes:
    """Bytes that lie at alice/box/file/main/data.mp4."""
    content = bytes(range(256)) * 20_000  # 5 MB: more than one chunk
    url = at(server, "alice/box/file/main/data.mp4")
    answer = requests.put(url, headers=server.headers, data=content, timeout=30)
    assert answer.status_code == 200, answer.text
    return content


def get(server, path="alice/box/file/main/data.mp4", **headers):
    return requests.get(at(server, path), headers=server.headers | headers, timeout=30)


def test_a_result_is_fetched_by_its_signature_or_the_owner_s_key(server, done):
    signed = requests.get(done["result_url"], timeout=10)
    plain = done["result_url"].partition("?")[0]
    owned = requests.get(plain, headers=server.headers, timeout=10)
    assert signed.status_code == owned.status_code == 200
    assert signed.content == owned.content
    assert signed.headers["content-type"] == "video/mp4"
    assert requests.get(plain, timeout=10).status_code == 401


def test_a_result_url_is_signed_anew_at_each_read(server, done):
    time.sleep(1.1)
    url = f"{server.url}/api/ai/queue/{done['generation_id']}"
    again = requests.get(url, headers=server.headers, timeout=10).json()["result_url"]
    before, after = (parse_qs(urlsplit(one).query) for one in (done["result_url"], again))
    assert int(after["expires"][0]) > int(before["expires"][0])
    assert after["oxen_signature"] != before["oxen_signature"]


@pytest.mark.parametrize(
    "change",
    [
        lambda url: re.sub(r"expires=\d+", "expires=1", url),
        lambda url: re.sub(r"expires=\d+", "expires=99999999999", url),
        lambda url: re.sub(r"oxen_signature=...", "oxen_signature=AAA", url),
        lambda url: re.sub(r"oxen_signature=.*", "oxen_signature=", url),
        lambda url: url + "&oxen_signature=x",
        lambda url: url.replace(".mp4?", "2.mp4?"),
        lambda url: url.replace("/alice/", "/bob/"),
        lambda url: url.replace("/file/main/", "/file/main//"),
    ],
    ids=["old", "later", "other", "empty", "two", "other file", "other tenant", "other path"],
)
def test_a_signature_is_good_for_one_file_and_time(done, change):
    answer = requests.get(change(done["result_url"]), timeout=10)
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "forbidden"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda url: url.replace("expires=", "expires=1&expires="), 403),
        (lambda url: url + "&expires=99999999999", 403),
        (lambda url: re.sub(r"(oxen_signature=)(.*)", lambda m: m[1] + m[2].swapcase(), url), 403),
        (lambda url: url.replace("oxen_signature=", "Oxen_Signature="), 401),
        (lambda url: url.replace("expires=", "Expires="), 403),
        (lambda url: re.sub(r"expires=(\d+)", r"expires=\1.0", url), 403),
        (lambda url: url.replace("?", "?oxen_signature=&"), 403),
        (lambda url: url.replace(".mp4?", ".MP4?"), 403),
        (lambda url: url.replace("/playground/", "/Playground/"), 403),
        (lambda url: url.replace("/api/", "/API/"), 404),
        (lambda url: url.replace("/alice/", "/%2561lice/"), 403),
        (lambda url: url.replace("/alice/", "/bob%2F..%2Falice/"), 404),
        (lambda url: url.replace("/file/main/", "/file/main/x/../"), 403),
        (lambda url: url.replace("/file/main/", "/file/main/%2e/"), 403),
        (lambda url: url.replace("/file/main/", "/file/presigned_url/main/"), 401),
        # Spelt otherwise it is the same file, and so the same URL.
        (lambda url: url.replace("/alice/", "/%61lice/"), 200),
        (lambda url: url.replace("/1.mp4?", "%2F1.mp4?") + "&download=1", 200),
    ],
)
def test_each_part_of_a_signed_url_counts(done, change, status):
    request = requests.Request("GET", done["result_url"]).prepare()
    request.url = change(done["result_url"])  # as it is: requests would tidy it
    assert request.url != done["result_url"]
    with requests.Session() as session:
        answer = session.send(request, timeout=10)
    assert answer.status_code == status, answer.text[:200]


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", 200), ("PUT", 401), ("DELETE", 401), ("POST", 405), ("PATCH", 405)],
)
def test_a_signature_is_good_for_reading_alone(done, method, status):
    assert requests.request(method, done["result_url"], timeout=10).status_code == status


FORM = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--B--\r\n'


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("Multipart/Form-Data; boundary=B", 200),
        ("multipart/form-data ;charset=UTF-8; boundary=B", 200),
        ("multipart/form-data; boundary=B; charset=punycode", 400),
        ("multipart/form-data; boundary=B; charset=idna", 400),
        ("multipart/form-data; boundary=B; charset=rot13", 400),
        ("multipart/form-data", 400),
    ],
)
def test_a_form_is_known_by_its_type_and_is_in_utf_8(server, kind, status):
    url = at(server, "alice/box/file/main/typed.mp4")
    headers = server.headers | {"Content-Type": kind}
    answer = requests.put(url, headers=headers, data=FORM, timeout=10)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert requests.get(url, headers=server.headers, timeout=10).content == b"x"


@pytest.mark.parametrize(
    "name", ["a#b.mp4", "a?b.mp4", "a b%20c+d.mp4", "vögel 🐦.mp4", "a;b&c=d.mp4"]
)
def test_a_signature_holds_whatever_the_name(server, name):
    place = f"/api/repos/alice/box/file/main/{name}"
    url = server.url + quote(place)
    assert requests.put(url, headers=server.headers, data=b"bytes", timeout=10).status_code == 200
    signed = Signatures(Settings(data_dir=server.data_dir)).sign(place)
    answer = requests.get(f"{url}?{signed}", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"bytes")


def test_a_signature_does_not_let_anybody_write(done):
    answer = requests.put(done["result_url"], data=b"mine now", timeout=10)
    assert answer.status_code == 401
    assert requests.get(done["result_url"], timeout=10).content[4:8] == b"ftyp"


def test_the_whole_file(server, data):
    answer = get(server)
    assert answer.status_code == 200
    assert answer.content == data
    headers = answer.headers
    assert headers["content-length"] == str(len(data))
    assert headers["content-type"] == "video/mp4"
    assert headers["accept-ranges"] == "bytes"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == "inline; filename*=UTF-8''data.mp4"
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=1048570-1048585", 1_048_570, 1_048_586),
        ("bytes=5119990-", 5_119_990, 5_120_000),
        ("bytes=5119990-9999999", 5_119_990, 5_120_000),
        ("bytes=-10", 5_119_990, 5_120_000),
        ("bytes=-9999999", 0, 5_120_000),
        ("bytes=0-", 0, 5_120_000),
    ],
)
def test_a_range(server, data, header, start, end):
    answer = get(server, Range=header)
    assert answer.status_code == 206
    assert answer.content == data[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("header", ["bytes=5120000-", "bytes=9999999-99999999", "bytes=-0"])
def test_a_range_outside_the_file(server, data, header):
    answer = get(server, Range=header)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(data)}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "lines=1-2"},
        {"Range": "bytes=5-4"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=0-1", "If-Range": '"somewhat"'},
    ],
)
def test_a_range_that_is_ignored(server, data, headers):
    answer = get(server, **headers)
    assert answer.status_code == 200
    assert answer.content == data


def test_head_tells_what_get_would_send(server, data):
    url = at(server, "alice/box/file/main/data.mp4")
    answer = requests.head(url, headers=server.headers, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(data))
    answer = requests.head(url, headers=server.headers | {"Range": "bytes=0-9"}, timeout=10)
    assert (answer.status_code, answer.headers["content-length"]) == (206, "10")


# --- conditions ---------------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(server, data):
    first = get(server)
    tag, moment = first.headers["etag"], first.headers["last-modified"]
    assert tag.startswith('"')
    assert first.headers["cache-control"] == "private, no-cache"
    for condition in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": moment},
        {"If-None-Match": tag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-None-Match": tag, "Range": "bytes=0-9"},
    ):
        answer = get(server, **condition)
        assert (answer.status_code, answer.content) == (304, b""), condition
        assert answer.headers["etag"] == tag
        assert "content-length" not in answer.headers
    for condition in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": moment},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert get(server, **condition).content == data, condition


def test_a_client_that_wants_what_it_saw_before_or_nothing(server, data):
    tag = get(server).headers["etag"]
    for condition in (
        {"If-Match": '"other"'},
        {"If-Match": f"W/{tag}"},
        {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        assert get(server, **condition).status_code == 412, condition
    assert get(server, **{"If-Match": f'"other", {tag}', "Range": "bytes=0-1"}).status_code == 206


def test_a_download_goes_on_only_in_the_same_file(server):
    """A player that holds the first half must never get the second half of another clip."""
    url = at(server, "alice/box/file/main/goes-on.mp4")
    requests.put(url, headers=server.headers, data=b"a" * 100, timeout=10).raise_for_status()
    name = "alice/box/file/main/goes-on.mp4"
    first = get(server, name, Range="bytes=0-49")
    tag = first.headers["etag"]
    rest = get(server, name, **{"Range": "bytes=50-", "If-Range": tag})
    assert (rest.status_code, rest.content) == (206, b"a" * 50)
    assert get(server, name, **{"Range": "bytes=50-", "If-Range": f"W/{tag}"}).status_code == 200
    requests.put(url, headers=server.headers, data=b"b" * 100, timeout=10).raise_for_status()
    for seen in (tag, "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"):
        other = get(server, name, **{"Range": "bytes=50-", "If-Range": seen})
        assert (other.status_code, other.content) == (200, b"b" * 100), seen
    assert other.headers["etag"] != tag


def test_head_has_the_validators_too(server, data):
    head = requests.head(
        at(server, "alice/box/file/main/data.mp4"), headers=server.headers, timeout=10
    )
    assert head.headers["etag"] == get(server).headers["etag"]
    answer = requests.head(
        at(server, "alice/box/file/main/data.mp4"),
        headers=server.headers | {"If-None-Match": head.headers["etag"]},
        timeout=10,
    )
    assert answer.status_code == 304


# --- removing and presigning --------------------------------------------------------------------


def test_a_file_is_removed_by_its_owner_alone(server, bob, done):
    url = at(server, "alice/box/file/main/gone/a/b.mp4")
    requests.put(url, headers=server.headers, data=b"x", timeout=10).raise_for_status()
    signed = presigned(server, "alice/box", "gone/a/b.mp4")
    assert requests.delete(signed, timeout=10).status_code == 401
    assert requests.delete(url, headers=bob, timeout=10).status_code == 404
    form = {"message": (None, "away"), "name": (None, "Alice"), "email": (None, "a@example.com")}
    answer = requests.delete(url, headers=server.headers, files=form, timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (200, "success")
    assert requests.get(signed, timeout=10).status_code == 404
    assert requests.delete(url, headers=server.headers, timeout=10).status_code == 404
    # Of an empty folder nothing is left: its name may be a file's.
    folder = at(server, "alice/box/file/main/gone")
    assert requests.put(folder, headers=server.headers, data=b"x", timeout=10).status_code == 200
    away = at(server, "alice/box/file/other/gone")
    assert requests.delete(away, headers=server.headers, timeout=10).status_code == 404


def presigned(server, repo, path):
    url = at(server, f"{repo}/file/presigned_url/main/{path}")
    answer = requests.get(url, headers=server.headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


def test_a_presigned_url_needs_no_key(server, data):
    url = presigned(server, "alice/box", "data.mp4")
    assert url.startswith(server.url)
    assert "oxen_signature=" in url
    assert requests.get(url, timeout=10).content == data
    missing = at(server, "alice/box/file/presigned_url/main/no-such.mp4")
    assert requests.get(missing, headers=server.headers, timeout=10).status_code == 404
    # A URL that is signed does not sign others.
    place, _, query = url.partition("?")
    longer = place.replace("/file/main/", "/file/presigned_url/main/")
    assert requests.get(f"{longer}?{query}", timeout=10).status_code == 401


# --- uploads -------------------------------------------------------------------------------------


def test_a_form_with_one_file_as_documented(server):
    answer = requests.put(
        at(server, "alice/box/file/main/deep/er/bird.png"),
        headers=server.headers,
        files={"file": ("whatever.png", b"\x89PNG", "image/png")},
        data={"message": "a bird", "name": "Alice", "email": "alice@example.com"},
        timeout=10,
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["commit"]["message"] == "a bird"
    assert body["commit"]["author"] == {"name": "Alice", "email": "alice@example.com"}
    assert body["commit"].keys() == {"id", "message", "author", "timestamp"}
    assert body["file"] == {
        "path": "deep/er/bird.png",
        "size": 4,
        "hash": hashlib.sha256(b"\x89PNG").hexdigest(),
    }
    assert get(server, "alice/box/file/main/deep/er/bird.png").content == b"\x89PNG"


def test_a_form_with_several_files_fills_a_folder(server):
    answer = requests.put(
        at(server, "alice/box/file/main/many"),
        headers=server.headers,
        files=[("file", ("a.mp4", b"a")), ("file", ("../../etc/b.mp4", b"b"))],
        timeout=10,
    )
    assert [one["path"] for one in answer.json()["files"]] == ["many/a.mp4", "many/b.mp4"]
    assert get(server, "alice/box/file/main/many/b.mp4").content == b"b"


@pytest.mark.parametrize(
    ("headers", "body", "sentence"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x", "The form cannot be read"),
        (
            {"Content-Type": "multipart/form-data; boundary=b"},
            b"nonsense",
            "The form cannot be read",
        ),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b--\r\n", "Field required: file"),
    ],
)
def test_a_form_that_cannot_be_read(server, headers, body, sentence):
    url = at(server, "alice/box/file/main/form.mp4")
    answer = requests.put(url, headers=server.headers | headers, data=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["detail"].startswith(sentence)
    assert get(server, "alice/box/file/main/form.mp4").status_code == 404


def test_an_upload_replaces_what_was_there(server):
    url = at(server, "alice/box/file/main/twice.mp4")
    for content in (b"the first, which is longer", b"second"):
        requests.put(url, headers=server.headers, data=content, timeout=10).raise_for_status()
    assert requests.get(url, headers=server.headers, timeout=10).content == b"second"


def test_an_upload_that_is_too_large(server):
    url = at(server, "alice/box/file/main/large.mp4")
    headers = server.headers | {"Content-Length": "400000000"}
    with requests.Session() as session:
        request = requests.Request("PUT", url, headers=server.headers, data=b"x").prepare()
        request.headers.update(headers)
        answer = session.send(request, timeout=10)
    assert answer.status_code == 413
    told = "The upload is larger than 300000000 bytes; this one has 400000000"
    assert answer.json()["error"]["detail"] == told


def test_an_upload_that_breaks_off_is_not_kept(server):
    def broken():
        yield b"x" * 100_000
        raise ConnectionAbortedError

    url = at(server, "alice/box/file/main/broken.mp4")
    with pytest.raises((ConnectionAbortedError, requests.ConnectionError)):
        requests.put(url, headers=server.headers, data=broken(), timeout=10)
    assert get(server, "alice/box/file/main/broken.mp4").status_code == 404


@pytest.mark.parametrize("name", ["page.html", "page.svg", "x.js", "noend", "a.mp4.html"])
def test_nothing_a_browser_would_run(server, name):
    url = at(server, f"alice/box/file/main/{name}")
    requests.put(url, headers=server.headers, data=b"<script>alert(1)</script>", timeout=10)
    headers = requests.get(url, headers=server.headers, timeout=10).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "name", ["snow night.mp4", 'a"b.mp4', "Vögel \N{BIRD}.mp4", "50%.mp4", "a;b=c.mp4", "q?.mp4"]
)
def test_odd_names(server, name):
    url = at(server, f"alice/box/file/main/{quote(name, safe='')}")
    assert requests.put(url, headers=server.headers, data=b"odd", timeout=10).status_code == 200
    answer = requests.get(url, headers=server.headers, timeout=10)
    assert answer.content == b"odd"
    disposition = answer.headers["content-disposition"]
    assert disposition == f"inline; filename*=UTF-8''{quote(name, safe='')}"


@pytest.mark.parametrize(
    "path",
    [
        "alice/box/file/main/../../../bob/x.mp4",
        "alice/box/file/main/%2e%2e/%2e%2e/%2e%2e/secret",
        "alice/box/file/main/..%2f..%2f..%2fsecret",
        "alice/box/file/main/a%00.mp4",
        "alice/box/file/main/a%0d%0ab.mp4",
        "alice/box/file/main/",
        "alice/%2e%2e/file/main/x",
        "alice/box/file/main/" + "a" * 5000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_no_path_leads_outside(server, method, path):
    prepared = requests.Request(
        method, server.url, headers=server.headers, data=b"x" if method == "PUT" else None
    ).prepare()
    prepared.url = at(server, path)  # as it is: requests would tidy it
    with requests.Session() as session:
        answer = session.send(prepared, timeout=10)
    assert answer.status_code in {400, 403, 404}
    assert answer.json()["status"] == "error"
    assert not (server.data_dir / "secret.mp4").exists()


def test_there_is_one_branch(server):
    for method in ("GET", "PUT"):
        url = at(server, "alice/box/file/other/data.mp4")
        answer = requests.request(method, url, headers=server.headers, timeout=10)
        assert (answer.status_code, answer.json()["error"]["detail"]) == (
            404,
            "There is one branch, main.",
        )


def test_an_upload_is_an_input(web, until_final):
    clip = (web.web / "birds-on-wire.mp4").read_bytes()
    url = at(web, "alice/clips/file/main/mine.mp4")
    requests.put(url, headers=web.headers, data=clip, timeout=10).raise_for_status()
    answer = requests.post(
        f"{web.url}/api/ai/queue", headers=web.headers, json=LOOK | {"input_video": url}, timeout=10
    )
    row = until_final(answer.json()["generations"][0]["generation_id"])
    assert row["status"] == "succeeded", row


def test_a_result_is_an_input(web, done, until_final):
    body = LOOK | {"prompt": "make it snow", "input_video": done["result_url"]}
    answer = requests.post(f"{web.url}/api/ai/queue", headers=web.headers, json=body, timeout=10)
    row = until_final(answer.json()["generations"][0]["generation_id"])
    assert row["status"] == "succeeded", row


def test_another_tenant_s_upload_is_no_input(web, bob, until_final):
    url = at(web, "alice/clips/file/main/mine.mp4")
    web.cutroom("credits", "add", "--namespace", "bob", "20")
    answer = requests.post(
        f"{web.url}/api/ai/videos/generate",
        headers=bob,
        json=LOOK | {"input_video": url},
        timeout=60,
    )
    assert answer.status_code in {400, 404}
    assert "input_video" in answer.json()["error"]["detail"]
