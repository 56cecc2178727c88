import multiprocessing
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from cutroom.errors import Forbidden, InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings
from cutroom.storage import SMALL, Storage, check_key, content_type, made_once

PATH = "/api/repos/ada/generations/file/main/a b/é.mp4"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage(settings)


def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(storage.open(key, start, end))


def test_a_file_comes_back_as_it_was(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "x.mp4"
    source.write_bytes(os.urandom(3_500_000))
    assert storage.put_file("ada/results/x.mp4", source)
    assert storage.size("ada/results/x.mp4") == 3_500_000
    assert read(storage, "ada/results/x.mp4") == source.read_bytes()
    chunks = [len(chunk) for chunk in storage.open("ada/results/x.mp4")]
    assert len(chunks) > 1
    assert max(chunks) < 3_000_000


@pytest.mark.parametrize(
    ("start", "end", "want"),
    [
        (0, None, b"0123456789"),
        (0, 1, b"0"),
        (3, 7, b"3456"),
        (9, 99, b"9"),
        (10, None, b""),
        (4, 4, b""),
    ],
)
def test_ranges(storage: Storage, start: int, end: int | None, want: bytes) -> None:
    storage.put_stream("a/b", [b"01234", b"", b"56789"])
    assert read(storage, "a/b", start, end) == want


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (5, 3), (11, None)])
def test_ranges_outside_the_file_are_refused(storage: Storage, start: int, end: int | None) -> None:
    storage.put_stream("a/b", [b"0123456789"])
    with pytest.raises(InvalidParams):
        storage.open("a/b", start, end)


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    assert storage.put_stream("a/empty", []) == 0
    assert storage.exists("a/empty")
    assert read(storage, "a/empty") == b""


def test_odd_but_honest_names(storage: Storage) -> None:
    key = "ada/my clips/snow ✓ 100% #1 é?.mp4"
    storage.put_stream(key, [b"x"])
    assert read(storage, key) == b"x"


def test_what_is_missing_is_not_found(storage: Storage) -> None:
    storage.put_stream("a/b.mp4", [b"x"])
    for key in ("a/c", "a", "a/b.mp4/c"):
        with pytest.raises(NotFound):
            storage.open(key)
        assert not storage.exists(key)
        storage.delete(key)
    assert storage.exists("a/b.mp4")
    storage.delete("a/b.mp4")
    assert not storage.exists("a/b.mp4")


def test_a_name_cannot_be_file_and_folder(storage: Storage) -> None:
    storage.put_stream("a/b", [b"x"])
    with pytest.raises(InvalidParams, match="a folder and a file"):
        storage.put_stream("a/b/c", [b"y"])
    with pytest.raises(InvalidParams, match="a folder and a file"):
        storage.put_stream("a", [b"y"])
    assert read(storage, "a/b") == b"x"


@pytest.mark.parametrize("size", [1000, SMALL + 1])
def test_create_leaves_what_is_there(storage: Storage, tmp_path: Path, size: int) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(b"1" * size)
    second.write_bytes(b"2" * size)
    assert storage.put_file("a/out.mp4", first, create=True)
    assert not storage.put_file("a/out.mp4", second, create=True)
    assert read(storage, "a/out.mp4", 0, 3) == b"111"
    assert storage.put_file("a/out.mp4", second)
    assert read(storage, "a/out.mp4", 0, 3) == b"222"
    assert [p.name for p in (tmp_path / "data/files/a").iterdir()] == ["out.mp4"]


def test_a_stream_that_breaks_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.put_stream("a/b", chunks())
    assert not storage.exists("a/b")
    assert not [p for p in (tmp_path / "data/files").rglob("*") if p.is_file()]


def test_a_bucket_is_only_another_url(tmp_path: Path) -> None:
    storage = Storage(Settings(data_dir=tmp_path, storage_url="memory:///"))
    storage.put_stream("a/b.mp4", [b"bytes"])
    assert read(storage, "a/b.mp4", 1, 4) == b"yte"
    assert not storage.exists("a/c.mp4")
    assert storage.put_stream("a/b.mp4", [b"more"]) == 4


def test_a_storage_that_takes_nothing(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "data/files").rmdir()
    (tmp_path / "data/files").write_text("not a folder")
    with pytest.raises(Unreachable, match="cannot be written"):
        storage.put_stream("a", [b"x"])


