import os
from pathlib import Path

import pytest

from cutroom.errors import InvalidMedia
from cutroom.intake.fetch_map import FetchMap


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mapped folder beside a secret, with links in and out."""
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "media"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.mp4").write_text("a")
    (folder / "sub" / "b c.mp4").write_text("b")
    (folder / "é.mp4").write_text("é")
    (folder / "inside").symlink_to("a.mp4")
    (folder / "outside").symlink_to("../secret")
    (folder / "up").symlink_to("..")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    return folder


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("https://media.example/a.mp4", "a"),
        ("HTTPS://MEDIA.example:443/a.mp4?token=1#t", "a"),
        ("https://media.example/sub/b%20c.mp4", "b"),
        ("https://media.example/%73ub/b%20c.mp4", "b"),
        ("https://media.example/é.mp4", "é"),
        ("https://media.example/%C3%A9.mp4", "é"),
        ("https://media.example/sub/../a.mp4", "a"),
        ("https://media.example//a.mp4", "a"),
        ("https://media.example/inside", "a"),
    ],
)
def test_found(folder: Path, url: str, content: str) -> None:
    found = FetchMap({"https://media.example/": folder}).find(url)
    assert found is not None
    assert found.read_text() == content


@pytest.mark.parametrize(
    "path",
    ["/", "/missing", "/sub", "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/sub/../../secret", "/sub/%2e%2e%2f%2e%2e%2fsecret",
     "/outside", "/up/secret", "/loop", "/pipe", "/a.mp4%00", "//etc/passwd", "/%2Fetc/passwd", "/a.mp4/../../secret", "/%252e%252e/secret"],
)  # fmt: skip
def test_nothing_outside_the_folder(folder: Path, path: str) -> None:
    with pytest.raises(
        InvalidMedia, match=r"404 Client Error: Not Found for url: https://media\.example"
    ):
        FetchMap({"https://media.example/": folder}).find(f"https://media.example{path}")


@pytest.mark.parametrize(
    "url",
    ["http://media.example/a.mp4", "https://media.example.evil/a.mp4", "https://media.example:8443/a.mp4",
     "https://other.example/https://media.example/a.mp4", "https://xmedia.example/a.mp4"],
)  # fmt: skip
def test_other_urls_are_not_mapped(folder: Path, url: str) -> None:
    for prefix in ("https://media.example", "https://media.example/"):
        assert FetchMap({prefix: folder}).find(url) is None


def test_a_prefix_ends_at_a_slash(folder: Path) -> None:
    mapped = FetchMap({"https://media.example/pub": folder})
    assert mapped.find("https://media.example/pub/a.mp4") == folder / "a.mp4"
    assert mapped.find("https://media.example/public/a.mp4") is None


def test_the_longest_prefix_counts(folder: Path, tmp_path: Path) -> None:
    mapped = FetchMap(
        {"https://media.example/": tmp_path / "empty", "https://media.example/x": folder}
    )
    assert mapped.find("https://media.example/x/a.mp4") == folder / "a.mp4"
    with pytest.raises(InvalidMedia, match="404"):
        mapped.find("https://media.example/a.mp4")


def test_a_mapped_file(folder: Path) -> None:
    with pytest.raises(InvalidMedia, match="404"):
        FetchMap({"https://media.example/a.mp4": folder / "a.mp4"}).find(
            "https://media.example/a.mp4/x"
        )
