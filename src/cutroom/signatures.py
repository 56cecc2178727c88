"""Signed URLs: a query that lets whoever has it do one thing with one path for a while.

HMAC-SHA-256 over method, expiry and path. What signs is `CUTROOM_SIGNING_SECRET`, or else a file in
the data folder. What signed before still verifies for a while, so that it can be changed under way.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from cutroom.errors import Forbidden, InvalidParams
from cutroom.secret_file import made_once, written
from cutroom.settings import Settings

MARGIN = 60
"""Seconds for which somebody may still sign with a secret that was changed just now."""
EVER = 10**12
"""A time in unix seconds that never comes."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Bytes that sign, and until when what they signed may be good, in unix seconds."""

    bytes: bytes
    until: int = EVER


class Signatures:
    """What one installation signs with, and what it lets pass."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._now = settings.data_dir / "secret"
        self._before = settings.data_dir / "secrets-before"
        self._seen: object = None
        self._kept: tuple[Secret, ...] = ()

    def sign(
        self, path: str, method: str = "GET", *, ttl: float | None = None, now: float | None = None
    ) -> str:
        """The query string that lets anybody `method` this path of ours for `ttl` seconds.

        `path` is the URL's path, percent-decoded. `ttl` is the setting `url_ttl` unless given.
        """
        now = time.time() if now is None else now
        expires = int(now + (self._settings.url_ttl if ttl is None else ttl))
        made = signature(self._secrets()[0], path, method, expires)
        return urlencode({"expires": expires, "oxen_signature": made})

    def verify(
        self, path: str, method: str, query: str | Mapping[str, str], *, now: float | None = None
    ) -> None:
        """Let a signed request pass; a URL signed for GET is good for HEAD. Raises Forbidden."""
        try:
            text = query if isinstance(query, str) else urlencode(query)
            fields = parse_qs(text, keep_blank_values=True, max_num_fields=50)
        except ValueError:
            fields = {}
        times, given = fields.get("expires", []), fields.get("oxen_signature", [])
        if len(times) != 1 or len(given) != 1 or not re.fullmatch(r"[1-9][0-9]{0,11}", times[0]):
            raise Forbidden("The signature of this URL is missing or not complete.")
        method = "GET" if method.upper() == "HEAD" else method
        expires, said = int(times[0]), given[0].encode(errors="replace")
        # All are compared, each in constant time: how long it takes tells nothing of any of them.
        good = [
            hmac.compare_digest(signature(secret, path, method, expires).encode(), said)
            and expires <= secret.until
            for secret in self._secrets()
        ]
        if not any(good):
            raise Forbidden("The signature of this URL does not match it.")
        if expires < (time.time() if now is None else now):
            raise Forbidden("This URL has expired; ask for the generation again to get a new one.")

    def rotate(self, *, keep: bool = True, now: float | None = None) -> int:
        """Sign with a new secret of the data folder from now on, in every process over it.

        What the old one signed stays good until it expires, or with `keep` false for no moment
        more. Returns until when that is at the latest, in unix seconds.
        Raises InvalidParams where the settings name the secret.
        """
        if self._settings.signing_secret.get_secret_value():
            raise InvalidParams(
                "The secret is CUTROOM_SIGNING_SECRET; it is changed where it is set."
            )
        moment = int(time.time() if now is None else now)
        until = moment + self._settings.url_ttl + MARGIN
        old = made_once(self._now, _new_secret)
        with self._now.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            before = [one for one in kept(self._before) if one.until >= moment] if keep else []
            before += [Secret(old, until)] if keep else []
            # First what verifies, then what signs: at no moment is a good URL refused.
            lines = (f"{one.until} {one.bytes.decode()}\n" for one in before)
            written(self._before, "".join(lines).encode()).replace(self._before)
            written(self._now, _new_secret()).replace(self._now)
        return until if keep else moment

    def _secrets(self) -> tuple[Secret, ...]:
        """All that verify; the first one signs."""
        given = self._settings.signing_secret.get_secret_value()
        older = tuple(
            Secret(one.get_secret_value().encode()) for one in self._settings.signing_secrets_old
        )
        if given:
            return (Secret(given.encode()), *older)
        seen = stamp(self._now), stamp(self._before)
        if seen != self._seen or seen[0] is None:
            # In this order: who sees the new secret sees the old one as well.
            now = made_once(self._now, _new_secret)
            self._kept = (Secret(now), *kept(self._before))
            self._seen = seen
        return (*self._kept, *older)


def signature(secret: Secret, path: str, method: str, expires: int) -> str:
    """What signs this: 43 letters that a URL may hold as they are."""
    # The path comes last: the two before it hold no line break, so no two requests say the same.
    said = f"{method.upper()}\n{expires}\n{path}".encode(errors="surrogateescape")
    digest = hmac.new(secret.bytes, said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is replaced; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def kept(path: Path) -> list[Secret]:
    """The secrets of before, one a line: until when, and the secret."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [
        Secret(secret, int(until)) for until, _, secret in (one.partition(b" ") for one in lines)
    ]


def _new_secret() -> bytes:
    return secrets.token_urlsafe(32).encode()
