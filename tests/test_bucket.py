"""The storage over a real S3 server: the same promises as a folder's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import httpx
import pytest
from httpx import Client

from cutroom.cli.local_server import free_port, local_server
from cutroom.errors import InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings
from cutroom.storage import Replaced, Storage
from cutroom.storage.policy import ID, worker_policy
from cutroom.storage.storage import PIECE
from cutroom.types import Generation, Status
from servers import Bucket

EDIT = "kling-video-o3-pro-video-to-video-edit"


@pytest.fixture
def settings(bucket: Bucket, tmp_path: Path) -> Settings:
    options = {
        "endpoint": bucket.endpoint,
        "access_key_id": "testing",
        "secret_access_key": "S3CRET",
    }
    return Settings(data_dir=tmp_path, storage_url=f"{bucket.url}/pre/fix", storage_options=options)


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage(settings)


def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(storage.open(key, start, end))


def test_files_come_back_in_pieces_and_lie_under_the_prefix(storage: Storage) -> None:
    content = os.urandom(2 * PIECE + 1000)
    key = "ada/my clips/snow ✓ 100% #1 é?.mp4"
    assert storage.put_stream(key, iter([content[:9], content[9:]])) == len(content)
    assert read(storage, key) == content
    assert read(storage, key, PIECE - 5, PIECE + 5) == content[PIECE - 5 : PIECE + 5]
    assert max(map(len, storage.open(key))) <= PIECE
    assert storage.contents("ada") == (["my clips"], [])
    (found,) = storage.contents("ada/my clips")[1]
    assert found == storage.find(key)
    assert found.tag
    assert storage.holds("ada")
    assert not storage.holds("ad")
    assert storage.delete(key)
    assert not storage.delete(key)
    with pytest.raises(NotFound):
        storage.open(key)


def test_of_many_writers_of_a_large_result_one_wins_and_is_never_overwritten(
    storage: Storage, tmp_path: Path
) -> None:
    files = []
    for number in range(4):
        path = tmp_path / f"{number}"
        path.write_bytes(bytes([number]) * 20_000_000)  # more than one part of an upload
        files.append(path)
    key = "ada/playground/id/1.mp4"
    with ThreadPoolExecutor(4) as pool:
        wrote = list(pool.map(lambda path: storage.put_file(key, path, create=True), files))
    assert sorted(wrote) == [False, False, False, True]
    winner = files[wrote.index(True)]
    assert storage.keeps(key, winner)
    assert not storage.keeps(key, files[wrote.index(False)])
    # A worker that was frozen wakes up, hours later.
    assert not storage.put_file(key, files[wrote.index(False)], create=True)
    assert read(storage, key, 0, 1) == winner.read_bytes()[:1]


def test_a_file_that_is_replaced_while_it_is_read_is_not_mixed(storage: Storage) -> None:
    storage.put_stream("a/b.mp4", [b"1" * (PIECE + 1)])
    pieces = storage.open("a/b.mp4")
    next(pieces)
    before = storage.find("a/b.mp4")
    storage.put_stream("a/b.mp4", [b"2" * (PIECE + 1)])
    with pytest.raises(Replaced):
        next(pieces)
    with pytest.raises(Replaced):
        storage.read(before)


def test_the_store_s_own_urls_open_one_file_and_run_nothing(storage: Storage) -> None:
    for key, kind, shown in (
        ("ada/box/page.html", "application/octet-stream", "attachment"),
        ("ada/box/ü 1.mp4", "video/mp4", "inline"),
    ):
        storage.put_stream(key, [b"<script>alert(1)</script>"])
        url = storage.sign(key, 60)
        assert storage.key_of(url) == storage.key_of(url.partition("?")[0]) == key
        answer = httpx.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"].startswith(f"{shown}; filename*=UTF-8''")
    assert storage.key_of("https://example.com/ada/box/page.html") is None
    with pytest.raises(InvalidParams, match="no URLs of its own"):
        Storage(Settings(data_dir=Path("/tmp"), storage_url="memory:///")).sign("a", 60)


def test_a_stream_that_breaks_leaves_nothing(storage: Storage) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(12):
            yield b"x" * 1_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.put_stream("a/b", chunks())
    assert not storage.exists("a/b")


def test_a_copy_outlives_what_it_was_made_of(storage: Storage) -> None:
    storage.put_stream("a/b.mp4", [b"first"])
    storage.copy(storage.find("a/b.mp4"), ".inputs/id/0")
    storage.put_stream("a/b.mp4", [b"second"])
    storage.delete("a/b.mp4")
    assert read(storage, ".inputs/id/0") == b"first"
    storage.put_stream(".inputs/id/1", [b"x"])
    assert storage.delete_all(".inputs/id") == 2
    assert storage.delete_all(".inputs/id") == 0


def test_keys_are_told_to_nobody(settings: Settings) -> None:
    assert "S3CRET" not in repr(settings)
    assert settings.secrets() == ("testing", "S3CRET")
    told = settings.environment()["CUTROOM_STORAGE_OPTIONS"]
    assert '"secret_access_key": "S3CRET"' in told
    wrong = {**settings.storage_options, "no_such_option": settings.storage_options["endpoint"]}
    with pytest.raises(InvalidParams, match="no_such_option") as caught:
        Storage(settings.model_copy(update={"storage_options": wrong}))
    assert "S3CRET" not in str(caught.value)


def test_a_store_that_is_away_is_an_error_of_ours(settings: Settings) -> None:
    options = {**settings.storage_options, "endpoint": "http://127.0.0.1:9"}
    away = Storage(
        Settings(data_dir=settings.data_dir, storage_url="s3://box", storage_options=options)
    )
    for call in (away.find, lambda key: away.put_stream(key, [b"x"])):
        with pytest.raises(Unreachable):
            call("a/b")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """The address of an S3 server of this test's own, which will ask who may do what."""
    pytest.importorskip("moto.server")
    port = free_port()
    with (tmp_path / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
        )
    transport = httpx.HTTPTransport(retries=8)
    try:
        httpx.Client(transport=transport, timeout=30).get(f"http://127.0.0.1:{port}/moto-api/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def test_a_worker_s_credential_reads_inputs_and_creates_results_and_nothing_else(
    guarded: str, tmp_path: Path
) -> None:
    boto3 = pytest.importorskip("boto3")
    trusted = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    iam = boto3.client("iam", endpoint_url=guarded, **trusted)
    boto3.client("s3", endpoint_url=guarded, **trusted).create_bucket(Bucket="box")
    # What moto does not know of: conditions, and `?` for one letter.
    policy = json.dumps(worker_policy("s3://box/pre")).replace(ID, "*-*-*-*-*")
    statements = json.loads(policy)["Statement"]
    for one in statements:
        one.pop("Condition", None)
    iam.create_user(UserName="worker")
    iam.put_user_policy(
        UserName="worker",
        PolicyName="worker",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    key = iam.create_access_key(UserName="worker")["AccessKey"]

    def storage(name: str, secret: str) -> Storage:
        options = {"endpoint": guarded, "access_key_id": name, "secret_access_key": secret}
        return Storage(
            Settings(data_dir=tmp_path, storage_url="s3://box/pre", storage_options=options)
        )

    server = storage("k", "s")
    server.put_stream("ada/box/upload.mp4", [b"private"])
    server.put_stream(".inputs/id/0-x", [b"an input"])
    httpx.post(f"{guarded}/moto-api/reset-auth", content=b"0").raise_for_status()

    worker = storage(key["AccessKeyId"], key["SecretAccessKey"])
    video = tmp_path / "out.mp4"
    video.write_bytes(b"video" * 2_000_000)
    assert read(worker, ".inputs/id/0-x") == b"an input"
    asked = Generation(str(uuid4()), "ada", "ada", "m", {}, Status.PROCESSING, 0.0, 0, folder="a/b")
    assert worker.put_file(asked.key(1), video, create=True)
    assert not worker.put_file(asked.key(1), video, create=True)
    assert worker.put_file(f".parts/{asked.id}/0/1.mp4", video)
    for refused in (
        lambda: read(worker, "ada/box/upload.mp4"),
        lambda: read(worker, asked.key(1)),
        lambda: worker.contents("ada"),
        lambda: worker.put_file("ada/box/upload.mp4", video, create=True),
        lambda: worker.put_stream(".inputs/id/0-x", [b"another"]),
        lambda: worker.delete(asked.key(1)),
    ):
        with pytest.raises(Unreachable):
            refused()


def test_the_policy_names_what_it_allows() -> None:
    told = worker_policy("s3://box/pre/")
    create = told["Statement"][2]
    assert create["Resource"] == (
        "arn:aws:s3:::box/pre/*/????????-????-????-????-????????????/*.mp4"
    )
    assert create["Condition"] == {"Null": {"s3:if-none-match": "false"}}
    with pytest.raises(InvalidParams):
        worker_policy("file:///srv/files")


@pytest.fixture
def server(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client of alice's at a server that keeps its files in a bucket, and hands out the bucket's URLs."""
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "contract"))
    settings = {
        "storage_url": bucket.url,
        "sign_by": "store",
        "engine": "quick_engine:Quick",
        "relax_limits": "true",
        "poll_interval": "0.1",
    }
    with local_server(tmp_path, **settings) as up:
        key = up.cutroom("keys", "create", "--namespace", "alice")
        up.cutroom("credits", "add", "--namespace", "alice", "100")
        with Client(base_url=up.url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as one:
            yield one
    log = (tmp_path / "serve.log").read_text()
    assert "X-Amz-Signature=" not in log.replace("X-Amz-Signature=[removed]", "")


def test_the_whole_service_over_a_bucket(server: Client, birds_clip: Path) -> None:
    place = "/api/repos/alice/box/file/main/in/birds.mp4"
    assert server.put(place, content=birds_clip.read_bytes()).status_code == 200
    assert server.put(place, files={"file": birds_clip.read_bytes()}).status_code == 200
    presigned = server.get(place.replace("/file/", "/file/presigned_url/")).json()["url"]
    assert "X-Amz-Signature" in presigned
    for given in (f"{str(server.base_url).rstrip(chr(47))}{place}", presigned):  # by either name
        body = {"model": EDIT, "prompt": "make it snow", "input_video": given}
        row = server.post("/api/ai/videos/generate", json=body)
        assert row.status_code == 200, row.text
        url = row.json()["videos"][0]["url"]
        fetched = httpx.get(url)  # without our key, from the bucket itself
        assert fetched.headers["content-type"] == "video/mp4"
        assert fetched.headers["content-disposition"].startswith("inline")
        assert fetched.content[4:8] == b"ftyp"
    key = unquote(urlsplit(url).path.partition("/alice/playground/")[2])
    result = f"/api/repos/alice/playground/file/main/{key}"
    whole = server.get(result)
    assert whole.content == fetched.content
    head = server.head(result)
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
    part = server.get(result, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert server.get(result, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert server.get(result, params={"thumbnail": "true"}).content[:2] == b"\xff\xd8"
    # A page of ours shows thumbnails and ranges, and may load nothing from a bucket.
    row = server.get(
        f"/api/ai/queue/{key.partition('/')[0]}", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert "oxen_signature=" in row.json()["result_url"]
    listed = server.get("/api/repos/alice/box/dir/main/in").json()
    assert "birds.mp4" in str(listed)
    assert server.delete(place).status_code == 200
    assert server.get(place).status_code == 404
