"""/api/ai/usage: what was asked for and what it cost, by day, by model and by key."""

from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, wire
from cutroom.errors import InvalidParams
from cutroom.usage import Tally, UsedKey


async def used(request: Request) -> Response:
    """GET: what a namespace used from the day `from` to the day `to`."""
    caller = await asking.caller(request)
    namespace = request.query_params.get("namespace") or caller.namespace
    found = await run_in_threadpool(
        asking.service(request).spending.usage,
        caller,
        namespace,
        a_day(request, "from"),
        a_day(request, "to"),
    )
    return JSONResponse(
        {
            "namespace": namespace,
            "from": found.first.isoformat(),
            "to": found.last.isoformat(),
            "total": told(found.total),
            "by_day": [
                {"day": day.isoformat(), **told(each)} for day, each in found.by_day.items()
            ],
            "by_model": [{"model": model, **told(each)} for model, each in found.by_model.items()],
            "by_key": [{**named(key), **told(each)} for key, each in found.by_key.items()],
        }
    )


def told(tally: Tally) -> dict[str, object]:
    """A tally as JSON; dollars are decimal strings."""
    return {
        "generations": tally.generations,
        "succeeded": tally.succeeded,
        "failed": tally.failed,
        "cancelled": tally.cancelled,
        "seconds": round(tally.seconds, 6),
        "cost": wire.dollars(tally.cost),
        "held": wire.dollars(tally.held),
    }


def named(key: UsedKey | None) -> dict[str, object]:
    """The key of a tally as JSON."""
    if key is None:
        return {"key_id": None, "name": None, "username": None}
    return {"key_id": key.id, "name": key.name, "username": key.namespace}


def a_day(request: Request, name: str) -> date | None:
    """A day of the query. Raises InvalidParams."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidParams(f"{name} must be a day such as 2026-11-30") from None
