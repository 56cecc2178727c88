import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutroom import urls
from cutroom.errors import InvalidParams


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://example.com/a.mp4", "https://example.com/a.mp4"),
        ("HTTPS://Example.COM", "https://example.com/"),
        ("http://example.com:80/a?b=c&d#frag", "http://example.com/a?b=c&d"),
        ("https://example.com:443?x", "https://example.com/?x"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com:80/a", "https://example.com:80/a"),
        ("https://example.com./a", "https://example.com./a"),
        ("https://bücher.example/straße/é.mp4?ü", "https://xn--bcher-kva.example/stra%C3%9Fe/%C3%A9.mp4?%C3%BC"),
        ("https://日本.example/a", "https://xn--wgv71a.example/a"),
        ("https://a_b.example/a%20b%2Fc", "https://a_b.example/a%20b%2Fc"),
        ("http://93.184.216.34/a", "http://93.184.216.34/a"),
        ("http://[2606:2800:220:1:248:1893:25c8:1946]:8080/a", "http://[2606:2800:220:1:248:1893:25c8:1946]:8080/a"),
        ("http://[::FFFF:1.2.3.4]/", "http://[::ffff:102:304]/"),
        ("http://localhost:9000/a", "http://localhost:9000/a"),
        ("https://example.com/a/../b", "https://example.com/a/../b"),
    ],
)  # fmt: skip
def test_well_formed(url: str, whole: str) -> None:
    address = urls.parse(url)
    # ::ffff:102:304 and ::ffff:1.2.3.4 are one address; Python versions differ in how they write it.
    assert str(address).replace("::ffff:1.2.3.4", "::ffff:102:304") == whole
    assert urls.parse(str(address)) == address
    urls.check(url)


@pytest.mark.parametrize(
    "url",
    ["", " ", "not a url", "example.com/a.mp4", "//example.com/a", "ftp://example.com/a", "file:///etc/passwd",
     "gopher://example.com", "javascript:alert(1)", "http://", "http:///a", "https:example.com", "http://[::1",
     "http://exa mple.com", "http://example.com/a b", " http://example.com", "http://example.com\n",
     "http://example.com/\x00", "http://example.com\\@evil.example", "http:\\\\example.com", "h\tttp://example.com",
     "http://user@example.com", "http://user:pw@example.com", "http://example.com:pw@evil.example",
     "http://example.com:99999", "http://example.com:-1", "http://example.com:x", "http://example.com:0",
     "http://example.com:22", "http://example.com:25/", "http://example.com:1023",
     "http://2130706433/", "http://0x7f000001/", "http://0x7f.1", "http://127.1", "http://0177.0.0.1", "http://017700000001", "http://127.0.0.01", "http://1.2.3.4.5", "http://1.2.3", "http://256.1.1.1", "http://0x",
     "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[127.0.0.1]/", "http://[::1]x/", "http://[]/",
     "http://-example.com", "http://example-.com", "http://exa..mple.com", "http://.example.com", "http://example.com..",
     "http://" + "a" * 64 + ".com", "http://" + "a." * 130 + "com", "http://exa%6dple.com", "http://*.example.com",
     "http://example.com/" + "a" * 9000, "data:", "data:image/png;base64", "data:nothing", "http://\u202eexample.com",
     "http://ex\ud800ample.com", "<input_video>"],
)  # fmt: skip
def test_malformed(url: str) -> None:
    with pytest.raises(InvalidParams, match="Invalid URL"):
        urls.check(url)


def test_an_absolute_name_that_is_an_address() -> None:
    assert urls.parse("http://127.0.0.1.").host == "127.0.0.1"


def test_digits_of_other_alphabets_become_what_they_look_like() -> None:
    assert urls.parse("http://①②⑦.⓪.⓪.①/").host == "127.0.0.1"
    assert urls.parse("http://127。0。0。1/").host == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    ["data:,x", "data:;base64,AAAA", "data:image/png;base64,iVBOR", "DATA:video/mp4,%00",
     "data:image/svg+xml;charset=utf-8;base64,AA", "data:image/png;base64," + "A" * 1_000_000],
)  # fmt: skip
def test_data_uris(url: str) -> None:
    urls.check(url)


