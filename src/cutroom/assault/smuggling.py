"""Requests that two readers of HTTP take for different ones, over a raw socket."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from cutroom.assault.ground import Ground
from cutroom.assault.verdict import Verdict, judged

NAME = "smuggling"
CLIENTS = 8
"""Connections at a time."""
INSIDE = "GET /livez?smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n"
"""What is hidden in a body."""
HIDING = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}",
    "two lengths in one": "Content-Length: 2, 60\r\n\r\n{}",
    "a signed length": "Content-Length: +2\r\n\r\n{}",
    "a negative length": "Content-Length: -1\r\n\r\n{}",
    "a length in hexadecimal": "Content-Length: 0x2\r\n\r\n{}",
    "a length of other digits": "Content-Length: \u0662\r\n\r\n{}",
    "a huge length": "Content-Length: 99999999999999999999999999\r\n\r\n{}",
    "a space before the colon": "Content-Length : 2\r\n\r\n{}",
    "a coding nobody knows": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a coding twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a coding after a tab": "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a coding in a folded line": "Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "a negative chunk": "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk in hexadecimal with 0x": "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk that is too long": "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a chunk without its end": "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
    "a header without a colon": "Content-Length\r\n\r\n{}",
    "a NUL in a header": "X: a\x00b\r\n\r\n",
    "a bare CR in a header": "X: a\rContent-Length: 60\r\n\r\n",
}
"""Framing of a body -> what stands for it; a second request is hidden behind."""
HEADS = {
    "no Host": "GET /livez HTTP/1.1\r\n\r\n",
    "two Hosts": "GET /livez HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
    "a NUL in the target": "GET /livez\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a space in the target": "GET /livez /api HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "HTTP/0.9": "GET /livez\r\n",
    "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "200 kB of one header": "GET /livez HTTP/1.1\r\nHost: {host}\r\nX: "
    + "a" * 200_000
    + "\r\n\r\n",
    "300,000 headers": "GET /livez HTTP/1.1\r\nHost: {host}\r\n" + "X: a\r\n" * 300_000 + "\r\n",
    "a target of 200 kB": "GET /" + "a" * 200_000 + " HTTP/1.1\r\nHost: {host}\r\n\r\n",
}
"""Heads that are none."""
ELSEWHERE = {
    "absolute-form": "GET http://evil.example/api/users/me HTTP/1.1\r\nHost: {host}\r\n{key}\r\n",
    "absolute-form of ours": "GET http://{host}/api/users/me HTTP/1.1\r\nHost: evil.example\r\n{key}\r\n",
    "two slashes": "GET //evil.example/api/users/me HTTP/1.1\r\nHost: {host}\r\n{key}\r\n",
    "authority-form": "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n{key}\r\n",
    "asterisk-form": "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{key}\r\n",
    "a Host with markup": 'GET /api/session HTTP/1.1\r\nHost: evil"><script>\r\n{key}\r\n',
}
"""Targets that a proxy would follow; a server has nothing to say to them, or speaks of itself alone."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """Bodies that hide a request, heads that are none, targets for proxies."""
    yield _hiding(ground)
    yield _heads(ground)
    yield _elsewhere(ground)


def at_once(ground: Ground, sent: Sequence[bytes]) -> Iterator[bytes]:
    """What comes back for each, several at a time."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        yield from clients.map(lambda one: ground.raw(one, 2), sent)


def answers(said: bytes) -> list[bytes]:
    """The status of each answer in what came back."""
    return [part[2:5] for part in said.split(b"HTTP/1.")[1:]]


def _hiding(ground: Ground) -> Verdict:
    """A body with two meanings is refused, and nothing behind it is read as a request."""
    inside = INSIDE.replace("{host}", ground.authority)
    head = (
        f"POST /api/ai/queue HTTP/1.1\r\nHost: {ground.authority}\r\nAuthorization: Bearer "
        f"{ground.stranger.key}\r\nContent-Type: application/json\r\n"
    )
    through = []
    sent = [
        (head + framing + inside).encode("latin-1", errors="replace") for framing in HIDING.values()
    ]
    for what, said in zip(HIDING, at_once(ground, sent), strict=True):
        found = answers(said)
        if len(found) > 1 or (found and not found[0].startswith(b"4")):
            through.append(f"{what}: {b' and '.join(found).decode(errors='replace')}")
    return judged(NAME, "hidden requests", len(HIDING), through, "bodies with two meanings")


def _heads(ground: Ground) -> Verdict:
    through = []
    sent = [head.replace("{host}", ground.authority).encode("latin-1") for head in HEADS.values()]
    for what, said in zip(HEADS, at_once(ground, sent), strict=True):
        if any(not status.startswith((b"4", b"5")) for status in answers(said)):
            through.append(f"{what}: {said[:60]!r}")
    if ground.ask("GET", "/livez").status != 200:
        through.append("the server is gone")
    return judged(NAME, "heads", len(HEADS), through, "heads that are none")


def _elsewhere(ground: Ground) -> Verdict:
    key = f"Authorization: Bearer {ground.stranger.key}\r\n"
    through = []
    for what, head in ELSEWHERE.items():
        said = ground.raw(head.replace("{host}", ground.authority).replace("{key}", key).encode())
        if b" 200 " in said[:20] and b"<script>" in said.partition(b"\r\n\r\n")[0]:
            through.append(f"{what}: markup in a header")
        elif b" 200 " in said[:20] and what != "a Host with markup":
            through.append(f"{what}: {said[:60]!r}")
    return judged(NAME, "other targets", len(ELSEWHERE), through, "targets for proxies")
