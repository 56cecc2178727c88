"""The fetcher against real servers on this machine; `allow` lets it reach them, and only there."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from cutroom.errors import Cancelled, InvalidMedia, InvalidParams
from cutroom.intake import dial
from cutroom.intake.addresses import IP, public
from cutroom.intake.fetch import Fetcher
from cutroom.settings import Settings

LOOPBACK = ip_address("127.0.0.1")
Answer = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers each connection by a function of the socket and the request's head, if it reads one."""

    def __init__(self, answer: Answer, *, head: bool) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._head = head
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            try:
                while self._head and b"\r\n\r\n" not in head:
                    if not (part := connection.recv(65536)):
                        break
                    head += part
                self.requests.append(head)
                self._answer(connection, head)
            except OSError:
                return  # the other side hung up, as some tests want it to

    def url(self, path: str = "/a.mp4", host: str = "media.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        # `close` alone leaves a thread in `accept` holding the port open.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def serving(answer: Answer, *, head: bool = True) -> Iterator[Server]:
    """A server; without `head`, `answer` reads the request itself."""
    server = Server(answer, head=head)
    try:
        yield server
    finally:
        server.close()


def sends(*parts: bytes) -> Answer:
    return lambda connection, _: connection.sendall(b"".join(parts))


def body(content: bytes, *headers: bytes) -> bytes:
    head = b"".join(header + b"\r\n" for header in headers)
    return OK + head + b"Content-Length: %d\r\n\r\n" % len(content) + content


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def nobody_cancels() -> None:
    return


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(Settings(), resolve=here, allow=lambda ip: ip == LOOPBACK)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def fetch(fetcher: Fetcher, url: str, out: Path, most: int = 1_000_000) -> bytes:
    count = fetcher.fetch(url, out, most, nobody_cancels)
    content = out.read_bytes()
    assert count == len(content)
    return content


def refuses(fetcher: Fetcher, url: str, out: Path, sentence: str, most: int = 1_000_000) -> None:
    with pytest.raises(InvalidMedia, match=sentence):
        fetcher.fetch(url, out, most, nobody_cancels)
    assert not out.exists()


# --- what works -------------------------------------------------------------------------------


def test_a_file_arrives(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(body(b"film" * 10_000))) as server:
        assert (
            fetch(fetcher, server.url("/a b.mp4".replace(" ", "%20") + "?x=1"), out)
            == b"film" * 10_000
        )
        [request] = server.requests
    head = request.decode().split("\r\n")
    assert head[0] == "GET /a%20b.mp4?x=1 HTTP/1.1"
    assert f"Host: media.example:{server.port}" in head
    assert "Accept-Encoding: identity" in head
    assert "Connection: close" in head
    assert "uthorization" not in request.decode()


def test_chunked(fetcher: Fetcher, out: Path) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (b"one", b"twotwo", b"three"))
    with serving(sends(OK, b"Transfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n")) as server:
        assert fetch(fetcher, server.url(), out) == b"onetwotwothree"


def test_until_the_connection_closes(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(OK, b"\r\n", b"old server")) as server:
        assert fetch(fetcher, server.url(), out) == b"old server"


