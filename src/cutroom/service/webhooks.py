"""Webhooks of a namespace: who is told of its generations, and what became of the messages."""

from collections.abc import Callable, Collection, Sequence
from time import time

from cutroom import deliveries, events, webhooks
from cutroom.db import Database, reading, writing
from cutroom.deliveries import Delivery
from cutroom.errors import InvalidParams, NotFound
from cutroom.sender import Sender
from cutroom.settings import Settings
from cutroom.types import Caller, Scope
from cutroom.webhooks import Webhook

NAMES = (events.COMPLETED, events.CANCELLED)
"""Events that a webhook can ask for."""
TEST = "webhook_test"
"""The type of a message that tells of nothing."""


class Webhooks:
    """The webhooks of one installation. Every method needs the scope `admin` over their namespace.

    What a caller may not administer is NotFound, as if it was not there.
    """

    def __init__(
        self, settings: Settings, engine: Database, url: Callable[[str, str], str]
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._url = url

    def sender(self) -> Sender:
        """What sends the messages, not started yet."""
        return Sender(self._settings, self._engine, self._url)

    def add(
        self,
        caller: Caller,
        namespace: str | None,
        url: str,
        names: Collection[str] = (),
        description: str = "",
    ) -> tuple[Webhook, str]:
        """A new webhook and its secret, told here and never again. Raises InvalidParams, Forbidden."""
        owner = namespace or caller.namespace
        caller.administer(owner)
        self._check(url, names)
        with writing(self._engine) as tx:
            return webhooks.add(tx, owner, url, names, description)

    def list(self, caller: Caller, namespace: str | None = None) -> Sequence[Webhook]:
        """The webhooks of a namespace, or of all that the caller administers. Raises Forbidden."""
        caller.require(Scope.ADMIN)
        if namespace is not None:
            caller.administer(namespace)
        with reading(self._engine) as tx:
            return webhooks.all_of(tx, caller.owned if namespace is None else [namespace])

    def get(self, caller: Caller, webhook_id: str) -> Webhook:
        """One webhook. Raises NotFound."""
        caller.require(Scope.ADMIN)
        with reading(self._engine) as tx:
            found = webhooks.get(tx, webhook_id)
        if found.namespace not in caller.owned:
            raise NotFound
        return found

    def change(
        self,
        caller: Caller,
        webhook_id: str,
        *,
        url: str | None = None,
        names: Collection[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """The webhook with what is given in place of what was. Raises NotFound, InvalidParams, Forbidden."""
        before = self.get(caller, webhook_id)
        self._check(url or before.url, names or ())
        with writing(self._engine) as tx:
            after = webhooks.change(
                tx, webhook_id, url=url, names=names, description=description, enabled=enabled
            )
            if after.disabled is not None:
                deliveries.abandon(tx, webhook_id, "The webhook was disabled.")
        return after

    def change_secret(self, caller: Caller, webhook_id: str) -> tuple[Webhook, str]:
        """The webhook and a new secret; the one of before signs beside it for a day. Raises NotFound."""
        found = self.get(caller, webhook_id)
        with writing(self._engine) as tx:
            return found, webhooks.change_secret(tx, webhook_id)

    def remove(self, caller: Caller, webhook_id: str) -> None:
        """Forget a webhook and its messages. Raises NotFound."""
        self.get(caller, webhook_id)
        with writing(self._engine) as tx:
            webhooks.remove(tx, webhook_id)

    def deliveries(self, caller: Caller, webhook_id: str) -> Sequence[Delivery]:
        """The last messages to a webhook, the newest first. Raises NotFound."""
        self.get(caller, webhook_id)
        with reading(self._engine) as tx:
            return deliveries.newest(tx, webhook_id)

    def test(self, caller: Caller, webhook_id: str) -> Delivery:
        """A message that tells of nothing, on its way. Raises NotFound, InvalidParams if disabled."""
        self._enabled(caller, webhook_id)
        payload = events.message(TEST, time(), {"webhook_id": webhook_id})
        with writing(self._engine) as tx:
            return deliveries.add(tx, webhook_id, TEST, "", payload)

    def retry(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        """A message sent once more, now. Raises NotFound, InvalidParams if the webhook is disabled."""
        self._enabled(caller, webhook_id)
        with writing(self._engine) as tx:
            return deliveries.again(tx, webhook_id, delivery_id)

    def _enabled(self, caller: Caller, webhook_id: str) -> None:
        if self.get(caller, webhook_id).disabled is not None:
            raise InvalidParams("The webhook is disabled; enable it first.")

    def _check(self, url: str, names: Collection[str]) -> None:
        from cutroom.intake.post import Poster  # noqa: PLC0415 - takes a while to load

        Poster(self._settings).check(url)
        if unknown := set(names) - set(NAMES):
            known = ", ".join(NAMES)
            raise InvalidParams(f"There is no event {min(unknown)}; there are {known}.")