@pytest.mark.parametrize("url", ["data:", "data:image/png", "data:,\N{BIRD}", "data:é,x"])
def test_data_uris_that_are_refused(url: str) -> None:
    with pytest.raises(InvalidParams, match="Invalid URL: a data: URI"):
        urls.check(url)


@pytest.mark.parametrize(
    ("location", "whole"),
    [
        ("/b", "https://example.com:8443/b"),
        ("b?c", "https://example.com:8443/x/b?c"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example", "http://other.example/"),
        ("?q", "https://example.com:8443/x/a?q"),
    ],
)
def test_redirects_join(location: str, whole: str) -> None:
    assert str(urls.parse("https://example.com:8443/x/a").join(location)) == whole


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://u@h/", "http://h:22/", "javascript:1", "/a b"]
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    with pytest.raises(InvalidParams, match="Invalid URL"):
        urls.parse("https://example.com/x/a").join(location)


def test_own_files() -> None:
    origins = ["https://cut.example", "http://127.0.0.1:8080"]
    found = urls.own_file(
        "https://CUT.example:443/api/repos/ada/r/file/main/a%20b/c.mp4?x=1", origins
    )
    assert found == urls.OwnFile("ada/r/a b/c.mp4", "/api/repos/ada/r/file/main/a b/c.mp4", "x=1")
    behind_a_proxy = urls.own_file(
        "https://cut.example/tools/cut/api/repos/ada/r/file/main/a/api/repos/x/y/file/main/z",
        origins,
    )
    assert behind_a_proxy is not None
    assert behind_a_proxy.key == "ada/r/a/api/repos/x/y/file/main/z"
    assert behind_a_proxy.path == f"/api/repos/ada/r/file/main/{behind_a_proxy.key[6:]}"
    for url in (
        "http://cut.example/api/repos/ada/r/file/main/c.mp4",
        "https://cut.example/not-api/repos/ada/r/file/main/c.mp4",
        "http://127.0.0.1:8081/api/repos/ada/r/file/main/c.mp4",
        "https://cut.example/api/repos/ada/r/file/main/",
        "https://cut.example/api/repos/ada/r/other/main/c",
        "https://cut.example.evil/api/repos/ada/r/file/main/c",
        "data:,x",
        "nonsense",
    ):
        assert urls.own_file(url, origins) is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://box.lan:8080/", "http://box.lan:8080"),
        ("HTTPS://Box.lan:443", "https://box.lan"),
        ("http://[::1]:9000/x?y", "http://[::1]:9000"),
        ("http://a b/", ""),
        ("http://u@box/", ""),
        ("", ""),
        ("http://" + "a." * 200 + "lan", ""),
    ],
)
def test_origins(url: str, kept: str) -> None:
    assert urls.origin(url) == kept


def test_long_data_uris_are_cut() -> None:
    uri = "data:image/png;base64," + "A" * 1000
    cut = "data:image/png;base64,... (1022 characters)"
    assert urls.shortened({"a": [uri, {"b": uri}], "c": "data:,x", "d": 1}) == {
        "a": [cut, {"b": cut}],
        "c": "data:,x",
        "d": 1,
    }
    assert urls.shortened("x" * 1000) == "x" * 1000
    assert urls.shortened(f"{uri}#t=3,12") == "data:image/png;base64,... (1029 characters)#t=3,12"
    assert urls.is_shortened(f"{cut}#t=3,12")


@given(
    st.text(max_size=60)
    | st.text(alphabet="htps:/[]@.%0x1#?\\é。 \n-", max_size=40).map(lambda t: "http://" + t)
)
def test_whatever_comes_is_taken_apart_or_refused(text: str) -> None:
    try:
        address = urls.parse(text)
    except InvalidParams:
        return
    assert urls.parse(str(address)) == address
    assert str(address).isascii()
    assert not set(address.host) & set("/@?#\\ []%")
