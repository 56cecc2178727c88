"""The API's description of itself: /openapi.json for programs."""

from functools import cached_property
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from cutroom.api.openapi.document import document, text_of
from cutroom.service import Service
from cutroom.settings import Settings


class Manual:
    """The document of one server, made when somebody first asks for it."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document."""
        return document(
            self._service.models(),
            auth=self._settings.auth,
            keep_audio_default=self._settings.keep_audio_default,
        )

    @cached_property
    def text(self) -> bytes:
        """The document as it is sent."""
        return text_of(self.document)


async def openapi(request: Request) -> Response:
    """GET /openapi.json: the OpenAPI document."""
    manual = cast("Manual", request.app.state.manual)
    return Response(manual.text, media_type="application/json")
