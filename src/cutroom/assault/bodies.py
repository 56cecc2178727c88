"""Bodies that nobody should send: each ends in an answer of the right shape that says what is wrong."""

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping

from cutroom.assault.belongings import Belongings
from cutroom.assault.ground import Answer, Ground
from cutroom.assault.paths import SPOILS
from cutroom.assault.routes import CALLS, PLACES
from cutroom.assault.verdict import Verdict, judged

NAME = "bodies"
MODEL = '"model": "kling-video-v2-6-pro-text-to-video"'
JSON: Mapping[str, bytes] = {
    "nothing": b"", "null": b"null", "a list": b"[]", "a text": b'"x"', "a number": b"1", "half an object": b'{"model": ', "two objects": b"{}{}",
    "NaN": b'{"seed": NaN}', "Infinity": b'{"seed": -Infinity}', "1e999": f'{{{MODEL}, "prompt": "x", "seed": 1e999}}'.encode(), "5000 digits": b'{"seed": ' + b"9" * 5000 + b"}",
    "100,000 lists": b"[" * 100_000, "100,000 lists, closed": b"[" * 100_000 + b"]" * 100_000, "40 levels": b'{"a":' * 40 + b"1" + b"}" * 40,
    "2,000 objects": b'{"a":' * 2000 + b"1" + b"}" * 2000, "300,000 values": b'{"a": [' + b"0," * 300_000 + b"0]}", "twins": b'{"model": "a", "model": "b"}',
    "half a surrogate": f'{{{MODEL}, "prompt": "\\ud800"}}'.encode(), "NUL": f'{{{MODEL}, "prompt": "\\u0000"}}'.encode(), "broken UTF-8": b'{"prompt": "\xff\xfe"}', "Latin-1": '{"prompt": "é"}'.encode("latin-1"),
    "UTF-16": '{"prompt": "x"}'.encode("utf-16"), "UTF-32": '{"prompt": "x"}'.encode("utf-32"), "UTF-7": b'+AHs-"prompt": "x"}', "a BOM": b"\xef\xbb\xbf{}", "overlong": b'{"prompt": "\xc0\xae"}',
    "gzip": gzip.compress(b'{"prompt": "x"}'), "binary": bytes(range(256)), "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "YAML": b"!!python/object/apply:os.system [id]",
    "a comment": b"{} // x", "single quotes": b"{'model': 'x'}", "a long name": b'{"' + b"a" * 100_000 + b'": 1}', "prototypes": b'{"__proto__": {"admin": true}, "constructor": {"prototype": {}}}',
    "wrong types": f'{{{MODEL}, "prompt": {{}}, "n": [], "size": {{}}, "seconds": [[]], "url": 1, "namespace": [], "name": {{}}, "key": {{}}, "scopes": 1, "elements": 5}}'.encode(),
    "a path": b'{"model": "kling-video-o3-pro-video-to-video-edit", "prompt": "x", "input_video": "../../etc/passwd", "url": "file:///etc/passwd", "namespace": "../..", "name": "../x", "target_directory": "../.."}',
    "a prompt of 100,000 letters": json.dumps({"model": "kling-video-v2-6-pro-text-to-video", "prompt": "a" * 100_000}).encode(),
}  # fmt: skip
FORMS: Mapping[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "an empty boundary": ("multipart/form-data; boundary=", b"--\r\n"),
    "another boundary": ("multipart/form-data; boundary=x", b"--y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--y--\r\n"),
    "no end": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nx'),
    "10,000 parts": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 10_000 + b"--x--\r\n"),
    "1,000 files": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n' * 1000 + b"--x--\r\n"),
    "a header of a megabyte": ("multipart/form-data; boundary=x", b"--x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n1\r\n--x--\r\n"),
    "10,000 headers": ("multipart/form-data; boundary=x", b"--x\r\n" + b"X: a\r\n" * 10_000 + b"\r\n1\r\n--x--\r\n"),
    "a charset that is none": ("multipart/form-data; boundary=x; charset=rot13", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n--x--\r\n'),
    "a charset that takes long": ("multipart/form-data; boundary=x; charset=punycode", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 100_000 + b"\r\n--x--\r\n"),
    "a form in a form": ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n"),
    "a boundary of 10,000 letters": ("multipart/form-data; boundary=" + "x" * 10_000, b"--x\r\n"),
    "fields of a URL": ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 100_000)),
}  # fmt: skip
"""What -> content type and body."""
FINE = frozenset({400, 401, 402, 403, 404, 408, 409, 413, 415, 422})
SMALL = "/api/ai/keys"
"""An address whose bodies are small."""
SLOW, PATIENCE = 20, 40.0
"""Clients that send a byte now and then, and the seconds until nobody may listen to them any more."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """Bodies that are wrong, and bodies that are too large."""
    yield _wrong(ground)
    yield _forms(ground)
    yield _large(ground)


def routes() -> list[tuple[str, str]]:
    """The calls that take a body, things in their addresses that nobody has."""
    names = Belongings().named("nobody") | {"path:path": "a.mp4"}
    filled = {
        (method, PLACES.sub(lambda found: names.get(found[1]) or "x", path))
        for method, path in CALLS
        if method in {"POST", "PUT", "PATCH"}
    }
    return sorted(filled)


def wrong(answer: Answer) -> str:
    """What is wrong with an answer to something wrong; empty for nothing."""
    if answer.status not in FINE:
        return str(answer.status)
    told = answer.json()
    if not isinstance(told, dict) or "error" not in told:
        return f"{answer.status} without an error"
    return next((repr(word) for word in (*SPOILS, b"Internal error") if word in answer.body), "")


def _wrong(ground: Ground) -> Verdict:
    through, tried = [], 0
    kind = {"Content-Type": "application/json"}
    for method, path in routes():
        if method == "PUT" and "/file/" in path:
            continue  # that takes anything
        for what, body in JSON.items():
            tried += 1
            answer = ground.ask(method, path, by=ground.stranger, headers=kind, body=body)
            # Where a body may be missing, an empty one is none.
            if found := "" if body in {b"", b"{}"} and answer.status < 300 else wrong(answer):
                through.append(f"{method} {path}, {what}: {found}")
    return judged(NAME, "JSON", tried, through, "bodies that are wrong")


def _forms(ground: Ground) -> Verdict:
    through, tried = [], 0
    mine = f"/api/repos/{ground.stranger.namespace}/doctor/file/main/form.mp4"
    for method, path in (("POST", "/v1/videos"), ("POST", "/v1/videos/edits"), ("PUT", mine), ("POST", "/api/ai/queue")):  # fmt: skip
        for what, (kind, body) in FORMS.items():
            if method == "PUT" and not kind.startswith("multipart"):
                continue
            tried += 1
            headers = {"Content-Type": kind}
            answer = ground.ask(method, path, by=ground.stranger, headers=headers, body=body)
            if found := wrong(answer):
                through.append(f"{method} {path}, {what}: {found}")
    ground.ask("DELETE", mine, by=ground.stranger)
    return judged(NAME, "forms", tried, through, "forms that are wrong")


def _large(ground: Ground) -> Verdict:
    """What is too large is refused, with the limit and what came, before it is read where it says so."""
    through, tried = [], 0
    head = "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: {kind}\r\n"
    mine = f"/api/repos/{ground.stranger.namespace}/doctor/file/main/large.mp4"
    for method, path, kind in (
        ("POST", "/api/ai/queue", "application/json"), ("POST", "/api/ai/plan", "application/json"), ("POST", SMALL, "application/json"),
        ("POST", "/api/session", "application/json"), ("POST", "/v1/videos", "application/json"), ("POST", "/v1/videos", "multipart/form-data; boundary=x"),
        ("PUT", mine, "video/mp4"), ("PUT", mine, "multipart/form-data; boundary=x"),
    ):  # fmt: skip
        filled = head.format(
            method=method, path=path, host=ground.authority, key=ground.stranger.key, kind=kind
        )
        size = 10**12
        said = ground.raw(f"{filled}Content-Length: {size}\r\n\r\n".encode(), 10)
        tried += 1
        if b" 413 " not in said[:20]:
            through.append(f"{method} {path} ({kind}) of {size} bytes: {said[:40]!r}")
        elif str(size).encode() not in said:
            through.append(f"{method} {path} ({kind}) does not tell the {size} bytes")
        if path in {SMALL, "/api/session"}:
            tried += 1
            chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
            said = ground.raw(
                f"{filled}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 4, 10
            )
            if b" 413 " not in said[:20]:
                through.append(f"{method} {path} of 64 kB in chunks: {said[:40]!r}")
    return judged(NAME, "length", tried, through, "bodies that are too large")


def slow(ground: Ground) -> Iterator[Verdict]:
    """Many clients that hardly send anything: others are answered, and they are hung up on in the end."""
    ended: list[float] = []
    clients = [
        threading.Thread(target=_dribble, args=(ground, number, ended), daemon=True)
        for number in range(SLOW)
    ]
    began = time.monotonic()
    for client in clients:
        client.start()
    late = []
    while time.monotonic() - began < PATIENCE and len(ended) < SLOW:
        asked = time.monotonic()
        ground.ask("GET", "/livez")
        if time.monotonic() - asked > 5:
            late.append(f"another waited {time.monotonic() - asked:.1f} s")
        time.sleep(0.5)
    left = SLOW - len(ended)
    through = [*late, *[f"{left} still listened to after {PATIENCE:.0f} s"] * bool(left)]
    yield judged("slow", "slow bodies", SLOW, through, "clients that send a byte now and then")


def _dribble(ground: Ground, number: int, ended: list[float]) -> None:
    """Send a byte a second until the other side has had enough."""
    head = (
        f"POST /api/ai/queue HTTP/1.1\r\nHost: {ground.authority}\r\nAuthorization: Bearer {ground.stranger.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    )
    sent = head.encode() if number % 2 else head.encode()[:-4]  # half of them never end their head
    began = time.monotonic()
    try:
        with socket.create_connection((ground.host, ground.port), timeout=1) as plain:
            line: socket.socket = plain
            if ground.tls:
                line = ssl.create_default_context().wrap_socket(plain, server_hostname=ground.host)
            line.sendall(sent)
            while time.monotonic() - began < PATIENCE:
                line.sendall(b" ")
                try:
                    line.recv(1 << 16)
                except TimeoutError:
                    continue
                break
            else:
                return
    except OSError:  # hung up
        pass
    ended.append(time.monotonic() - began)
