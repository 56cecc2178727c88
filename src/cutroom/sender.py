"""Sends what webhooks are to be told, several at once, as long as its process lives.

Several processes may send from one database: each message is claimed before an attempt, so at any
moment one of them has it, and what a process held that died is due again a little later.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from cutroom import deliveries, events, generations, webhooks
from cutroom.db import Database, now, reading, writing
from cutroom.deliveries import Delivery, Due
from cutroom.errands import Errands
from cutroom.errors import InvalidParams, NotFound, Unreachable
from cutroom.settings import Settings

if TYPE_CHECKING:
    from cutroom.intake.post import Poster

AT_ONCE = 8
"""Messages under way."""
OF_ONE = 2
"""Of them to webhooks of one namespace, and one to each webhook: who does not answer delays nobody else."""
GONE = 410
"""The status by which a receiver says that it never wants to be told again."""

log = logging.getLogger(__name__)


class Sender:
    """A thread that looks for what is due, and those that send it."""

    def __init__(
        self,
        settings: Settings,
        engine: Database,
        url: Callable[[str, str], str],
        poster: "Poster | None" = None,
    ) -> None:
        """`url` signs the URL of a result by its key, under a base."""
        self._settings = settings
        self._engine = engine
        self._url = url
        self._poster = poster
        self._lease = 2 * settings.webhook_timeout + 1
        """Seconds for which a message is this process's alone."""
        self._errands = Errands(
            "webhooks",
            self._due,
            self._attempt,
            at_once=AT_ONCE,
            of_one=OF_ONE,
            every=settings.poll_interval,
        )

    def start(self) -> None:
        """Begin to send."""
        self._errands.start(self._ready)

    def stop(self) -> None:
        """Break off what is under way; it is sent later, by whoever sends then."""
        self._errands.stop()

    def _ready(self) -> None:
        from cutroom.intake.post import Poster  # noqa: PLC0415 - takes a while to load

        self._poster = self._poster or Poster(self._settings)

    def _due(self) -> Sequence[Due]:
        with reading(self._engine) as tx:
            return deliveries.due(tx, self._lease)

    def _attempt(self, due: Due) -> None:
        """Claim a message, send it, and note what came of it."""
        with writing(self._engine) as tx:
            attempt = deliveries.claim(tx, due.seq, self._lease)
            if attempt is None:
                return  # another process was first
            webhook = webhooks.get(tx, attempt.webhook)
            keys = webhooks.secrets_of(tx, attempt.webhook)
        if webhook.disabled is not None:
            self._miss(attempt, "The webhook is disabled.", None, final=True)
            return
        body = self._body(attempt)
        try:
            headers = headers_of(attempt, keys, body)
            assert self._poster is not None
            status = self._poster.post(webhook.url, body, headers, self._errands.check)
        except (Unreachable, InvalidParams) as error:
            self._miss(attempt, error.message, None)
            return
        if 200 <= status < 300:
            with writing(self._engine) as tx:
                deliveries.arrived(tx, attempt, status)
        else:
            more = "; redirects are not followed" if 300 <= status < 400 else ""
            self._miss(attempt, f"It answered {status}{more}.", status)

    def _miss(
        self, attempt: Delivery, why: str, status: int | None, *, final: bool = False
    ) -> None:
        log.info("webhook %s, message %s: %s", attempt.webhook, attempt.id, why)
        gone = status == GONE
        with writing(self._engine) as tx:
            over = deliveries.missed(tx, attempt, why, status, final=gone or final)
            if gone or (over and deliveries.nothing_since(tx, attempt)):
                log.warning("webhook %s is disabled", attempt.webhook)
                webhooks.change(tx, attempt.webhook, enabled=False)
                deliveries.abandon(tx, attempt.webhook, "The webhook was disabled.")

    def _body(self, attempt: Delivery) -> bytes:
        """The message, with the URL of the result signed now."""
        said = json.loads(attempt.payload)
        base = self._settings.public_url or self._origin(attempt.generation)
        said["data"] = events.told(said["data"], lambda key: self._url(key, base))
        return json.dumps(said, separators=(",", ":")).encode()

    def _origin(self, generation_id: str) -> str:
        """The base under which a generation was asked for, else where the server listens."""
        try:
            with reading(self._engine) as tx:
                origin = generations.get(tx, generation_id).origin
        except NotFound:
            origin = ""
        return origin or f"http://{self._settings.host}:{self._settings.port}"


def headers_of(attempt: Delivery, keys: Sequence[str], body: bytes) -> Mapping[str, str]:
    """The headers of one attempt at sending `body`, signed now with each of the keys."""
    moment = now()
    return {
        "Content-Type": "application/json",
        "webhook-id": attempt.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": webhooks.signatures(keys, attempt.id, moment, body),
    }