def test_the_environment_names_no_proxy(
    fetcher: Fetcher, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(sends(body(b"proxied"))) as proxy, serving(sends(body(b"direct"))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert fetch(fetcher, server.url(), out) == b"direct"
        assert proxy.requests == []


# --- which address is dialled -----------------------------------------------------------------


def test_the_checked_address_is_the_one_dialled(out: Path) -> None:
    """Rebinding: the name answers with a good address first and with a bad one ever after."""
    asked: list[str] = []
    dialled: list[IP] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    def allow(ip: IP) -> bool:
        dialled.append(ip)
        return ip == LOOPBACK

    with serving(sends(body(b"x"))) as server:
        fetcher = Fetcher(Settings(), resolve=rebinding, allow=allow)
        assert fetch(fetcher, server.url(), out) == b"x"
        assert asked == ["media.example"]
        assert dialled == [LOOPBACK]
        out.unlink()
        refuses(fetcher, server.url(), out, "host is unknown or its address is not public")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answers",
    [["93.184.216.34", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1%eth0"],
     ["2606:4700::1111", "10.0.0.1"], ["not an address"], []],
)  # fmt: skip
def test_every_address_must_be_public(answers: list[str], out: Path) -> None:
    with serving(sends(body(b"secret"))) as server:
        fetcher = Fetcher(Settings(), resolve=lambda host, port: answers)
        refuses(fetcher, server.url(), out, "host is unknown or its address is not public")
        assert server.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "①②⑦.⓪.⓪.①",
        "[::]",
    ],
)
def test_this_machine_by_any_name(host: str, out: Path) -> None:
    with serving(sends(body(b"secret"))) as server:
        refuses(
            Fetcher(Settings()),
            server.url(host=host),
            out,
            "host is unknown or its address is not public",
        )
        assert server.requests == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_numbers_in_disguise(host: str, out: Path) -> None:
    with serving(sends(body(b"secret"))) as server:
        with pytest.raises(InvalidParams, match="Invalid URL"):
            Fetcher(Settings()).fetch(server.url(host=host), out, 1000, nobody_cancels)
        assert server.requests == []


