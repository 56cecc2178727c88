"""Signed URLs with something changed, and ranges that no file has."""

import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from cutroom.assault.belongings import REPO, Belongings, belongings, file_of
from cutroom.assault.ground import Ground
from cutroom.assault.verdict import Verdict, judged, skipped
from cutroom.signatures import Signatures

NAME = "signatures"
RANGES = {
    "bytes=0-0": 206, "bytes=0-": 206, "bytes=-1": 206, "bytes=-99999": 206, "bytes=1-99999999999999999": 206, "bytes = 1 - 2": 206,
    "bytes=99999-": 416, "bytes=99999-100000": 416, "bytes=-0": 416, "bytes=999999999999999999-": 416,
    "bytes=5-4": 200, "bytes=-": 200, "bytes=": 200, "bytes": 200, "bytes=a-b": 200, "lines=0-1": 200, "bytes=0-1,2-3": 200, "bytes=0-0,0-0,0-0": 200,
    "bytes=--1": 200, "bytes=0-1;2-3": 200, "bytes=9999999999999999999999-": 200, "bytes=0x0-0x5": 200, "bytes=1.0-2": 200, "bytes=+0-1": 200,
    "bytes=0-0" + ",0-0" * 1000: 200, "bytes=" + ",".join(f"{n}-" for n in range(500)): 200,
}  # fmt: skip
"""Range header -> the status of the answer."""


def attack(ground: Ground) -> Iterator[Verdict]:
    """A URL that is signed for her file, bent in every way, and ranges."""
    with belongings(ground) as things:
        address = file_of(ground.owner.namespace, things.path)
        signing = (
            f"/api/repos/{ground.owner.namespace}/{REPO}/file/presigned_url/main/{things.path}"
        )
        answer = ground.ask("GET", signing, by=ground.owner)
        if answer.status != 200:
            yield skipped(NAME, "signed URL", f"the server signs none: {answer.status}")
            return
        parts = urlsplit(answer.json()["url"])
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "oxen_signature" not in query:
            yield skipped(NAME, "signed URL", "the storage signs its own URLs")
        else:
            ground.secrets.add(query["oxen_signature"])
            yield _good(ground, things, address, query)
            yield _bent(ground, things, address, query)
            yield _expired(ground, address)
        yield _ranges(ground, things, address)


def _good(ground: Ground, things: Belongings, address: str, query: dict[str, str]) -> Verdict:
    """What is right must work, or all that follows says nothing."""
    good = f"{address}?{urlencode(query)}"
    through = [
        f"{method}: {answer.status}"
        for method in ("GET", "HEAD")
        if (answer := ground.ask(method, good)).status != 200
        or (method == "GET" and answer.text != things.mark)
    ]
    return judged(NAME, "signed URL", 2, through, "requests with a good signature")


