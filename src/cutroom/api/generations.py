"""/api/ai/generations: everything that was asked for, page by page, and what it cost."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cutroom.api import asking, filters, rows, wire

PAGE, LARGEST_PAGE = 50, 1000
"""Generations of a page unless the query says otherwise, and at most."""


async def every(request: Request) -> Response:
    """GET: one page of the caller's generations, whatever their status, newest first."""
    caller = await asking.caller(request)
    number = filters.a_number(request, "page", 1, filters.LAST_PAGE)
    size = filters.a_number(request, "page_size", PAGE, LARGEST_PAGE)
    history, wanted = asking.service(request).history, filters.of(request)

    def answer() -> Response:
        found = history.page(caller, number, size, **wanted)
        return JSONResponse(
            {
                "generations": rows.entries(request, found.generations),
                "count": len(found.generations),
                "page_number": number,
                "page_size": size,
                "total_entries": found.entries,
                "total_pages": -(-found.entries // size),
                "total_cost": wire.dollars(found.cost),
            }
        )

    return await run_in_threadpool(answer)  # a thousand signatures are for a thread too


async def one(request: Request) -> Response:
    """GET: one of them, in the envelope that the hosted API has here."""
    caller = await asking.caller(request)
    get, generation_id = asking.service(request).get, request.path_params["generation_id"]
    (told,) = await run_in_threadpool(lambda: rows.entries(request, [get(caller, generation_id)]))
    return JSONResponse(
        {
            "generation": told,
            "status": "success",
            "status_message": "resource_found",
        }
    )
