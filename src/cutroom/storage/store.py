"""Opens the store that the settings name: a folder, or a bucket with its endpoint, keys and patience."""

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import from_url

from cutroom.errors import InvalidParams
from cutroom.settings import STORES, Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

CLIENT = frozenset({
    "allow_http", "allow_invalid_certificates", "connect_timeout", "proxy_ca_certificate", "proxy_excludes",
    "proxy_url", "root_certificate", "timeout", "user_agent",
})  # fmt: skip
"""Options that are about the connection; all others are the store's own."""
QUICK = timedelta(seconds=30)
"""What one request to a bucket may take that reads: a piece of a file, a page of a list."""
PATIENT = timedelta(minutes=15)
"""The same for one that writes: it may carry a whole file, or put together a thousand parts."""
_ENDPOINT = re.compile("endpoint", re.IGNORECASE)
RETRY: "RetryConfig" = {"max_retries": 5, "retry_timeout": timedelta(seconds=30)}
"""How long an answer of 5xx, or none, is asked for again."""


def opened(settings: Settings, timeout: timedelta = QUICK) -> "ObjectStore":
    """The store. Raises InvalidParams, with no word of what the options hold."""
    url = settings.storage
    try:
        if url.startswith("file:"):
            # Empty folders go: what was a folder may become a file.
            return from_url(url, mkdir=True, automatic_cleanup=True)
        if urlsplit(url).scheme == "memory":
            return from_url(url)
        own, client = parted(settings)
        client.setdefault("timeout", timeout)
        return from_url(url, config=own, client_options=client, retry_config=RETRY)  # type: ignore[call-overload,no-any-return]
    except (BaseError, ValueError, OSError) as error:
        raise InvalidParams(f"CUTROOM_STORAGE_URL cannot be used: {first_line(error)}") from None


def parted(settings: Settings) -> "tuple[dict[str, Any], ClientConfig]":
    """The options of the store itself, and those of its connections."""
    given = {name: value.get_secret_value() for name, value in settings.storage_options.items()}
    client: Any = {name: value for name, value in given.items() if name in CLIENT}
    told = {name: value for name, value in os.environ.items() if name.startswith(STORES)}
    if any(
        value.startswith("http://")
        for name, value in {**told, **given}.items()
        if _ENDPOINT.search(name)
    ):
        client.setdefault("allow_http", "true")  # whoever writes http:// means it
    return {name: value for name, value in given.items() if name not in CLIENT}, client


def first_line(error: Exception) -> str:
    """The sentence of an error, less the structure that Rust prints below it."""
    return str(error).partition("\n")[0]
