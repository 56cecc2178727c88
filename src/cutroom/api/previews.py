"""/api/ai/queue/{generation_id}/preview: the newest frame of what is being made."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from cutroom.api import asking


async def newest(request: Request) -> Response:
    """GET: the frame, as a JPEG."""
    caller = await asking.caller(request)
    service, generation_id = asking.service(request), request.path_params["generation_id"]
    found = await run_in_threadpool(lambda: service.previews.of(service.get(caller, generation_id)))
    return Response(found.image, media_type="image/jpeg")


def url(base: str, generation_id: str, version: int | None) -> str | None:
    """Where the frame of that version is seen, or a newer one; None where there is none."""
    return None if version is None else f"{base}/api/ai/queue/{generation_id}/preview?v={version}"
