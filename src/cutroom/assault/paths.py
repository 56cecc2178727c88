"""Addresses and headers that mean something else to somebody else, on every route of the table."""

from collections.abc import Iterator

from cutroom.assault.belongings import Belongings, belongings
from cutroom.assault.ground import Answer, Ground
from cutroom.assault.routes import CALLS, PLACES
from cutroom.assault.smuggling import at_once
from cutroom.assault.verdict import Verdict, judged

NAME = "paths"
TRICKS = (
    "..", "%2e%2e", "%252e%252e", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fsecret", "..%5c..%5csecret",
    "%c0%ae%c0%ae%c0%af", "%e0%80%af", "%00", "a%00.mp4", "%0d%0aX-Evil:%201", "%0aSet-Cookie:%20evil=1", "%ff%fe", "%u002e%u002e",
    "%ef%bc%8e%ef%bc%8e%ef%bc%8f", "....//", "..;/", ";/..", "%25", "%", "%2", "~root", "a" * 3000, "%f0%9f%90%a6", "'%20OR%20'1'='1", "%7B%7B7*7%7D%7D", "*", "?x", "[]", "%23",
)  # fmt: skip
"""What is put in the place of each name of an address."""
SPOILS = (b"root:x:0:0", b"[boot loader]", b"Traceback (most recent", b"SELECT ", b"sqlalchemy")
"""What no answer may hold."""
FINE = frozenset({200, 304, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 416, 422, 431, 501})


def attack(ground: Ground) -> Iterator[Verdict]:
    """Tricks in paths, headers that claim another address, and answers that must be guarded."""
    with belongings(ground) as things:
        yield _tricks(ground, things)
        yield _climbing(ground, things)
    yield _claims(ground)
    yield _methods(ground)
    yield _guarded(ground)


def addresses(path: str, names: dict[str, str], trick: str) -> Iterator[str]:
    """The address with the trick in the place of each of its names in turn."""
    for place in PLACES.findall(path):
        filled = names | {place: trick}
        yield PLACES.sub(lambda found: filled[found[1]] or "x", path)  # noqa: B023 - used at once


def spoils(answer: Answer, *more: bytes) -> str:
    """What an answer holds or sets that it should not; empty for nothing."""
    if "x-evil" in answer.headers or "evil=" in answer.headers.get("set-cookie", ""):
        return "a header of ours"
    found = next((word for word in (*SPOILS, *more) if word in answer.body), None)
    return repr(found) if found else ""


def _tricks(ground: Ground, things: Belongings) -> Verdict:
    """Every name of every address, filled with every trick, by somebody with a good key."""
    names, through, tried = things.named(ground.owner.namespace), [], 0
    secret = ground.settings.data_dir / "secret" if ground.settings else None
    more = [secret.read_bytes()] if secret and secret.exists() else []
    for method, path in CALLS:
        if method == "HEAD":
            continue
        for trick in TRICKS:
            for address in addresses(path, names, trick):
                tried += 1
                answer = ground.ask(method, address, by=ground.stranger)
                found = spoils(answer, things.mark.encode(), *more)
                if answer.status not in FINE or found:
                    through.append(f"{method} {address[:120]}: {answer.status} {found}")
    return judged(NAME, "names in addresses", tried, through, "addresses with a trick")