@pytest.mark.parametrize(
    "key",
    ["", "/", "/etc/passwd", "a//b", "a/", "..", "../a", "a/../b", "a/./b", "a\\..\\b", "a\x00b", "a\nb",
     "a\u202eb", "a\ud800b", "a/b#1", "a#12/b", "x" * 201, "é" * 101, "/".join(["x" * 100] * 10)],
)  # fmt: skip
def test_keys_that_mean_another_place(storage: Storage, key: str) -> None:
    for call in (check_key, storage.open, storage.size, storage.exists, storage.delete):
        with pytest.raises(InvalidParams, match="Invalid path"):
            call(key)
    with pytest.raises(InvalidParams, match="Invalid path"):
        storage.put_stream(key, [b"x"])


def test_types_come_from_the_suffix_and_never_run() -> None:
    assert content_type("a/b.MP4") == "video/mp4"
    assert content_type("a/b.png") == "image/png"
    for name in ("a.html", "a.svg", "a.js", "a.xml", "a", "mp4"):
        assert content_type(name) == "application/octet-stream"


# --- signed URLs ------------------------------------------------------------------------------


def test_a_signature_opens_its_path_and_no_other(storage: Storage) -> None:
    query = storage.sign(PATH)
    assert set(parse_qs(query)) == {"expires", "oxen_signature"}
    storage.verify(PATH, "GET", query)
    storage.verify(PATH, "HEAD", query)
    storage.verify(PATH, "get", query + "&download=1")
    storage.verify(PATH, "GET", {name: values[0] for name, values in parse_qs(query).items()})
    for path, method in (
        (PATH + "x", "GET"),
        (PATH, "PUT"),
        (PATH, "DELETE"),
        (PATH.upper(), "GET"),
    ):
        with pytest.raises(Forbidden, match="does not match"):
            storage.verify(path, method, query)


def test_a_signature_expires_and_says_so(storage: Storage) -> None:
    query = storage.sign(PATH, now=1000, ttl=60)
    storage.verify(PATH, "GET", query, now=1060)
    with pytest.raises(Forbidden, match="has expired"):
        storage.verify(PATH, "GET", query, now=1061)
    later = query.replace("expires=1060", "expires=9060")
    with pytest.raises(Forbidden, match="does not match"):
        storage.verify(PATH, "GET", later, now=1061)


def test_the_default_lifetime_is_the_setting(storage: Storage, settings: Settings) -> None:
    [expires] = parse_qs(storage.sign(PATH, now=5000))["expires"]
    assert int(expires) == 5000 + settings.url_ttl


@pytest.mark.parametrize(
    "query",
    ["", "expires=9999999999", "oxen_signature=x", "expires=-1&oxen_signature=x", "expires=1e9&oxen_signature=x",
     "expires=٣&oxen_signature=x", "expires=1&expires=2&oxen_signature=x", "expires=9999999999&oxen_signature=%ff",
     "expires=9999999999&oxen_signature=a&oxen_signature=b", "&".join(["expires=1"] * 99), "expires=" + "9" * 5000],
)  # fmt: skip
def test_broken_signatures_are_forbidden(storage: Storage, query: str) -> None:
    with pytest.raises(Forbidden):
        storage.verify(PATH, "GET", query)


def test_a_tampered_letter_is_noticed(storage: Storage) -> None:
    query = storage.sign(PATH)
    head, tail = query[:-5], query[-5:]
    with pytest.raises(Forbidden):
        storage.verify(PATH, "GET", head + ("A" if tail[0] != "A" else "B") + tail[1:])


def test_installations_do_not_open_each_other(tmp_path: Path) -> None:
    one, two = (Storage(Settings(data_dir=tmp_path / name)) for name in "ab")
    with pytest.raises(Forbidden):
        two.verify(PATH, "GET", one.sign(PATH))


def test_processes_of_one_installation_agree(tmp_path: Path) -> None:
    same = [Storage(Settings(data_dir=tmp_path)) for _ in range(2)]
    same[1].verify(PATH, "GET", same[0].sign(PATH))
    given = [Storage(Settings(data_dir=tmp_path / n, signing_secret=SecretStr("s"))) for n in "ab"]
    given[1].verify(PATH, "GET", given[0].sign(PATH))


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        made = pool.map(made_once, [path] * 24)
    assert len(set(made)) == 1
    assert len(made[0]) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


def test_what_a_killed_upload_left_is_removed_a_day_later(storage: Storage, tmp_path: Path) -> None:
    storage.put_stream("ada/box/a#b.mp4", [b"kept"])
    folder = tmp_path / "data" / "files" / "ada" / "box"
    old, new = folder / "up.mp4#1", folder / "up.mp4#2"
    for path in (old, new, folder / "a#b.mp4"):
        path.touch()
    for path in (old, folder / "a#b.mp4"):
        os.utime(path, (1, 1))
    assert storage.tidy() == 1
    assert (old.exists(), new.exists(), storage.size("ada/box/a#b.mp4")) == (False, True, 4)
