"""Names that change their mind, and servers that send one on: the fetcher among them, with real connections.

One address of this machine stands for a public one, another for one that nobody outside may reach.
"""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cutroom.assault.addresses import UNSEEN
from cutroom.assault.listener import Answering, film, listening
from cutroom.assault.names import NameServer, Zone, name_server
from cutroom.assault.verdict import Verdict, judged, skipped
from cutroom.errors import InvalidParams
from cutroom.intake import addresses
from cutroom.intake.addresses import IP
from cutroom.intake.fetch import REDIRECTS, Fetcher
from cutroom.settings import Settings

NAME = "maze"
PUBLIC, PRIVATE = "127.0.0.1", "127.0.0.2"
"""Who stands for whom."""

REBINDING: dict[str, Callable[[int], Sequence[str]]] = {
    "then-private.test": lambda turn: [PUBLIC] if turn == 0 else [PRIVATE],
    "by-turns.test": lambda turn: [(PUBLIC, PRIVATE)[turn % 2]],
}
"""Names that are public the first time only."""
MIXED: Zone = {
    "both.test": lambda _: [PUBLIC, PRIVATE],
    "both-reversed.test": lambda _: [PRIVATE, PUBLIC],
    "six.test": lambda _: [PUBLIC, "::1"],
    "mapped.test": lambda _: [PUBLIC, f"::ffff:{PRIVATE}"],
    "nat64.test": lambda _: [PUBLIC, "64:ff9b::7f00:2"],
    "6to4.test": lambda _: ["2002:7f00:2::1"],
    "metadata.test": lambda _: [PUBLIC, "169.254.169.254"],
    "local.test": lambda _: [PUBLIC, "fe80::1"],
    "many.test": lambda _: [*["93.184.216.34"] * 20, PRIVATE],
    "none.test": lambda _: [],
    "private.test": lambda _: [PRIVATE],
    "zero.test": lambda _: ["0.0.0.0", PUBLIC],  # noqa: S104 - an answer, nothing is bound
}
"""Names with an address that is not public."""
ZONE: Zone = {**REBINDING, **MIXED, "public.test": lambda _: [PUBLIC]}

DOORS = (
    "http://{private}:{port}/", "http://private.test:{port}/", "//{private}:{port}/", "///{private}:{port}/", "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.2]:{port}/", "http://[::ffff:7f00:2]:{port}/", "http://2130706434:{port}/", "http://0x7f.2:{port}/",
    "http://0177.0.0.2:{port}/", "http://127.2:{port}/", "http://public.test@{private}:{port}/", "http://u:p@public.test:{port}/",
    "http://{private}:{port}@public.test:{port}/", "\\\\{private}:{port}\\", "/\\{private}:{port}/", "http:\\\\{private}:{port}/",
    "http://①②⑦.⓪.⓪.②:{port}/", "http://169.254.169.254/latest/meta-data/", "http://both.test:{port}/", "http://mapped.test:{port}/",
    "http://metadata.google.internal/", "file:///etc/passwd", "file://{private}/etc/passwd", "gopher://{private}:{port}/_x", "ftp://{private}/",
    "data:text/plain,secret", "javascript:alert(1)", "http://{private}:22/", "http://public.test:25/", "http:// {private}:{port}/", "http://0:{port}/",
    "HTTP://LOCALHOST.:{port}/", "http://private%2etest:{port}/", "\thttp://{private}:{port}/", "http://{private}%00.public.test:{port}/",
)  # fmt: skip
"""Where an answer of a public server sends us, and we must not go."""
MARK = b"secret"


def attack() -> Iterator[Verdict]:
    """Rebinding, and the maze of redirects."""
    try:
        with listening({PUBLIC: film, PRIVATE: film}):
            pass
    except OSError as error:
        yield skipped(NAME, "rebinding", f"{PRIVATE} cannot be bound here: {error.strerror}")
        return
    with name_server(ZONE) as names:
        yield _rebinding(names)
        yield _mixed(names)
        yield _doors(names)
        yield _wandering(names)
        yield _sizes(names)


def stands_for_public(ip: IP) -> bool:
    """The real policy, with one address of this machine among the public ones."""
    return ip == ip_address(PUBLIC) or addresses.public(ip)


def walk(names: NameServer, url: str) -> bytes | str:
    """What the fetcher brings from a URL, or why it does not."""
    fetcher = Fetcher(Settings(fetch_timeout=3.0), resolve=names.resolve, allow=stands_for_public)
    with TemporaryDirectory() as folder:
        out = Path(folder, "out")
        try:
            fetcher.fetch(url, out, 1000, lambda: None)
        except InvalidParams as error:
            return error.message
        return out.read_bytes()