def _climbing(ground: Ground, things: Belongings) -> Verdict:
    """Out of one's own repository into hers, and out of the storage."""
    mine, her = ground.stranger.namespace, ground.owner.namespace
    steps = ("..", "%2e%2e", ".%2e", "%2E%2E", "%252e%252e", "..%00", "%2e%2e%5c", "..;")
    slashes = ("/", "%2f", "%5c", "%252f", "//", "\\")
    through, tried = [], 0
    for step in steps:
        for slash in slashes:
            up = f"{step}{slash}"
            for method, target in (
                ("GET", f"/api/repos/{mine}/doctor/file/main/{up}{up}{her}{slash}doctor{slash}{things.path}"),
                ("GET", f"/api/repos/{mine}/{up}{her}/doctor/file/main/{things.path}"),
                ("GET", f"/api/repos/{mine}/doctor/dir/main/{up}{up}{her}"),
                ("PUT", f"/api/repos/{mine}/doctor/file/main/{up}{up}{her}{slash}doctor{slash}{things.path}"),
                ("DELETE", f"/api/repos/{mine}/doctor/file/main/{up}{up}{her}{slash}doctor{slash}{things.path}"),
                ("GET", f"/assets/{up}{up}{up}app.py"),
            ):  # fmt: skip
                tried += 1
                answer = ground.ask(method, target, by=ground.stranger)
                # A name with `%2e` in it is one: what counts is whose file is read and written.
                found = spoils(answer, things.mark.encode(), b"Starlette(")
                if answer.status not in FINE or found:
                    through.append(f"{method} {target}: {answer.status} {found}")
    still = ground.ask("GET", f"/api/repos/{her}/doctor/file/main/{things.path}", by=ground.owner)
    if still.text != things.mark:
        through.append("her file is not what it was")
    return judged(NAME, "climbing", tried, through, "ways out of one's own folder")


def _claims(ground: Ground) -> Verdict:
    """Headers by which proxies say who asked for what: from anybody else they change nothing."""
    through = []
    claims = {
        "X-Original-URL": "/api/users/me", "X-Rewrite-URL": "/api/users/me", "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1",
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "Forwarded": "for=127.0.0.1;host=evil.example", "X-HTTP-Method-Override": "DELETE",
        "X-Method-Override": "PUT", "X-User": ground.owner.namespace, "X-Remote-User": ground.owner.namespace, "Remote-User": ground.owner.namespace,
        "X-Api-Key": ground.owner.key, "X-Forwarded-User": ground.owner.namespace, "Origin": "https://evil.example",
    }  # fmt: skip
    for name, value in claims.items():
        for target, status in (("/api/users/me", 401), ("/livez", 200)):
            answer = ground.ask("GET", target, headers={name: value})
            if answer.status != status or "evil" in answer.text or "evil" in str(answer.headers):
                through.append(f"{name}: {value[:40]} on {target}: {answer.status}")
        named = ground.ask("GET", "/api/users/me", by=ground.stranger, headers={name: value})
        if ground.owner.namespace in named.text or named.status != 200:
            through.append(f"{name}: {value[:40]} with a key: {named.status}")
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):  # a proxy asks for anybody
        answer = ground.ask("GET", "/metrics", headers={name: "192.0.2.1"})
        if answer.status not in {401, 403}:
            through.append(f"{name} on /metrics: {answer.status}")
    tried = 3 * len(claims) + 4
    return judged(NAME, "claims of proxies", tried, through, "headers that claim something")


def _methods(ground: Ground) -> Verdict:
    """Methods that no route has."""
    known: dict[str, set[str]] = {}
    for method, path in CALLS:
        known.setdefault(path, set()).add(method)
    calls = [
        (method, path)
        for path, methods in known.items()
        for method in sorted(
            {"TRACE", "CONNECT", "PROPFIND", "OPTIONS", "get", "PUT\tGET"} - methods
        )
    ]
    head = "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"
    sent = [
        head.format(method, PLACES.sub("x", path), ground.authority).encode()
        for method, path in calls
    ]
    through = [
        f"{method} {path}: {said[9:12]!r}"
        for (method, path), said in zip(calls, at_once(ground, sent), strict=True)
        if said[9:12] not in {b"400", b"401", b"404", b"405", b"501"}
    ]
    return judged(NAME, "methods", len(calls), through, "methods that no route has")


def _guarded(ground: Ground) -> Verdict:
    """What every answer of the API says to a browser, errors too."""
    wanted = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": "default-src 'none'",
    }
    calls = [("GET", path) for _, path in CALLS] + [("GET", "/nowhere"), ("PUT", "/api/ai/queue")]
    through = []
    for method, path in sorted(set(calls)):
        answer = ground.ask(
            method, PLACES.sub("x", path), headers={"Origin": "https://evil.example"}
        )
        for name, value in wanted.items():
            if value not in answer.headers.get(name, ""):
                through.append(f"{method} {path} has no {name}: {value}")
        through += [
            f"{path}: {name}" for name in answer.headers if name.startswith("access-control")
        ]
    return judged(NAME, "headers for browsers", len(set(calls)), through, "answers")