def test_unknown_and_private_names_read_alike(out: Path) -> None:
    """Otherwise the difference tells which names an internal resolver knows."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    messages = set()
    for resolve in (unknown, lambda host, port: ["10.1.2.3"], lambda host, port: ["fd00::1"]):
        with pytest.raises(InvalidMedia) as raised:
            Fetcher(Settings(), resolve=resolve).fetch(
                "https://db.corp.example/", out, 1000, nobody_cancels
            )
        messages.add(raised.value.message)
    assert len(messages) == 1


def test_closed_and_mute_ports_read_alike(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "IDLE", 0.2)
    monkeypatch.setattr(dial, "SLICE", 0.1)
    fetcher = Fetcher(Settings(), resolve=here, allow=lambda ip: True)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refuses(
        fetcher,
        f"http://a.example:{port}/",
        out,
        r"could not be fetched: the server did not answer\.$",
    )
    with serving(lambda connection, _: time.sleep(3)) as mute:
        refuses(fetcher, mute.url(), out, r"could not be fetched: the server did not answer\.$")


def test_the_second_address_is_tried_when_the_first_is_dead(out: Path) -> None:
    with serving(sends(body(b"x"))) as server:
        # Nothing listens on the port of 127.0.0.2: the server has bound 127.0.0.1 alone.
        fetcher = Fetcher(
            Settings(), resolve=lambda h, p: ["127.0.0.2", "127.0.0.1"], allow=lambda ip: True
        )
        assert fetch(fetcher, server.url(), out) == b"x"


# --- redirects --------------------------------------------------------------------------------


def redirect(location: bytes, status: bytes = b"302 Found") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("status", [b"301 M", b"302 F", b"303 S", b"307 T", b"308 P"])
def test_redirects_are_followed(fetcher: Fetcher, out: Path, status: bytes) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        first = head.startswith(b"GET /a.mp4 ")
        connection.sendall(redirect(b"../b.mp4?k=v", status) if first else body(b"moved"))

    with serving(answer) as server:
        assert fetch(fetcher, server.url(), out) == b"moved"
        assert server.requests[1].startswith(b"GET /b.mp4?k=v ")


def test_a_redirect_to_a_private_address(out: Path) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return {"media.example": ["127.0.0.1"], "inside.example": ["127.0.0.3"]}[host]

    fetcher = Fetcher(Settings(), resolve=resolve, allow=lambda ip: ip == LOOPBACK)
    with serving(sends(redirect(b"http://inside.example:8080/secret"))) as server:
        refuses(fetcher, server.url(), out, "host is unknown or its address is not public")
    with serving(sends(redirect(b"http://127.0.0.1:6379/"))) as server:
        literal = Fetcher(
            Settings(),
            resolve=lambda h, p: ["127.0.0.1"] if h == "media.example" else ["169.254.169.254"],
            allow=lambda ip: ip == LOOPBACK,
        )
        refuses(literal, server.url(), out, "host is unknown or its address is not public")


@pytest.mark.parametrize(
    "location",
    [b"file:///etc/passwd", b"gopher://x/", b"http://u:p@h.example/", b"http://h.example:22/", b"data:,x", b"http://[::1",
     b"http://127.1/", b"/a b", b"\xff\xfe"],
)  # fmt: skip
def test_redirects_to_what_is_no_url(fetcher: Fetcher, out: Path, location: bytes) -> None:
    with serving(sends(redirect(location))) as server:
        refuses(fetcher, server.url(), out, "redirects to something|could not be fetched")
        assert len(server.requests) <= 6


def test_redirects_end(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(redirect(b"/again"))) as server:
        refuses(fetcher, server.url(), out, "redirects too often")
        assert len(server.requests) == 6


def test_a_redirect_without_location(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")) as server:
        refuses(fetcher, server.url(), out, "302 Unexpected Answer: Found for url: ")


# --- answers that are no file -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (b"403 Nope", "403 Client Error: Forbidden for url: http://media.example:"),
        (b"404 Not Found", "404 Client Error: Not Found for url: http://media.example:"),
        (b"503 Later", "503 Server Error: Service Unavailable for url: "),
        (b"206 Partial", "206 Unexpected Answer: Partial Content for url: "),
        (b"204 No Content", "204 Unexpected Answer: No Content"),
        (b"799 Odd", "799 Unexpected Answer: Unknown"),
    ],
)
def test_statuses(fetcher: Fetcher, out: Path, status: bytes, sentence: str) -> None:
    with serving(sends(b"HTTP/1.1 ", status, b"\r\nContent-Length: 0\r\n\r\n")) as server:
        refuses(fetcher, server.url(), out, sentence)


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"+PONG\r\n",
        OK + b"Content-Le",
        b"\x00" * 200_000,
        b"HTTP/9.9 what\r\n\r\n",
    ],
)
def test_not_http(fetcher: Fetcher, out: Path, noise: bytes) -> None:
    with serving(sends(noise)) as server:
        refuses(fetcher, server.url(), out, "the server did not answer")


def test_endless_headers(fetcher: Fetcher, out: Path) -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK)
        while True:
            connection.sendall(b"X-Y: " + b"z" * 1000 + b"\r\n")

    with serving(answer) as server:
        refuses(fetcher, server.url(), out, "did not answer in HTTP")


def test_compressed_answers(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(body(b"\x1f\x8b bomb", b"Content-Encoding: gzip"))) as server:
        refuses(fetcher, server.url(), out, "sent the file compressed")


# --- caps -------------------------------------------------------------------------------------


def test_too_large_as_announced(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(OK, b"Content-Length: 200000001\r\n\r\n")) as server:
        refuses(
            fetcher,
            server.url(),
            out,
            r"The file of 200\.1 MB is too large: at most 200 MB",
            most=200_000_000,
        )


def test_too_large_when_counted(fetcher: Fetcher, out: Path) -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with serving(answer) as server:
        refuses(fetcher, server.url(), out, "The file is too large: at most 1 MB are taken")


def test_the_exact_limit_is_taken(fetcher: Fetcher, out: Path) -> None:
    with serving(sends(body(b"x" * 1000))) as server:
        assert len(fetch(fetcher, server.url(), out, most=1000)) == 1000
        out.unlink()
        refuses(
            fetcher,
            server.url(),
            out,
            "The file of 1,000 bytes is too large: at most 999 bytes",
            most=999,
        )


@pytest.mark.parametrize(
    "sent",
    [
        OK + b"Content-Length: 100\r\n\r\nshort",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
    ],
)
def test_answers_that_break_off(fetcher: Fetcher, out: Path, sent: bytes) -> None:
    with serving(sends(sent)) as server:
        refuses(fetcher, server.url(), out, "the connection ended before the file was complete")


@pytest.mark.parametrize("length", [b"-5", b"abc", b"1, 2", b"9" * 30])
def test_lengths_that_are_none(fetcher: Fetcher, out: Path, length: bytes) -> None:
    with serving(sends(OK, b"Content-Length: ", length, b"\r\n\r\nx")) as server:
        refuses(fetcher, server.url(), out, "could not be fetched")


def dripping(head: bytes, seconds: float = 0.05) -> Answer:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(seconds)

    return answer


@pytest.mark.parametrize("head", [OK + b"\r\n", OK + b"X-Slow: "])
def test_a_slow_loris_runs_out_of_time(out: Path, head: bytes) -> None:
    fetcher = Fetcher(Settings(fetch_timeout=1), resolve=here, allow=lambda ip: True)
    started = time.monotonic()
    with serving(dripping(head)) as server:
        refuses(fetcher, server.url(), out, r"it was too slow \(1 s\)")
    assert time.monotonic() - started < 3


def test_a_slow_loris_is_given_up_by_its_rate(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cutroom.intake.fetch.GRACE", 0.5)
    fetcher = Fetcher(Settings(fetch_timeout=60), resolve=here, allow=lambda ip: True)
    with serving(dripping(OK + b"\r\n")) as server:
        refuses(fetcher, server.url(), out, "it was too slow")


def test_cancelling_while_a_server_is_silent(fetcher: Fetcher, out: Path) -> None:
    started = time.monotonic()

    def cancelled() -> None:
        if time.monotonic() - started > 0.5:
            raise Cancelled

    with serving(lambda connection, _: time.sleep(30)) as server, pytest.raises(Cancelled):
        fetcher.fetch(server.url(), out, 1000, cancelled)
    assert time.monotonic() - started < 2
    assert not out.exists()


def test_what_an_earlier_attempt_left_is_replaced(fetcher: Fetcher, out: Path) -> None:
    out.write_bytes(b"half of an earlier download")
    with serving(sends(body(b"x"))) as server:
        assert fetch(fetcher, server.url(), out) == b"x"


# --- TLS --------------------------------------------------------------------------------------


def test_a_server_without_tls(fetcher: Fetcher, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "CONNECT", 0.5)
    with serving(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        refuses(fetcher, server.url().replace("http:", "https:"), out, "the server did not answer")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of media.example and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    path = tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", path.with_suffix(".key"),
         "-out", path, "-subj", "/CN=media.example", "-addext", "subjectAltName=DNS:media.example"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return path


def over_tls(certificate: Path, names: list[str]) -> Answer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def answer(connection: socket.socket, _: bytes) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65536)
            encrypted.sendall(body(b"private"))

    return answer


def test_tls_is_for_the_name_and_trusted_or_refused(
    certificate: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    with serving(over_tls(certificate, names), head=False) as server:
        url = server.url().replace("http:", "https:")
        stranger = Fetcher(Settings(), resolve=here, allow=lambda ip: True)
        refuses(stranger, url, out, "the server's certificate is not trusted")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        friend = Fetcher(Settings(), resolve=here, allow=lambda ip: True)
        assert fetch(friend, url, out) == b"private"
        assert names == ["media.example"] * 2
        other = server.url(host="other.example").replace("http:", "https:")
        refuses(friend, other, out, "the server's certificate is not trusted")


def test_no_redirect_from_https_to_http(
    certificate: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))

    def answer(connection: socket.socket, _: bytes) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65536)
            encrypted.sendall(redirect(b"http://media.example:8080/plain"))

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetcher = Fetcher(Settings(), resolve=here, allow=lambda ip: True)
    with serving(answer, head=False) as server:
        url = server.url().replace("http:", "https:")
        refuses(fetcher, url, out, "redirects from https to http")


def test_trust_is_the_systems(fetcher: Fetcher) -> None:
    context = fetcher._tls
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_an_allowed_address_is_public_unless_said_otherwise() -> None:
    assert Fetcher(Settings())._allow is public