def _rebinding(names: NameServer) -> Verdict:
    """A name that was public when it was checked is not asked again for whom to dial."""
    through = []
    for host in REBINDING:
        with listening({PUBLIC: film, PRIVATE: film}) as there:
            url = f"http://{host}:{there.port}/"
            if walk(names, url) != MARK:
                through.append(f"{host}: the address that was checked was not dialled")
            again = walk(names, url)
            if there.heard[PRIVATE] or UNSEEN not in str(again):
                through.append(f"{host}: the second time it came to {again!r}")
            if names.asked[host] != 2:
                through.append(f"{host} was asked for {names.asked[host]} times in two downloads")
    return judged(NAME, "rebinding", 2 * len(REBINDING), through, "names that change their mind")


def _mixed(names: NameServer) -> Verdict:
    """One address that is not public is one too many."""
    through = []
    with listening({PUBLIC: film, PRIVATE: film}) as there:
        for host in MIXED:
            found = walk(names, f"http://{host}:{there.port}/")
            if there.visits or UNSEEN not in str(found):
                through.append(f"{host}: {found!r}")
    return judged(NAME, "every address", len(MIXED), through, "names with a private address")


def _doors(names: NameServer) -> Verdict:
    """Every redirect is looked at as the URL before it was."""
    through = []
    for status in (b"302 Found", b"307 Temporary Redirect"):
        for door in DOORS:
            with listening({PUBLIC: film, PRIVATE: film}) as there:
                target = door.format(private=PRIVATE, port=there.port)
                found = through_door(names, status, target)
                if isinstance(found, bytes) or there.visits:
                    through.append(f"{target!a}: {found!r}")
    tried = 2 * len(DOORS)
    return judged(NAME, "redirects", tried, through, "redirects that lead where nobody may go")


def through_door(names: NameServer, status: bytes, target: str) -> bytes | str:
    """What comes of a URL that redirects there."""

    def answer(_: bytes) -> bytes:
        return b"HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (
            status,
            target.encode(),
        )

    with listening({PUBLIC: answer}) as door:
        return walk(names, f"http://public.test:{door.port}/")


def _wandering(names: NameServer) -> Verdict:
    """Redirects that never end; as many as are allowed lead to the file."""
    through = []
    for what, answer, most in (
        ("a loop", _sends(lambda _: b"/again"), REDIRECTS + 1),
        ("a spiral", _sends(lambda at: b"/%d" % (at + 1)), REDIRECTS + 1),
        ("two locations", _sends(lambda at: b"/%d\r\nLocation: http://%s/" % (at + 1, PRIVATE.encode())), REDIRECTS + 1),
    ):  # fmt: skip
        with listening({PUBLIC: answer}) as there:
            found = walk(names, f"http://public.test:{there.port}/0")
            if isinstance(found, bytes) or there.visits > most:
                through.append(f"{what}: {there.visits} requests, {found!r}")
    with listening({PUBLIC: _sends(lambda at: b"/%d" % (at + 1), REDIRECTS)}) as there:
        found = walk(names, f"http://public.test:{there.port}/0")
        if found != MARK:
            through.append(f"{REDIRECTS} redirects to a file: {found!r}")
    return judged(NAME, "wandering", 4, through, "chains of redirects")


def _sends(where: Callable[[int], bytes], most: int = 1000) -> Answering:
    """Answers /n with a redirect, and with the film from n = `most` on."""

    def answer(head: bytes) -> bytes:
        number = head.split()[1].lstrip(b"/")
        at = int(number) if number.isdigit() else 0
        if at >= most:
            return film(head)
        return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % where(at)

    return answer


HTTP = b"HTTP/1.1 200 OK\r\n"
SIZES = {
    "a length of 1,001 bytes": HTTP + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001,
    "5,000 bytes of no length": HTTP + b"\r\n" + b"x" * 5000,
    "5,000 bytes in chunks": HTTP + b"Transfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + (b"\r\n64\r\n" + b"x" * 100) * 49 + b"\r\n0\r\n\r\n",
    "5,000 bytes after a length of 10^30": HTTP + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n" + b"x" * 5000,
    "gzip": HTTP + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\0",
    "half a file": HTTP + b"Content-Length: 900\r\n\r\n" + b"x" * 100,
    "no HTTP": b"SSH-2.0-OpenSSH_9\r\n",
}  # fmt: skip
"""Answers of which no file may come, where 1,000 bytes are taken."""


def _says(said: bytes) -> Answering:
    """Answers everything with the same bytes."""
    return lambda _: said


def _sizes(names: NameServer) -> Verdict:
    through = []
    for what, said in SIZES.items():
        with listening({PUBLIC: _says(said)}) as there:
            found = walk(names, f"http://public.test:{there.port}/")
        if isinstance(found, bytes):
            through.append(f"{what}: {len(found)} bytes came")
    return judged(
        NAME, "sizes", len(SIZES), through, "answers that are no file, or too large a one"
    )
