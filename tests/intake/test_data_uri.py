import base64
import os

import pytest

from cutroom.errors import InvalidMedia
from cutroom.intake.data_uri import decode


@pytest.mark.parametrize(
    ("uri", "content"),
    [
        ("data:,hello%20there", b"hello there"),
        ("data:text/plain;charset=utf-8,%C3%A9é", "éé".encode()),
        ("data:;base64,aGVsbG8=", b"hello"),
        ("data:image/png;base64,aGVsbG8", b"hello"),
        ("DATA:image/png;BASE64,aGVs\nbG8=", b"hello"),
        ("data:x/y;a=b;base64,%61GVsbG8%3D", b"hello"),
        ("data:;base64,-_-_", b"\xfb\xff\xbf"),
        ("data:;base64,", b""),
        ("data:,", b""),
        ("data:,base64,aGVsbG8=", b"base64,aGVsbG8="),
    ],
)
def test_decoded(uri: str, content: bytes) -> None:
    assert decode(uri) == content


def test_megabytes() -> None:
    content = os.urandom(3_000_001)
    assert decode("data:video/mp4;base64," + base64.b64encode(content).decode()) == content


@pytest.mark.parametrize(
    "uri",
    [
        "data:",
        "data:;base64",
        "data:;base64,a",
        "data:;base64,aGVs!G8=",
        "data:;base64,a=b=",
        "data:;base64,é",
    ],
)
def test_refused(uri: str) -> None:
    with pytest.raises(InvalidMedia, match="data: URI"):
        decode(uri)
