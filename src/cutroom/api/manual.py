"""The API's description of itself: /openapi.json for programs, /docs for people."""

from functools import cached_property
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cutroom.api.openapi.document import document, text_of
from cutroom.api.openapi.page import page, policy, style
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

    @cached_property
    def page(self) -> str:
        """The document as a page."""
        return page(self.document)


async def openapi(request: Request) -> Response:
    """GET /openapi.json: the OpenAPI document."""
    return Response(of(request).text, media_type="application/json")


async def docs(request: Request) -> Response:
    """GET /docs: the same as a page."""
    headers = {"Content-Security-Policy": policy(style())}
    return HTMLResponse(of(request).page, headers=headers)


def of(request: Request) -> Manual:
    """The manual that the app was made with."""
    return cast("Manual", request.app.state.manual)
