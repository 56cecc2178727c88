import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutroom.errors import InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings
from cutroom.storage import Storage, check_key, content_type


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
    assert storage.find("ada/results/x.mp4").bytes == 3_500_000
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


@pytest.mark.parametrize("size", [1000, 20_000_000])
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
    for call in (check_key, storage.open, storage.find, storage.exists, storage.delete):
        with pytest.raises(InvalidParams, match="Invalid path"):
            call(key)
    with pytest.raises(InvalidParams, match="Invalid path"):
        storage.put_stream(key, [b"x"])


def test_types_come_from_the_suffix_and_never_run() -> None:
    assert content_type("a/b.MP4") == "video/mp4"
    assert content_type("a/b.png") == "image/png"
    for name in ("a.html", "a.svg", "a.js", "a.xml", "a", "mp4"):
        assert content_type(name) == "application/octet-stream"


def test_what_a_killed_upload_left_is_removed_a_day_later(storage: Storage, tmp_path: Path) -> None:
    storage.put_stream("ada/box/a#b.mp4", [b"kept"])
    folder = tmp_path / "data" / "files" / "ada" / "box"
    old, new = folder / "up.mp4#1", folder / "up.mp4#2"
    for path in (old, new, folder / "a#b.mp4"):
        path.touch()
    aside = tmp_path / "data" / "files" / ".aside" / "0123456789abcdef"
    aside.parent.mkdir()
    aside.touch()
    for path in (old, aside, folder / "a#b.mp4"):
        os.utime(path, (1, 1))
    assert storage.tidy() == 2
    assert not aside.exists()
    assert (old.exists(), new.exists(), storage.find("ada/box/a#b.mp4").bytes) == (False, True, 4)
