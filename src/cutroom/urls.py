"""What a URL that somebody gives us may look like. Pure text: nothing is resolved or fetched here."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from cutroom.errors import InvalidParams

LONGEST = 8192
"""Letters of an http(s) URL. A data: URI holds its file and is as long as the body allows."""
SHORT = 256
"""Letters of a data: URI that are kept and told as they are."""
PORTS = {"http": 80, "https": 443}
"""Schemes we fetch, and the port that each means when it names none."""

_DATA = re.compile(r"data:[\w.+/-]{0,100}(;[\w.+/=\"-]{1,100}){0,5},", re.IGNORECASE | re.ASCII)
_CUT = re.compile(r"data:[^,]*,\.\.\. \([0-9]+ characters\)(#t=.*)?\Z", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_OWN = re.compile(r"(?:/.*?)?(/api/repos/([^/]+)/([^/]+)/file/([^/]+)/(.+))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) URL taken apart: what is dialled and what is asked for there."""

    scheme: str
    host: str
    """ASCII, lower case; an IPv6 address without its brackets."""
    port: int
    target: str
    """Path and query, percent-encoded."""

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def join(self, location: str) -> "Address":
        """Where a redirect leads from here. Raises InvalidParams."""
        return parse(urljoin(str(self), location))


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of this installation, as one of its own URLs names it."""

    key: str
    """namespace/repository/path, as storage knows it."""
    path: str
    """The URL's path as we see it, percent-decoded: what a signature signs."""
    query: str
    """The URL's query, where a signature is."""


def authority(url: str) -> str:
    """Host and port of any URL, in lower case and less the port that its scheme means anyway.

    Never raises; empty where there is none.
    """
    scheme, _, rest = url.lower().partition("://")
    return rest.partition("/")[0].removesuffix(f":{PORTS.get(scheme)}")


def check(url: str) -> None:
    """Let an http(s) URL or a data: URI that is well formed pass. Raises InvalidParams `Invalid URL`."""
    if url[:5].lower() == "data:":
        if not _DATA.match(url):
            raise InvalidParams("Invalid URL: a data: URI needs a comma before its data")
        if not url.isascii():  # one such letter makes Python keep all of them in 2 or 4 bytes
            raise InvalidParams("Invalid URL: a data: URI holds a letter that must be encoded")
    else:
        parse(url)


def parse(url: str) -> Address:
    """Take an http(s) URL apart. Raises InvalidParams.

    Refused besides what is malformed: credentials, spaces and control characters, addresses written
    other than as four numbers or in brackets, and ports below 1024 except 80 and 443.
    """
    if not url or len(url) > LONGEST:
        raise InvalidParams("Invalid URL" if not url else "Invalid URL: too long")
    if "\\" in url or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise InvalidParams("Invalid URL: it holds a space or a character that must be encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidParams("Invalid URL") from None
    if parts.scheme not in PORTS or not parts.netloc:
        raise InvalidParams("Invalid URL: it must begin with http://, https:// or data:")
    if "@" in parts.netloc:
        raise InvalidParams("Invalid URL: no user and password, please")
    port = PORTS[parts.scheme] if port is None else port
    if port < 1024 and port not in PORTS.values():
        raise InvalidParams(f"Invalid URL: port {port} is not taken")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, _host(parts.netloc), port, quote(target, safe=_PRINTABLE))


_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
"""Left as they came; the rest of a path or query is percent-encoded."""


def _host(netloc: str) -> str:
    """The host of host[:port], in ASCII. Raises InvalidParams."""
    if netloc.startswith("["):
        literal = re.fullmatch(r"\[([0-9a-f:.]+)\](:[0-9]*)?", netloc, re.IGNORECASE | re.ASCII)
        return _ip(literal[1], ipaddress.IPv6Address) if literal else _bad_host()
    host, _, _ = netloc.partition(":")
    try:
        host = host.encode("idna").decode().lower()
    except UnicodeError:
        return _bad_host()
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # 127.1, 0x7f000001 and 017700000001 are addresses to some resolvers and names to others.
        return _ip(host.removesuffix("."), ipaddress.IPv4Address)
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return _bad_host()
    return host


def _ip(text: str, version: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> str:
    try:
        return str(version(text))
    except ValueError:
        return _bad_host()


def _bad_host() -> str:
    raise InvalidParams("Invalid URL: its host is not a name or address") from None


def origin(url: str) -> str:
    """scheme://host:port of an http(s) URL; empty for what is not one, or too long to keep."""
    try:
        address = parse(url)
    except InvalidParams:
        return ""
    text = f"{address.scheme}://{address.authority}"
    return text if len(text) <= 300 else ""


def shortened(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value with each long data: URI in it cut to its beginning and its length.

    What stretch of a clip it names at its end, `#t=3,12`, stays.
    """
    if isinstance(value, str) and len(value) > SHORT and value[:5].lower() == "data:":
        head, _, _ = value[:SHORT].partition(",")
        _, named, stretch = value[-SHORT:].partition("#t=")
        return f"{head},... ({len(value)} characters){named}{stretch}"
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if isinstance(value, dict):
        return {name: shortened(item) for name, item in value.items()}
    return value


def is_shortened(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a JSON value holds a data: URI that `shortened` has cut."""
    if isinstance(value, str):
        return _CUT.match(value) is not None
    if isinstance(value, list):
        return any(map(is_shortened, value))
    return isinstance(value, dict) and any(map(is_shortened, value.values()))


def own_file(url: str, origins: Iterable[str]) -> OwnFile | None:
    """The file that a URL names if it is one of ours: `{origin}/api/repos/{ns}/{repo}/file/{branch}/{path}`.

    `origins` are bases such as `https://cutroom.example:8443`. None for anything else. Before `/api` a path
    may stand that a proxy takes off: whoever called us through it knows the prefix, we may not.
    """
    try:
        address = parse(url)
        ours = {(base.scheme, base.authority) for base in map(parse, origins)}
    except InvalidParams:
        return None
    if (address.scheme, address.authority) not in ours:
        return None
    path, _, query = address.target.partition("?")
    found = _OWN.fullmatch(unquote(path))
    if found is None:
        return None
    path, namespace, repository, _, name = found.groups()
    return OwnFile(f"{namespace}/{repository}/{name}", path, query)
