"""What is asked for: accepted whole or not at all, tried again, or only planned."""

import json
import logging
import math
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cutroom import answers, logs, params, points, traces, urls
from cutroom.answers import Once
from cutroom.catalog import Catalog, engine_name
from cutroom.db import now
from cutroom.errors import Forbidden, InvalidParams
from cutroom.fairness import PRIORITIES
from cutroom.generations import Draft
from cutroom.jobs import Queue
from cutroom.life import Accepted, Life
from cutroom.params import Params
from cutroom.planning import Plans
from cutroom.service import destination
from cutroom.service.destination import Destination
from cutroom.service.estimates import Estimate, Paces
from cutroom.settings import Settings
from cutroom.storage import Storage
from cutroom.types import Caller, Generation, Model

SEED = 2**31
"""One past the largest seed that is drawn for a request without one."""
ROW = 1 << 16
"""Letters of JSON that a request may have besides its data: URIs; every row tells them again."""
ENVELOPE = frozenset({"model", "num_generations"})
"""Fields of a request that are no parameters of its generations."""

log = logging.getLogger(__name__)


class Requests:
    """Requests for generations."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        life: Life,
        queue: Queue,
        storage: Storage,
        *,
        paces: Paces,
        wake: Callable[[], None],
    ) -> None:
        """`wake` has looked at once whether inputs wait to be copied."""
        self._settings = settings
        self._catalog = catalog
        self._life = life
        self._queue = queue
        self._storage = storage
        self._paces = paces
        self._wake = wake
        self._plans = Plans(settings)

    def close(self) -> None:
        """Let go of the process that plans."""
        self._plans.close()

    def submit(
        self,
        caller: Caller,
        body: Mapping[str, Any],
        *,
        count: int | None = None,
        origin: str = "",
        once: Once | None = None,
    ) -> Accepted:
        """Accept a request: rows, holds and durable workflows in one transaction.

        `count` overrides `num_generations`: the synchronous route asks for one. `origin` is the
        base URL by which the caller knows this installation: what it calls ours under that name
        is read from storage, for whoever may see it. With `once` the same again comes to the same
        generations.
        Raises InvalidParams, UnknownModel, Forbidden, InsufficientCredits, KeyReused, Unreachable;
        nothing is kept then.
        """
        payer(caller, body)  # who may act for it no more is told nothing of what was asked before
        if once is not None and (before := self._life.replay(once)) is not None:
            return before
        times = params.num_generations(body) if count is None else count
        priority = params.priority(body)
        model, namespace, given = self._checked(caller, body)
        where = self._destination(namespace, body)
        first = secrets.randbelow(SEED) if given.seed is None else given.seed
        kept, batch = self._kept(body), str(uuid.uuid4())
        files = outside(given)
        drafts = [
            Draft(
                id=str(uuid.uuid4()),
                namespace=namespace,
                user=caller.namespace,
                key_id=caller.key_id or None,
                model=model.id,
                pool=model.pool,
                params=kept,
                seed=first + sibling,  # siblings of one request differ, and each can be repeated
                price=model.price,
                hold=hold(given, model),
                origin=urls.origin(origin),
                repo=where.repo,
                folder=where.folder,
                batch=batch,
                trace=traces.here(),
                priority=priority,
                inputs=files,
            )
            for sibling in range(times)
        ]
        self._queue.opened()
        with traces.span("enqueue", kind="producer", model=model.id, count=times):
            accepted = self._life.submit(drafts, once)
        self._wake()
        return told(accepted)

    def retry(self, caller: Caller, source: Generation, once: Once | None = None) -> Accepted:
        """Another generation of the same request, at today's price; `source` ends unless it is final.

        A seed that the request named stays, else another is drawn. Raises as `submit` does, and
        InvalidParams for a generation that succeeded; nothing is changed then.
        """
        if once is not None and (before := self._life.replay(once)) is not None:
            return before
        model = self._catalog.model(source.model)
        given = self._parsed(model, source.params)
        draft = Draft(
            id=str(uuid.uuid4()),
            namespace=source.namespace,
            user=caller.namespace,
            key_id=caller.key_id or None,
            model=model.id,
            pool=model.pool,
            params=source.params,
            seed=secrets.randbelow(SEED) if given.seed is None else source.seed,
            price=model.price,
            hold=hold(given, model),
            origin=source.origin,
            repo=source.repo,
            folder=source.folder,
            retried_from=source.id,
            batch=str(uuid.uuid4()),
            trace=traces.here(),
            priority=PRIORITIES.get(str(source.params.get("priority")), 0),
            inputs=outside(given),
        )
        self._queue.opened()
        accepted = self._life.retry(source.id, draft, once)
        self._wake()
        if accepted.ended:
            self.take_out(source.id)
        return told(accepted)

    def plan(self, caller: Caller, body: Mapping[str, Any]) -> Estimate:
        """What one generation of `submit` of the same would come to; nothing is kept.

        Files are not looked at, and credit is not asked for. Raises as `submit` does, besides that
        EngineFailed and Busy.
        """
        params.num_generations(body)
        params.priority(body)
        model, namespace, given = self._checked(caller, body)
        self._destination(namespace, body)
        self._kept(body)
        planned = self._plans.plan(model, given)
        seconds = params.seconds_asked(given, model) or (planned.plan or {}).get("seconds")
        return Estimate(
            model=model,
            engine=engine_name(model),
            plan=planned.plan,
            refusal=planned.refusal,
            seconds=None if seconds is None else float(seconds),
            at_most=hold(given, model),
            pace=self._paces.of(model),
        )

    def once(self, caller: Caller, key: str, said: Iterable[bytes]) -> Once:
        """A request that says `said`, to be carried out once however often it comes with this key."""
        since = now() - self._settings.idempotency_ttl
        return Once(caller.namespace, key, answers.fingerprint(said), since)

    def take_out(self, generation_id: str) -> None:
        """Take a generation that is final out of the queue."""
        try:
            self._queue.cancel(generation_id)
        except Exception:  # the row is final: whoever takes it out of the queue puts it aside
            with logs.about(generation_id=generation_id):
                log.exception("cancelled, but still in the queue")

    def _checked(self, caller: Caller, body: Mapping[str, Any]) -> tuple[Model, str, Params]:
        """The model, who pays, and the parameters. Raises as `submit` does."""
        name = body.get("model")
        if not isinstance(name, str) or not name:
            raise InvalidParams("Field required: model")
        model = self._catalog.model(name)
        return model, payer(caller, body), self._parsed(model, body)

    def _destination(self, namespace: str, body: Mapping[str, Any]) -> Destination:
        """Where the result shall lie. Raises InvalidParams where it never could."""
        where = destination.wanted(body)
        try:
            self._storage.fits("/".join(filter(None, (namespace, where.repo, where.folder, "id"))))
        except InvalidParams as error:
            raise InvalidParams(f"target_directory: {error.message}") from None
        return where

    def _parsed(self, model: Model, body: Mapping[str, Any]) -> Params:
        return params.parse(model, body, keep_audio_default=self._settings.keep_audio_default)

    @staticmethod
    def _kept(body: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = {name: value for name, value in body.items() if name not in ENVELOPE}
        if len(json.dumps(urls.shortened(kept))) > ROW:
            raise InvalidParams(f"The request has more than {ROW} letters besides data: URIs")
        return kept


def outside(given: Params) -> Mapping[int, str]:
    """The files that a request names by URL, by their places among its files."""
    files = given.sources().files()
    return {place: one.url for place, one in enumerate(files) if one.outside}


def hold(given: Params, model: Model) -> int:
    """Micro-dollars that a generation can cost at most."""
    return math.ceil(params.seconds_at_most(given, model) * model.price)


def payer(caller: Caller, body: Mapping[str, Any]) -> str:
    """The namespace that owns the result and pays. Raises InvalidParams, Forbidden."""
    target = body.get("target_namespace")
    if target is None:
        return caller.namespace
    if not isinstance(target, str):
        raise InvalidParams("target_namespace must be a string")
    if target not in caller.namespaces:
        raise Forbidden("Your key may not act for that namespace.")
    return target


def told(accepted: Accepted) -> Accepted:
    """The same, with a line in the log for each generation: it ties the request's id to the other's."""
    points.reach("enqueue-committed")
    for one in accepted.generations:
        with logs.about(generation_id=one.id):
            log.info("%s by %s for %s", one.status, one.user, one.model)
    return accepted
