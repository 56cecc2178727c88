"""URLs that lead where no caller may send us, in every spelling: to the policy, the fetcher and the server."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cutroom import urls
from cutroom.assault import corpus
from cutroom.assault.listener import listening
from cutroom.assault.verdict import Verdict, judged
from cutroom.errors import InvalidMedia, InvalidParams, Unreachable
from cutroom.intake import addresses
from cutroom.intake.fetch import Fetcher
from cutroom.intake.post import Poster
from cutroom.settings import Settings

NAME = "addresses"
UNSEEN = "not public"
"""What is said of a host that was not dialled."""
SECONDS = 1.0
"""That one download may take: none should begin."""


def policy() -> Iterator[Verdict]:
    """What this program says of addresses and URLs, and what it dials; no server is asked."""
    refused = [(why, ip) for why, some in corpus.refused_ips().items() for ip in some]
    through = [f"{ip} ({why})" for why, ip in refused if addresses.public(ip_address(ip))]
    yield judged(NAME, "addresses", len(refused), through, "addresses that are not public")
    public = corpus.public_ips()
    through = [f"{ip} is refused" for ip in public if not addresses.public(ip_address(ip))]
    yield judged(NAME, "addresses taken", len(public), through, "public addresses")
    allowed = [url for _, url in corpus.urls("allowed", 0)]
    through = [f"{url} is refused" for url in allowed if not fine(url)]
    yield judged(NAME, "URLs taken", len(allowed), through, "URLs that nothing is wrong with")
    malformed = [row for _, row in corpus.urls("malformed", 8080)]
    through = [f"{url!a} is taken" for url in malformed if fine(url)]
    yield judged(NAME, "URLs", len(malformed), through, "URLs that are none")
    settings = Settings(fetch_timeout=SECONDS, webhook_timeout=SECONDS, webhook_allow=())
    yield dialled("fetcher", fetching(Fetcher(settings)))
    yield dialled("webhooks", posting(Poster(settings)))


def dialled(guard: str, send: Callable[[str], str | None]) -> Verdict:
    """The verdict on what `send` does with every spelling; it tells what went wrong, if anything."""
    with listening() as listener:
        rows = [
            row for kind in ("private", "malformed") for row in corpus.urls(kind, listener.port)
        ]
        through = []
        for why, url in rows:
            before, told = listener.visits, send(url)
            if told is not None or listener.visits > before:
                through.append(f"{url!a} ({why}): {told or 'somebody came'}")
    return judged(NAME, guard, len(rows), through, "URLs that must lead nowhere")


def fetching(fetcher: Fetcher) -> Callable[[str], str | None]:
    """Downloads a URL; what went wrong unless it was refused before anybody was asked."""

    def fetch(url: str) -> str | None:
        with TemporaryDirectory() as folder:
            try:
                fetcher.fetch(url, Path(folder, "out"), 1000, lambda: None)
            except InvalidMedia as error:
                return None if UNSEEN in error.message else error.message
            except InvalidParams:
                return None
        return "it was fetched"

    return fetch


def posting(poster: Poster) -> Callable[[str], str | None]:
    """Posts to a URL; what went wrong unless it was refused before anybody was asked."""

    def post(url: str) -> str | None:
        try:
            poster.post(url, b"{}", {}, lambda: None)
        except Unreachable as error:
            return None if UNSEEN in error.message else error.message
        except InvalidParams:
            return None
        return "it was answered"

    return post


def fine(url: str) -> bool:
    """Whether a URL may be named, and posted to as far as can be said without asking for its host."""
    try:
        urls.check(url)
        Poster(Settings()).check(url)
    except InvalidParams:
        return False
    return True
