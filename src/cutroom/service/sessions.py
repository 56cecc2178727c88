"""Signing in with a browser: by a link or a key, for a while."""

from contextlib import suppress
from dataclasses import dataclass, replace

from cutroom import accounts, sessions
from cutroom.accounts import FRESH, Key
from cutroom.db import Database, now, reading, writing
from cutroom.errors import NotFound, Unauthenticated, Unreachable
from cutroom.sessions import LINK, OVER, SESSION, Session
from cutroom.settings import Settings
from cutroom.types import Caller


@dataclass(frozen=True, slots=True)
class Pass:
    """A link or a session as its holder gets it, this once."""

    token: str
    namespace: str
    expires: int
    """Unix seconds."""


class Sessions:
    """The sessions of one installation."""

    def __init__(self, settings: Settings, engine: Database) -> None:
        self._settings = settings
        self._engine = engine

    def link(self, namespace: str, expires: int | None = None) -> Pass:
        """A link that signs one browser in, with every scope of a namespace. Raises NotFound."""
        until = expires or now() + self._settings.link_ttl
        with writing(self._engine) as tx:
            if not accounts.exists(tx, namespace):
                raise NotFound(f"There is no namespace {namespace[:64]}.")
            return Pass(sessions.add_link(tx, namespace, until), namespace, until)

    def of_link(self, token: str) -> Pass:
        """The one session that a link opens. Raises Unauthenticated."""
        with reading(self._engine) as tx:
            sessions.find(tx, token, LINK)  # who guesses keeps no writer waiting
        until = now() + self._settings.session_ttl
        with writing(self._engine) as tx:
            namespace = sessions.use_link(tx, token).namespace
            return Pass(sessions.begin(tx, namespace, until), namespace, until)

    def of_key(self, caller: Caller) -> Pass:
        """A session of the key that the caller came with; it ends with the key."""
        until = now() + self._settings.session_ttl
        if caller.expires is not None:
            until = min(until, caller.expires)
        with writing(self._engine) as tx:
            token = sessions.begin(tx, caller.namespace, until, caller.key_id)
            return Pass(token, caller.namespace, until)

    def caller(self, token: str) -> Caller:
        """Who a session belongs to. Raises Unauthenticated when it or its key is over."""
        with reading(self._engine) as tx:
            found = sessions.find(tx, token)
            key = accounts.key(tx, found.key_id) if found.key_id else None
            if key and (key.revoked or key.expired):
                raise Unauthenticated(OVER[SESSION])
            caller = accounts.caller(tx, found.namespace, key)
        if (found.last_used or 0) < now() - FRESH:
            self._used(found, key)
        return replace(caller, session_id=found.id)

    def expiry(self, caller: Caller) -> int | None:
        """When the caller's session ends by itself, or its key if it has none; None: never."""
        if not caller.session_id:
            return caller.expires
        with reading(self._engine) as tx:
            return sessions.expiry(tx, caller.session_id)

    def end(self, token: str) -> None:
        """End a session; one that is over stays so."""
        with suppress(Unauthenticated):
            with reading(self._engine) as tx:
                found = sessions.find(tx, token)
            with writing(self._engine) as tx:
                sessions.end(tx, found.id)

    def end_all(self, namespace: str) -> int:
        """End every session and link of a namespace; how many. Raises NotFound."""
        with writing(self._engine) as tx:
            if not accounts.exists(tx, namespace):
                raise NotFound(f"There is no namespace {namespace[:64]}.")
            return sessions.end_all(tx, namespace)

    def prune(self) -> int:
        """Forget what is over; how many."""
        with writing(self._engine) as tx:
            return sessions.prune(tx)

    def _used(self, session: Session, key: Key | None) -> None:
        with suppress(Unreachable), writing(self._engine) as tx:
            sessions.used(tx, session)  # a full disk is no reason not to look at results
            if key:
                accounts.used(tx, key)