def bendings(query: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is changed about the query, and the query."""
    expires, made = query["expires"], query["oxen_signature"]
    for at in (0, len(made) // 2, len(made) - 2):
        other = "A" if made[at] != "A" else "B"
        yield (
            f"letter {at}",
            urlencode(query | {"oxen_signature": made[:at] + other + made[at + 1 :]}),
        )
    later = str(int(expires) + 86_400)
    for what, change in {
        "expires later": {"expires": later}, "expires never": {"expires": "999999999999"}, "expires 0": {"expires": "0"},
        "expires with a sign": {"expires": f"+{expires}"}, "expires with a zero": {"expires": f"0{expires}"}, "expires with a point": {"expires": f"{expires}.0"},
        "expires as an exponent": {"expires": "1e11"}, "expires in other digits": {"expires": expires.translate({48 + n: 0x660 + n for n in range(10)})},
        "expires of 5000 digits": {"expires": "9" * 5000}, "expires with a line": {"expires": f"{expires}\nx"}, "no expiry": {"expires": ""},
        "no signature": {"oxen_signature": ""}, "a short signature": {"oxen_signature": made[:20]}, "a long signature": {"oxen_signature": made + "A"},
        "a signature with padding": {"oxen_signature": made + "="}, "a signature in capitals": {"oxen_signature": made.upper()}, "a signature that is NUL": {"oxen_signature": "\x01"},
        "a key as signature": {"oxen_signature": "null"},
    }.items():  # fmt: skip
        yield what, urlencode(query | change)
    yield "two signatures", urlencode(query) + "&oxen_signature=x"
    yield "two expiries", urlencode(query) + f"&expires={later}"
    yield "two of both", f"expires={later}&{urlencode(query)}"
    yield "brackets", f"expires[]={expires}&oxen_signature[]={made}"
    yield "the signature alone", f"oxen_signature={made}"
    yield "capitals", f"EXPIRES={expires}&OXEN_SIGNATURE={made}"


def _bent(ground: Ground, things: Belongings, address: str, query: dict[str, str]) -> Verdict:
    through, tried = [], 0
    for what, bent in bendings(query):
        tried += 1
        answer = ground.ask("GET", f"{address}?{bent}")
        if answer.status not in {401, 403} or things.mark in answer.text:
            through.append(f"{what}: {answer.status}")
    good = urlencode(query)
    other = file_of(ground.owner.namespace, "other.mp4")
    ground.ask(
        "PUT", other, by=ground.owner, body=things.mark.encode()
    )  # as good a file as the first
    calls = {
        "another path": ("GET", other), "another folder": ("GET", address.replace("/main/", "/main/x/")), "in capitals": ("GET", address.upper().replace("/API/REPOS", "/api/repos")),
        "a slash at the end": ("GET", f"{address}/"), "two slashes": ("GET", address.replace("/main/", "/main//")), "PUT": ("PUT", address), "DELETE": ("DELETE", address),
        "another's path": ("GET", file_of(ground.stranger.namespace, things.path)), "a dot": ("GET", address.replace("/main/", "/main/./")), "presigning": ("GET", address.replace("/file/", "/file/presigned_url/")),
        "the folder": ("GET", f"/api/repos/{ground.owner.namespace}/{REPO}/dir/main"), "the account": ("GET", "/api/users/me"), "the queue": ("GET", "/api/ai/queue"),
    }  # fmt: skip
    for what, (method, target) in calls.items():
        tried += 1
        answer = ground.ask(method, f"{target}?{good}", body=b"evil" if method == "PUT" else None)
        if answer.status not in {400, 401, 403, 404} or things.mark in answer.text:
            through.append(f"{what}: {answer.status}")
    ground.ask("DELETE", other, by=ground.owner)
    if ground.ask("GET", f"{address}?{good}").text != things.mark:
        through.append("the file is not what it was")
    return judged(NAME, "bent URLs", tried, through, "signed URLs with something changed")


def _expired(ground: Ground, address: str) -> Verdict:
    guard = "expired URLs"
    if ground.settings is None:
        return skipped(NAME, guard, "only who has the secret can make one")
    signatures, through = Signatures(ground.settings), []
    for ttl in (-1, -3600, -(10**9)):
        answer = ground.ask("GET", f"{address}?{signatures.sign(address, ttl=ttl)}")
        if answer.status != 403 or "expired" not in answer.text:
            through.append(f"{-ttl} s ago: {answer.status}")
    now = ground.ask("GET", f"{address}?{signatures.sign(address, now=time.time())}").status
    for method in ("PUT", "DELETE", "PATCH"):
        answer = ground.ask(method, f"{address}?{signatures.sign(address, method)}", body=b"x")
        if answer.status not in {401, 403, 405}:
            through.append(f"signed for {method}: {answer.status}")
        reading = ground.ask("GET", f"{address}?{signatures.sign(address, method)}")
        if reading.status != 403:
            through.append(f"signed for {method}, used to read: {reading.status}")
    if now != 200:
        return skipped(NAME, guard, "the server signs with another secret than this data folder's")
    return judged(NAME, guard, 9, through, "URLs out of time or for another method")


def _ranges(ground: Ground, things: Belongings, address: str) -> Verdict:
    through, size = [], len(things.mark)
    for header, status in RANGES.items():
        answer = ground.ask("GET", address, by=ground.owner, headers={"Range": header})
        told = answer.headers.get("content-range", "")
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", told)
        wrong = answer.status != status
        if status == 206:
            first, last, whole = map(int, found.groups()) if found else (1, 0, 0)
            piece = things.mark[first : last + 1]
            wrong |= not (first <= last < size == whole) or answer.text != piece
        if status == 200:
            wrong |= answer.text != things.mark
        if status == 416:
            wrong |= answer.body != b"" or told != f"bytes */{size}"
        if wrong:
            through.append(f"{header[:60]}: {answer.status} {told} {len(answer.body)} bytes")
    return judged(NAME, "ranges", len(RANGES), through, "Range headers")
