"""Which server works for us, and as whom we ask it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cutroom import urls
from cutroom.errors import EngineFailed, InvalidParams


@dataclass(frozen=True, slots=True)
class Server:
    """The remote server as the operator named it."""

    url: str
    """Its base, without a slash at the end."""
    protocol: str = "oxen"
    key: str = field(default="", repr=False)
    model: str = ""
    """What to name there; empty: the model that was asked for here."""
    takes: tuple[str, ...] = ()
    """What its model takes besides text, where it does not say so itself."""
    seconds: float = 3600.0
    """What the worker gives an engine for one generation."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The server that CUTROOM_REMOTE_URL and its like name. Raises EngineFailed without a URL that can be used."""

        def told(name: str) -> str:
            return environment.get(f"CUTROOM_{name}", "").strip()

        url = told("REMOTE_URL").rstrip("/")
        if not url:
            raise EngineFailed(
                "The remote engine has no server to ask; CUTROOM_REMOTE_URL names it."
            )
        try:
            urls.parse(url)
        except InvalidParams as error:
            raise EngineFailed(f"CUTROOM_REMOTE_URL cannot be used. {error.message}") from None
        return cls(
            url,
            told("REMOTE_PROTOCOL") or "oxen",
            told("REMOTE_KEY"),
            told("REMOTE_MODEL"),
            tuple(json.loads(told("REMOTE_TAKES") or "[]")),
            float(told("ENGINE_TIMEOUT") or 3600),
        )
