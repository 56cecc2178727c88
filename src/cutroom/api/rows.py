"""Generations as rows of an answer, with what is not in the database's: signed URLs, places in line, previews."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from cutroom.api import asking, previews, wire
from cutroom.types import Generation


def rows(request: Request, generations: Sequence[Generation]) -> list[dict[str, Any]]:
    """The rows in their order, for whoever reads them now. It asks the database: call it in a thread."""
    service, base = asking.service(request), asking.base_url(request)
    ours = asking.from_our_page(request)
    places = service.line.places(generations)
    frames = service.previews.versions(generations)
    return [
        wire.row(
            one,
            service.result_url(one, base, ours=ours),
            place=places.get(one.id),
            preview_url=previews.url(base, one.id, frames.get(one.id)),
        )
        for one in generations
    ]


def row(request: Request, generation: Generation) -> dict[str, Any]:
    """The row of one; as `rows`."""
    (told,) = rows(request, [generation])
    return told


def entries(request: Request, generations: Sequence[Generation]) -> list[dict[str, Any]]:
    """Rows as the history has them, with who asked; as `rows`."""
    told = zip(rows(request, generations), generations, strict=True)
    return [one | wire.asker(generation) for one, generation in told]
